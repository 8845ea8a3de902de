"""Errors of the pure core: a code and figures, no sentence for people."""


class EngineError(ValueError):
    """A promise that cannot be computed from what was given.

    `code` is stable: never_open, bad_interval, bad_time_zone, no_offset, negative_duration,
    bad_pause, scheduled_in_past, bad_request. `params` holds the figures of the fault.
    """

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        figures = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"{self.code}: {figures}" if figures else self.code
