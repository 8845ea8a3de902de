"""The smallest pictures that there can be, made here: nothing is pasted in."""

import struct
import zlib

JPEG_END = b"\xff\xd9"


def png(width: int = 2, height: int = 1, text: bytes = b"") -> bytes:
    """Make a grey PNG; `text` goes into a chunk that every reader skips."""
    lines = b"".join(b"\x00" + b"\x80" * width for _line in range(height))
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        *([(b"tEXt", text)] if text else []),
        (b"IDAT", zlib.compress(lines)),
        (b"IEND", b""),
    ]
    return png_of(*chunks)


def png_of(*chunks: tuple[bytes, bytes]) -> bytes:
    """Put chunks into a PNG, whatever they say."""
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def jpeg(width: int = 2, height: int = 1) -> bytes:
    """Make what has the parts of a JPEG: a frame, and a scan with a stuffed byte and a restart."""
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    scan = b"\x01\x01\x00\x00\x3f\x00"
    data = b"\x12\xff\x00\x34\xff\xd0\x56"
    return b"\xff\xd8" + jpeg_segment(0xC0, frame) + jpeg_segment(0xDA, scan) + data + JPEG_END


def webp(width: int = 2, height: int = 1) -> bytes:
    """Make what has the parts of a lossless WebP."""
    bits = (width - 1) | (height - 1) << 14
    data = b"\x2f" + struct.pack("<I", bits) + b"\x00"
    return webp_of((b"VP8L", data))


def webp_of(*chunks: tuple[bytes, bytes]) -> bytes:
    """Put chunks into a WebP, whatever they say."""
    parts = [
        kind + struct.pack("<I", len(data)) + data + b"\x00" * (len(data) % 2)
        for kind, data in chunks
    ]
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def jpeg_segment(marker: int, data: bytes) -> bytes:
    """Make one segment of a JPEG."""
    return bytes((0xFF, marker)) + struct.pack(">H", len(data) + 2) + data
