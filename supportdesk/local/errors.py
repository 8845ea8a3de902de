"""What can go wrong with the servers of a checkout, each with a line that says what to do."""


class LocalError(Exception):
    """A server of this checkout cannot run; the text is one line for the person at the terminal."""
