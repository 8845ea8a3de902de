"""Bytes to text: the charsets that are read, encoded words, and what no text may hold."""

import binascii
import re
import unicodedata

# Only what mail programs write. Not in it: utf-7 and the codecs of Python that are no charsets.
_CHARSETS = {
    "ascii": "cp1252", "us-ascii": "cp1252", "ansi_x3.4-1968": "cp1252", "latin1": "cp1252",
    "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "utf8": "utf-8", "utf-8": "utf-8",
    "utf-16": "utf-16", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be", "utf-32": "utf-32",
    "utf-32le": "utf-32-le", "utf-32be": "utf-32-be", "koi8-r": "koi8-r", "koi8-u": "koi8-u",
    "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5",
    "big5-hkscs": "big5hkscs", "shift_jis": "cp932", "shift-jis": "cp932", "cp932": "cp932",
    "windows-31j": "cp932", "euc-jp": "euc-jp", "iso-2022-jp": "iso-2022-jp-2",
    "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "iso-2022-kr": "iso-2022-kr",
    "macintosh": "mac-roman", "tis-620": "cp874", "windows-874": "cp874",
    **{f"iso-8859-{n}": f"iso-8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16)},
    **{f"windows-125{n}": f"cp125{n}" for n in range(9)},
    **{f"cp125{n}": f"cp125{n}" for n in range(9)},
    **{f"ibm{n}": f"cp{n}" for n in (437, 850, 852, 858, 866)},
    **{f"cp{n}": f"cp{n}" for n in (437, 850, 852, 858, 866)},
}  # fmt: skip
_PLAIN = ("", "ascii", "us-ascii", "ansi_x3.4-1968")
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?\s]*(?:[ \t][^?\s]*)*)\?=")
_BETWEEN = re.compile(r"\s*\Z")
# Signs that turn the direction of writing, or cannot be seen: they make one name look like another.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def decoded(data: bytes, charset: str) -> tuple[str, str]:
    """Read bytes in the charset that they are said to be in; with a defect, "" if there is none."""
    name = charset.strip().strip("'\"").lower().split("*")[0]
    if name in _PLAIN:
        return _guessed(data), "" if data.isascii() else "eight_bit"
    codec = _CHARSETS.get(name)
    if codec is None:
        return _guessed(data), "unknown_charset"
    try:
        return data.decode(codec), ""
    except ValueError:
        return data.decode(codec, errors="replace"), "wrong_charset"


def header_text(value: bytes) -> str:
    """Read the raw value of a header; no encoded word is looked into."""
    return _guessed(value)


def decoded_words(value: str) -> str:
    """Read the encoded words of RFC 2047 in a value; what is broken stays as it is."""
    found: list[str] = []
    pending, charset, done = b"", "", 0
    for match in _WORD.finditer(value):
        between = value[done : match.start()]
        if not (pending and _BETWEEN.match(between)):
            found += [_flushed(pending, charset), between]
            pending = b""
        data = _word_bytes(match[2], match[3])
        if data is None:
            found += [_flushed(pending, charset), match[0]]
            pending = b""
        elif pending and charset != match[1]:
            found.append(_flushed(pending, charset))
            pending, charset = data, match[1]
        else:
            pending, charset = pending + data, match[1]
        done = match.end()
    return "".join([*found, _flushed(pending, charset), value[done:]])


def one_line(value: str, most: int) -> str:
    """Make a line that may be shown: no control, no turn of direction, no invisible sign."""
    seen = _UNSEEN.sub("", _CONTROLS.sub(" ", value))
    return " ".join(seen.split())[:most]


def clean_text(value: str, most: int) -> str:
    """Make a text that may be stored: line feeds only, no control, no half of a character."""
    lines = value.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _CONTROLS.sub("", lines[:most])).strip("\n\ufeff")


def _guessed(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _word_bytes(encoding: str, text: str) -> bytes | None:
    raw = text.encode("ascii", errors="replace")
    if encoding in "qQ":
        return binascii.a2b_qp(raw.replace(b" ", b"_"), header=True)
    try:
        return binascii.a2b_base64(raw + b"===")
    except binascii.Error:
        return None


def _flushed(data: bytes, charset: str) -> str:
    return decoded(data, charset)[0] if data else ""
