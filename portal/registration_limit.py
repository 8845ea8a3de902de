"""How often an account may be asked for: by visitor, and by address, at each vendor (DD-17)."""

import time
from math import ceil

from allauth.core import ratelimit
from allauth.core.internal.ratelimit import get_cache_key, get_rates
from django.core.cache import cache
from django.http import HttpRequest

APP, ACTION = "allauth.account", "signup"


def seconds_to_wait(request: HttpRequest, address: str) -> int:
    """Count a registration for an address; 0 = it may go on, else after so many seconds it may."""
    key = f"{request.tenant.pk}:{address.strip().lower()}"
    if ratelimit.consume(request, action=ACTION, key=key):
        return 0
    now, waits = time.time(), [1]
    for rate in get_rates(app=APP, action=ACTION):
        # The newest first; the oldest makes room when it is over.
        hits = cache.get(get_cache_key(request, app=APP, action=ACTION, rate=rate, key=key), [])
        if len(hits) >= rate.amount:
            waits.append(ceil(hits[-1] + rate.duration - now))
    return max(waits)
