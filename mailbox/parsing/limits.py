"""What a mail may be at most, and the refusal of one that is more."""

MOST_BYTES = 25 * 1024 * 1024
MOST_HEADER_BYTES = 128 * 1024
MOST_ONE_HEADER_BYTES = 16 * 1024
MOST_RECIPIENTS = 100
MOST_DEPTH = 20
MOST_PARTS = 500
MOST_REFERENCES = 100
MOST_TEXT = 500_000
MOST_HTML = 1_000_000
LONGEST_SUBJECT = 1_000
LONGEST_NAME = 120

CPU_SECONDS = 10
MEMORY_BYTES = 512 * 1024 * 1024
WALL_SECONDS = 20

# The codes of `Unparsable`: stable, told to people in words by who asks.
EMPTY = "empty"
TOO_BIG = "too_big"
HEADERS_TOO_BIG = "headers_too_big"
HEADER_TOO_LONG = "header_too_long"
TOO_MANY_RECIPIENTS = "too_many_recipients"
TOO_DEEP = "too_deep"
TOO_MANY_PARTS = "too_many_parts"
TOO_SLOW = "too_slow"
TOO_MUCH_MEMORY = "too_much_memory"
CRASHED = "crashed"
CODES = (
    EMPTY, TOO_BIG, HEADERS_TOO_BIG, HEADER_TOO_LONG, TOO_MANY_RECIPIENTS, TOO_DEEP,
    TOO_MANY_PARTS, TOO_SLOW, TOO_MUCH_MEMORY, CRASHED,
)  # fmt: skip


class Unparsable(Exception):
    """A mail that cannot be read within the limits. `detail` is for a log, never for a stranger."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class Budget:
    """Counts over a whole mail what no single part of it can be asked about."""

    def __init__(self) -> None:
        self.header_bytes = 0
        self.parts = 0

    def spend_header(self, size: int) -> None:
        """Count the bytes of a block of headers. Raises Unparsable."""
        self.header_bytes += size
        if self.header_bytes > MOST_HEADER_BYTES:
            raise Unparsable(HEADERS_TOO_BIG, f"more than {MOST_HEADER_BYTES} bytes")

    def spend_part(self, depth: int) -> None:
        """Count a part, `depth` below the mail itself. Raises Unparsable."""
        self.parts += 1
        if self.parts > MOST_PARTS:
            raise Unparsable(TOO_MANY_PARTS, f"more than {MOST_PARTS}")
        if depth > MOST_DEPTH:
            raise Unparsable(TOO_DEEP, f"more than {MOST_DEPTH}")
