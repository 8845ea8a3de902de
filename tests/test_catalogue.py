"""Every language beside English is complete: `make messages` and a translator mend what fails."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.utils.translation.template import templatize

LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]
ROOT = Path(settings.BASE_DIR)
APPS = (
    "accounts", "api", "desk", "entitlements", "escalation", "jobs", "knowledge", "mailbox",
    "outbox", "portal", "reports", "sla", "supportdesk", "tickets", "transfer",
)  # fmt: skip
# The living page of the components is for who builds the desk.
UNTRANSLATED = ("supportdesk/styleguide", "templates/styleguide")
# What of `xgettext`'s names for one message takes which place: context, message, plural.
PLACES = {
    "_": (None, 0, None), "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None), "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1), "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None), "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2), "npgettext_lazy": (0, 1, 2),
}  # fmt: skip
IN_TEMPLATE = re.compile(
    r"\b(_|n?p?gettext)\(((?:u?'(?:\\.|[^'\\])*'|u?\"(?:\\.|[^\"\\])*\"|[\s,])*)"
)
PLACEHOLDER = re.compile(
    r"%\(\w+\)[-#0 +]*[\d.]*[a-z]|%%|%[sd]|\{[\w.]*(?:![rsa])?(?::[^{}]*)?\}", re.IGNORECASE
)
TAG = re.compile(r"</?[a-z][^>]*>", re.IGNORECASE)


@pytest.fixture(params=LANGUAGES)
def folder(request) -> Path:
    return ROOT / "locale" / request.param / "LC_MESSAGES"


def test_there_is_a_language_beside_english():
    assert LANGUAGES == ["de"]


def test_catalogue_has_what_the_code_and_the_pages_say_and_nothing_else(folder):
    kept = {key(entry) for entry in catalogue(folder) if not entry.obsolete}

    said = set(said_by_the_code()) | set(said_by_the_pages())

    assert (sorted(said - kept, key=str), sorted(kept - said, key=str)) == ([], [])


def test_catalogue_leaves_nothing_empty_or_doubtful(folder):
    entries = catalogue(folder)

    doubtful = [entry.msgid for entry in entries if entry.fuzzy or entry.obsolete]
    empty = [entry.msgid for entry in entries if not all(words(entry))]

    assert (doubtful, empty) == ([], [])


def test_catalogue_names_the_placeholders_and_tags_of_the_english_words(folder):
    odd = [entry.msgid for entry in catalogue(folder) if not agrees(entry)]

    assert odd == []


def test_compiled_catalogue_is_that_of_the_text(folder):
    compiled = polib.mofile(str(folder / "django.mo"))

    assert {key(entry): words(entry) for entry in compiled} == {
        key(entry): words(entry) for entry in catalogue(folder)
    }


def catalogue(folder: Path) -> polib.POFile:
    return polib.pofile(str(folder / "django.po"))


def key(entry: polib.POEntry | polib.MOEntry) -> tuple[str | None, str, str]:
    return entry.msgctxt, entry.msgid, entry.msgid_plural or ""


def words(entry: polib.POEntry | polib.MOEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) or [entry.msgstr]


def agrees(entry: polib.POEntry) -> bool:
    if not entry.msgid_plural:
        return parts(entry.msgid) == parts(entry.msgstr)
    one, many = words(entry)
    # What is said of one thing may leave its number out.
    return parts(many) == parts(entry.msgid_plural) and set(parts(one)) <= set(parts(many))


def parts(text: str) -> list[str]:
    """List what a text must have in every language: placeholders, tags, the blanks around it."""
    return sorted(PLACEHOLDER.findall(text) + TAG.findall(text) + re.findall(r"^\s|\s$", text))


def said_by_the_code() -> Iterator[tuple[str | None, str, str]]:
    for path in files("*.py"):
        module = ast.parse(path.read_text())
        names = dict(imported_names(module))
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                texts = [getattr(one, "value", None) for one in node.args]
                yield from message(names.get(node.func.id), texts)


def imported_names(module: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            for alias in node.names:
                yield alias.asname or alias.name, alias.name


def said_by_the_pages() -> Iterator[tuple[str | None, str, str]]:
    for path in [*files("*.html"), *files("*.txt")]:
        for name, texts in IN_TEMPLATE.findall(templatize(path.read_text())):
            yield from message(name, ast.literal_eval(f"[{texts}]"))


def message(name: str | None, texts: list) -> Iterator[tuple[str | None, str, str]]:
    if name not in PLACES:
        return
    context, one, many = (None if at is None else texts[at] for at in PLACES[name])
    if isinstance(one, str) and one:
        yield context, one, many or ""


def files(pattern: str) -> Iterator[Path]:
    for folder in (*APPS, "templates"):
        for path in sorted((ROOT / folder).rglob(pattern)):
            if not str(path.relative_to(ROOT)).startswith(UNTRANSLATED):
                yield path
