"""What an uploaded picture is, by its bytes: never by its name, nor by what the browser says.

Pure: bytes in, a `Picture` out. No pixel is drawn. A file is taken when it is one PNG, JPEG or
WebP from its first byte to its last: what hides another file behind its end is not. It says its
size in one place only, and its data come to no more than that size.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

PNG, JPEG, WEBP = "image/png", "image/jpeg", "image/webp"
MAX_BYTES = 512 * 1024
MAX_SIDE = 4000

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Start-of-frame markers: they carry the size. C4, C8 and CC are other things.
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_SCAN, _JPEG_END = 0xDA, 0xD9
# In the data of a scan these follow an 0xFF: a zero, and the restart markers.
_WITHIN_SCAN = frozenset({0x00, *range(0xD0, 0xD8)})
_WEBP_DATA = frozenset({b"VP8 ", b"VP8L"})
_WEBP_SIZED = frozenset({b"VP8 ", b"VP8L", b"VP8X"})
# Frames of a moving picture: each has a size and data of its own.
_FRAMES = frozenset({b"ANMF", b"fdAT"})
# Channels of the kinds of colour that a PNG can have.
_PNG_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_PIECE = 1024 * 1024
_PNG_DEPTHS = frozenset({1, 2, 4, 8, 16})


class BadPicture(ValueError):
    """The bytes are no picture that is taken; `code` says why.

    too_large (bytes) | svg | unknown_type | damaged | too_big (pixels) | moving
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that was looked through. Sides in pixels."""

    content: bytes
    content_type: str
    width: int
    height: int


def read_picture(content: bytes) -> Picture:
    """Look through the bytes of a picture. Raises BadPicture."""
    if len(content) > MAX_BYTES:
        raise BadPicture("too_large")
    content_type, size_of = _kind_of(content)
    try:
        width, height = size_of(content)
    except BadPicture:
        raise
    except (IndexError, ValueError) as error:
        raise BadPicture("damaged") from error
    _check_sides(width, height)
    return Picture(content, content_type, width, height)


def _check_stands_still(kinds: list[bytes]) -> None:
    if not _FRAMES.isdisjoint(kinds):
        raise BadPicture("moving")


def _check_sides(width: int, height: int) -> None:
    if not (width and height):
        raise BadPicture("damaged")
    if max(width, height) > MAX_SIDE:
        raise BadPicture("too_big")


def _kind_of(content: bytes):
    if content.startswith(_PNG_SIGNATURE):
        return PNG, _png_size
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG, _jpeg_size
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return WEBP, _webp_size
    raise BadPicture("svg" if _is_markup(content) else "unknown_type")


def _is_markup(content: bytes) -> bool:
    """Tell whether it is a text that draws: SVG may begin with blanks, comments, a declaration."""
    start = content[:4096].replace(b"\x00", b"").lower()
    return content[:2] == b"\x1f\x8b" or b"<svg" in start or start.lstrip().startswith(b"<?xml")


def _png_size(content: bytes) -> tuple[int, int]:
    chunks = list(_png_chunks(content))
    kinds = [kind for kind, _data in chunks]
    if kinds[0] != b"IHDR" or kinds[-1] != b"IEND" or b"IDAT" not in kinds:
        raise ValueError
    if kinds.count(b"IHDR") != 1:
        raise ValueError
    _check_stands_still(kinds)
    header = chunks[0][1]
    width, height = _big(header[0:4]), _big(header[4:8])
    _check_sides(width, height)
    most = _png_most_bytes(width, height, depth=header[8], colour=header[9])
    _check_inflated(b"".join(data for kind, data in chunks if kind == b"IDAT"), most)
    return width, height


def _png_most_bytes(width: int, height: int, *, depth: int, colour: int) -> int:
    """Count the bytes that the lines of a PNG come to at most, interlaced or not."""
    if depth not in _PNG_DEPTHS or colour not in _PNG_CHANNELS:
        raise ValueError
    line = (width * depth * _PNG_CHANNELS[colour] + 7) // 8 + 1
    # Seven passes of an interlaced picture round up lines of their own.
    return line * height + 2 * 7 * (height + 1)


def _check_inflated(data: bytes, most: int) -> None:
    """Refuse what does not inflate, and what inflates to more than it may; no more is inflated."""
    inflating = zlib.decompressobj()
    size = 0
    try:
        while piece := inflating.decompress(data, _PIECE):
            size += len(piece)
            if size > most:
                raise ValueError
            data = inflating.unconsumed_tail
    except zlib.error as error:
        raise ValueError from error
    if not inflating.eof or inflating.unused_data:
        raise ValueError


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Go through the chunks with their checksums up to the last byte of the file."""
    place = len(_PNG_SIGNATURE)
    while place < len(content):
        end = place + 8 + _big(_cut(content, place, 4))
        kind, data = content[place + 4 : place + 8], content[place + 8 : end]
        if _big(_cut(content, end, 4)) != zlib.crc32(kind + data):
            raise ValueError
        yield kind, data
        place = end + 4
        if kind == b"IEND" and place != len(content):
            raise ValueError


def _jpeg_size(content: bytes) -> tuple[int, int]:
    sizes, has_scan = [], False
    place = 2
    while True:
        if content[place] != 0xFF:
            raise ValueError
        marker = content[place + 1]
        if marker == _JPEG_END:
            break
        place += 2
        length = _big(_cut(content, place, 2))
        if marker in _JPEG_FRAMES:
            sizes.append((_big(_cut(content, place + 5, 2)), _big(_cut(content, place + 3, 2))))
        place += max(length, 2)
        if marker == _JPEG_SCAN:
            has_scan = True
            place = _end_of_scan(content, place)
    if len(sizes) != 1 or not has_scan or place + 2 != len(content):
        raise ValueError
    return sizes[0]


def _end_of_scan(content: bytes, place: int) -> int:
    """Find the marker that ends the data of a scan. Raises ValueError where there is none."""
    place = content.index(b"\xff", place)
    while content[place + 1] in _WITHIN_SCAN:
        place = content.index(b"\xff", place + 2)
    return place


def _webp_size(content: bytes) -> tuple[int, int]:
    if _little(content[4:8]) + 8 != len(content):
        raise ValueError
    chunks = list(_webp_chunks(content))
    kinds = [kind for kind, _data in chunks]
    _check_stands_still(kinds)
    sizes = [_webp_sides(kind, data) for kind, data in chunks if kind in _WEBP_SIZED]
    data_kinds = [kind for kind in kinds if kind in _WEBP_DATA]
    if kinds[0] not in _WEBP_SIZED or len(data_kinds) != 1 or kinds.count(b"VP8X") > 1:
        raise ValueError
    # An extended file says its size first, and its picture says it again.
    if len(set(sizes)) != 1:
        raise ValueError
    return sizes[0]


def _webp_sides(kind: bytes, data: bytes) -> tuple[int, int]:
    if kind == b"VP8X":
        return _little(_cut(data, 4, 3)) + 1, _little(_cut(data, 7, 3)) + 1
    if kind == b"VP8L":
        if data[0] != 0x2F:
            raise ValueError
        bits = _little(_cut(data, 1, 4))
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if data[3:6] != b"\x9d\x01\x2a":
        raise ValueError
    return _little(_cut(data, 6, 2)) & 0x3FFF, _little(_cut(data, 8, 2)) & 0x3FFF


def _webp_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = 12
    while place < len(content):
        length = _little(_cut(content, place + 4, 4))
        yield content[place : place + 4], _cut(content, place + 8, length)
        place += 8 + length + length % 2


def _cut(content: bytes, place: int, length: int) -> bytes:
    part = content[place : place + length]
    if len(part) != length:
        raise ValueError
    return part


def _big(part: bytes) -> int:
    return int.from_bytes(part, "big")


def _little(part: bytes) -> int:
    return int.from_bytes(part, "little")
