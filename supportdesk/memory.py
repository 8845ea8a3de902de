"""How a process of the server looks for garbage: seldom, and not in what it was started with."""

import gc

# So many more objects than were freed begin a search; a page of the desk makes some thousands.
OBJECTS_BETWEEN = 20_000
ROUNDS_BETWEEN = 20


def settle() -> None:
    """Leave all that is loaded out of every later search for garbage, and search less often.

    To be called once, at the end of a start. What is in no circle is freed at once all the same.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN, ROUNDS_BETWEEN, ROUNDS_BETWEEN)
