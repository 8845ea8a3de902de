"""Puts the clock of one Python process FAULTS_CLOCK_SECONDS ahead (or behind), before any import.

The kernel's clock cannot be moved without privileges; what a process reads of it can.
"""

import datetime as module
import os
import time

AHEAD = float(os.environ.get("FAULTS_CLOCK_SECONDS", "0"))

if AHEAD:
    real_time, real_time_ns, real_datetime = time.time, time.time_ns, module.datetime

    class AnyMoment(type):
        def __instancecheck__(cls, value):
            return isinstance(value, real_datetime)

    class Moved(real_datetime, metaclass=AnyMoment):
        @classmethod
        def now(cls, tz=None):
            return cls.fromtimestamp(time.time(), tz)

        @classmethod
        def utcnow(cls):
            return cls.fromtimestamp(time.time(), module.UTC).replace(tzinfo=None)

        @classmethod
        def today(cls):
            return cls.fromtimestamp(time.time())

    time.time = lambda: real_time() + AHEAD
    time.time_ns = lambda: real_time_ns() + int(AHEAD * 1e9)
    module.datetime = Moved
