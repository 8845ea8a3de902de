"""Reading a page as people do, and sending its forms as a browser does.

A story can only fill in what the page offers: an answer to a field that is not there is an error.
"""

import html
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.http import HttpResponse
from django.test import Client

NOT_FILLED_IN = ("submit", "button", "image", "reset", "file")


@dataclass
class Form:
    """A form of a page: where it goes, what it holds, and the words on its buttons."""

    action: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)
    offered: dict[str, set[str]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    buttons: list[str] = field(default_factory=list)
    # Where a button goes that does not go where its form does.
    elsewhere: dict[str, str] = field(default_factory=dict)
    # What a button itself sends when it is pressed.
    carried: dict[str, dict[str, str]] = field(default_factory=dict)

    def answered(self, answers: dict[str, str]) -> dict[str, str | list[str]]:
        """Give what a browser would send; `answers` replace what stands in the fields."""
        unknown = answers.keys() - self.names
        assert not unknown, f"no such field: {unknown}; there are {sorted(self.names)}"
        for name, value in answers.items():
            choices = self.offered.get(name, {value})
            assert value in choices, f"{name} offers {sorted(choices)}, not {value!r}"
        return self.values | answers


def words(page: HttpResponse) -> str:
    """Give the words of a page, with single blanks."""
    return plain(page.content.decode())


def plain(markup: str) -> str:
    """Drop the tags; those within a sentence leave no blank behind."""
    joined = re.sub(r"</?(time|strong|code)\b[^>]*>", "", markup)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", joined)).split())


def row_of(page: HttpResponse, subject: str) -> str:
    """Give the words of the one row of a page's table that names a subject."""
    rows = [plain(row) for row in re.findall(r"<tr.*?</tr>", page.content.decode(), re.DOTALL)]
    found = [row for row in rows if subject in row]
    assert len(found) == 1, f"{len(found)} rows name {subject!r}: {words(page)}"
    return found[0]


def form_of(page: HttpResponse, button: str) -> Form:
    """Find the one form of a page that has a button with these words."""
    found = [form for form in forms_in(page) if button in form.buttons]
    known = [form.buttons for form in forms_in(page)]
    assert len(found) == 1, f"{len(found)} forms have {button!r}; there are {known}: {words(page)}"
    return found[0]


def press(client: Client, page: HttpResponse, button: str, **answers: str) -> HttpResponse:
    """Fill in the form of a button, press it, and give the page that one comes to.

    A dash in a field's name is written as `__`: reply__body.
    """
    form = form_of(page, button)
    data = form.answered({name.replace("__", "-"): value for name, value in answers.items()})
    data |= form.carried.get(button, {})
    address = form.elsewhere.get(button) or form.action or page.request["PATH_INFO"]
    if form.method == "get":
        return client.get(address, data, follow=True)
    if not form.action and page.request["QUERY_STRING"]:
        address += f"?{page.request['QUERY_STRING']}"
    return client.post(address.partition("#")[0], data, follow=True)


def forms_in(page: HttpResponse) -> list[Form]:
    reader = _Reader()
    reader.feed(page.content.decode())
    return reader.forms


class _Reader(HTMLParser):
    """Collects the forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.form: Form | None = None
        self.words: list[str] | None = None
        self.area = self.select = self.elsewhere = ""
        self.carried: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.form = Form(found.get("action", ""), found.get("method", "get").lower())
            self.forms.append(self.form)
        if self.form is None:
            return
        if tag in ("textarea", "button"):
            self.words = []
            self.elsewhere = found.get("formaction", "")
            named = found.get("name")
            self.carried = {named: found.get("value", "")} if named else {}
        if tag == "textarea":
            self.area = found["name"]
        elif tag == "select":
            self.select = found["name"]
            self.form.names.add(self.select)
            self.form.offered[self.select] = set()
        elif tag == "option":
            self._option(self.form, found)
        elif tag == "input":
            self._input(self.form, found)

    def handle_data(self, data: str) -> None:
        if self.words is not None:
            self.words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        if self.form is None or tag not in ("textarea", "button"):
            return
        text = "".join(self.words or [])
        self.words = None
        if tag == "button":
            button = " ".join(text.split())
            self.form.buttons.append(button)
            self.form.elsewhere[button] = self.elsewhere
            self.form.carried[button] = self.carried
        else:
            self.form.names.add(self.area)
            self.form.values[self.area] = [text.removeprefix("\n")]

    def _option(self, form: Form, found: dict[str, str]) -> None:
        form.offered[self.select].add(found["value"])
        # A browser sends the first option where none is marked.
        if "selected" in found or self.select not in form.values:
            form.values[self.select] = [found["value"]]

    def _input(self, form: Form, found: dict[str, str]) -> None:
        kind, name = found.get("type", "text"), found.get("name", "")
        if kind == "submit":
            form.buttons.append(found.get("value", ""))
        if kind in NOT_FILLED_IN or not name:
            return
        form.names.add(name)
        is_ticked = kind in ("radio", "checkbox")
        value = found.get("value", "on" if is_ticked else "")
        if kind == "radio":
            form.offered.setdefault(name, set()).add(value)
        if not is_ticked or "checked" in found:
            form.values.setdefault(name, []).append(value)
