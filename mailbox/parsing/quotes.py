"""What is new in a mail, and what it only quotes: by lines, in English and German.

Two ways of quoting. One cuts: from a line on, all is the older mail. The other marks each line by
">", so that an answer may stand before, behind or between; then only what is marked is taken out,
and nothing where the answer is between.
"""

import re
from collections.abc import Sequence

from outbox.answer_marks import ALL_MARKS

MOST_LINES = 20_000
_LONGEST_INTRO = 400
_BEHIND_ALL = 1 << 60
# The lines above which mail of ours asks to answer, however they are quoted or set.
_MARKER = re.compile(
    r"[>\s*|]*(?:" + "|".join(re.escape(one) for one in ALL_MARKS) + r")[\s*]*", re.IGNORECASE
)
_INTROS = (
    re.compile(r"\W{0,3}On\b.{4,380}\b(?:wrote|writes)\s*:\W{0,3}"),
    re.compile(r"\W{0,3}Am\b.{4,300}\bschrieb\b.{0,250}:\W{0,3}"),
    re.compile(r"\S.{2,250}\b(?:schrieb am|wrote on)\b.{4,80}:\W{0,3}"),
)
_CUT = re.compile(
    r"\s*-{2,}\s*(?:Original Message|Original Appointment|Ursprüngliche Nachricht"
    r"|Originalnachricht|Ursprünglicher Termin)\s*-{2,}\s*",
    re.IGNORECASE,
)
_FROM = re.compile(r"\s*\*?(?:From|Von)\*?:\*?\s*\S.*")
# What may stand above the From: some write when it was sent first.
_SENT = re.compile(r"\s*\*?(?:Sent|Date|Gesendet|Datum)\*?:\*?\s*\S.*")
_BESIDE_FROM = re.compile(
    r"\s*\*?(?:Sent|Date|To|Cc|Subject|Gesendet|Gesendet am|Datum|An|Betreff)\*?:\*?.*"
)
_FORWARDED = re.compile(
    r"\s*(?:-{2,}\s*(?:Forwarded message|Weitergeleitete Nachricht)\s*-{2,}"
    r"|Begin forwarded message:|Anfang der weitergeleiteten Nachricht:?)\s*",
    re.IGNORECASE,
)
_RULE = re.compile(r"\s*[_\-=]{5,}\s*")


def split_quote(text: str) -> tuple[str, str]:
    """Divide a body into what is new and what is quoted; together they hold every line.

    All is new where nothing else would be left, and in a mail that was forwarded.
    """
    lines = text.split("\n")
    cut = _cut(lines[:MOST_LINES])
    fresh, quoted = lines[:cut], lines[cut:]
    if len(lines) <= MOST_LINES:
        fresh, marked = _without_marked(fresh)
        quoted = marked + quoted
    if not any(line.strip() for line in fresh):
        return text, ""
    return "\n".join(fresh).strip("\n"), "\n".join(quoted).strip("\n")


def _cut(lines: Sequence[str]) -> int:
    """Find the line from which on all is the older mail; behind any line if there is none."""
    # What a mail says below its last marker in words that are not marked is an answer.
    said = max((n for n, one in enumerate(lines) if one.strip() and not _is_marked(one)), default=0)
    for number, line in enumerate(lines):
        if _FORWARDED.fullmatch(line[:_LONGEST_INTRO]):
            return _BEHIND_ALL
        if _is_cut(lines, number, is_answered=said > number):
            return _with_what_leads(lines, number)
    return _BEHIND_ALL


def _is_cut(lines: Sequence[str], number: int, *, is_answered: bool) -> bool:
    line = lines[number]
    if len(line) > _LONGEST_INTRO:
        return False
    if _CUT.fullmatch(line):
        return True
    if _MARKER.fullmatch(line):
        return not (_is_marked(line) and is_answered)
    if _FROM.fullmatch(line):
        return _is_block(lines, number)
    below = lines[number + 1] if number + 1 < len(lines) else ""
    is_sent_first = _SENT.fullmatch(line) and _FROM.fullmatch(below[:_LONGEST_INTRO])
    return bool(is_sent_first) and _is_block(lines, number + 1)


def _is_block(lines: Sequence[str], number: int) -> bool:
    """Tell whether the lines below a From are the headers of an older mail."""
    below = [line for line in lines[number + 1 : number + 9] if line.strip()]
    return sum(1 for line in below[:5] if _BESIDE_FROM.fullmatch(line[:_LONGEST_INTRO])) >= 2


def _with_what_leads(lines: Sequence[str], number: int) -> int:
    """Step back over what leads to a cut: "On … wrote:", a rule, marked and empty lines."""
    while number and (
        not lines[number - 1].strip()
        or _is_marked(lines[number - 1])
        or _RULE.fullmatch(lines[number - 1])
    ):
        number -= 1
    return _intro_start(lines, number)


def _without_marked(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """Take out the lines that are marked by ">", where they stand together or at the end."""
    blocks = _blocks(lines)
    if not blocks:
        return list(lines), []
    first, last = blocks[-1]
    at_end = not any(line.strip() for line in lines[last:])
    if len(blocks) > 1 and not at_end:
        return list(lines), []
    start = _intro_start(lines, first)
    return [*lines[:start], *lines[last:]], list(lines[start:last])


def _blocks(lines: Sequence[str]) -> list[tuple[int, int]]:
    """List where marked lines begin and end, with the empty ones between them."""
    blocks: list[tuple[int, int]] = []
    for number, line in enumerate(lines):
        if not _is_marked(line):
            continue
        if blocks and not any(one.strip() for one in lines[blocks[-1][1] : number]):
            blocks[-1] = (blocks[-1][0], number + 1)
        else:
            blocks.append((number, number + 1))
    return blocks


def _intro_start(lines: Sequence[str], number: int) -> int:
    """Find where "On … wrote:" begins that stands above a line, in up to four lines."""
    above = number
    while above and not lines[above - 1].strip():
        above -= 1
    for length in range(1, 5):
        start = above - length
        if start < 0 or not lines[start].strip():
            break
        joined = " ".join(line.strip() for line in lines[start:above])
        if len(joined) > _LONGEST_INTRO:
            break
        if any(one.fullmatch(joined) for one in _INTROS):
            return start
    return number


def _is_marked(line: str) -> bool:
    return line.lstrip(" ").startswith(">")
