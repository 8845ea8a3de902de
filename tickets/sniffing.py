"""What a file is by its first bytes; what its name says decides nothing.

A table of our own: twenty kinds that support sees. What is not on it is "application/octet-stream",
and what a browser could run (HTML, SVG, scripts) is plain text here.
"""

from pathlib import PurePosixPath

from django.utils.translation import gettext_lazy as _

# As much as any row of the table looks at, and enough to tell text.
HEAD_BYTES = 4096
UNKNOWN = "application/octet-stream"
TEXT = "text/plain"

# Where, what, and what it then is; the first that fits wins.
SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"PK\x05\x06", "application/zip"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"BZh", "application/x-bzip2"),
    (0, b"\xfd7zXZ\x00", "application/x-xz"),
    (0, b"(\xb5/\xfd", "application/zstd"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (257, b"ustar", "application/x-tar"),
    (0, b"\xd4\xc3\xb2\xa1", "application/vnd.tcpdump.pcap"),
    (0, b"\xa1\xb2\xc3\xd4", "application/vnd.tcpdump.pcap"),
    (0, b"\x0a\x0d\x0d\x0a", "application/vnd.tcpdump.pcap"),
    (0, b"SQLite format 3\x00", "application/vnd.sqlite3"),
    (0, b"ElfFile\x00", "application/x-ms-evtx"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"MDMP", "application/x-dmp"),
    (0, b"MZ", "application/vnd.microsoft.portable-executable"),
    (0, b"\x7fELF", "application/x-executable"),
    (4, b"ftyp", "video/mp4"),
)
KIND_NAMES = {
    "image/png": _("picture (PNG)"),
    "image/jpeg": _("picture (JPEG)"),
    "image/gif": _("picture (GIF)"),
    "image/webp": _("picture (WebP)"),
    "application/pdf": _("PDF"),
    "application/zip": _("ZIP archive or Office document"),
    "application/gzip": _("archive (gzip)"),
    "application/x-bzip2": _("archive (bzip2)"),
    "application/x-xz": _("archive (xz)"),
    "application/zstd": _("archive (zstd)"),
    "application/x-7z-compressed": _("archive (7z)"),
    "application/vnd.rar": _("archive (RAR)"),
    "application/x-tar": _("archive (tar)"),
    "application/vnd.tcpdump.pcap": _("network trace"),
    "application/vnd.sqlite3": _("SQLite database"),
    "application/x-ms-evtx": _("Windows event log"),
    "application/x-ole-storage": _("Office document of old"),
    "application/x-dmp": _("memory dump"),
    "application/vnd.microsoft.portable-executable": _("program for Windows"),
    "application/x-executable": _("program for Linux"),
    "video/mp4": _("video (MP4)"),
    TEXT: _("text"),
}
PROGRAMS = ("application/vnd.microsoft.portable-executable", "application/x-executable")
# Names of programs and their parts; a program for Linux has no suffix mostly.
PROGRAM_SUFFIXES = (
    *("exe", "dll", "sys", "com", "scr", "cpl", "ocx", "drv", "efi", "mui", "node", "pyd"),
    *("", "so", "o", "ko", "elf", "bin", "run", "out", "appimage"),
)
NAMED = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "zip": "application/zip",
    "docx": "application/zip",
    "xlsx": "application/zip",
    "pptx": "application/zip",
    "gz": "application/gzip",
    "7z": "application/x-7z-compressed",
    "rar": "application/vnd.rar",
    "mp4": "video/mp4",
}


def type_of(head: bytes) -> str:
    """Name the type of a file by its first bytes, HEAD_BYTES of them or the whole file."""
    for offset, signature, name in SIGNATURES:
        if head[offset : offset + len(signature)] == signature:
            return name
    return TEXT if _is_text(head) else UNKNOWN


def is_named_otherwise(name: str, content_type: str) -> bool:
    """Tell whether a file's name says that it is something else than its bytes say.

    A program must be named as one. Of other kinds only names that promise one of the table are
    judged: what is called ".log" may be anything that is no program.
    """
    suffix = PurePosixPath(name).suffix.lower().removeprefix(".")
    if content_type in PROGRAMS:
        return suffix not in PROGRAM_SUFFIXES
    expected = NAMED.get(suffix)
    return bool(content_type) and expected is not None and content_type != expected


def kind_name(content_type: str) -> str:
    """Name a type for people."""
    return str(KIND_NAMES.get(content_type, _("of an unknown kind")))


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if b"\x00" in head:
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        # The last character may be cut in the middle.
        return error.start >= len(head) - 3 and len(head) == HEAD_BYTES
    return True
