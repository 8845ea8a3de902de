"""Everybody is spoken to in their own language, where the desk speaks it."""

import ast
import re
from datetime import UTC, date, datetime

import pytest
from django.conf import settings as given
from django.core import mail
from django.template import Context, Template
from django.utils import translation
from django.utils.formats import date_format, get_format

from accounts.languages import spoken
from accounts.models import Person
from accounts.tenancy import tenant
from accounts.zones import moment_text
from outbox.delivery import deliver_due
from tests.portal.pages import file_cases, words
from tests.portal.vendors import open_vendor

BOTH = [("en", "English"), ("de", "Deutsch")]
# A Monday, 11:00 in New York.
MONDAY = datetime(2026, 5, 4, 15, tzinfo=UTC)
THIRD_OF_MAY = datetime(2026, 5, 3, tzinfo=UTC)
APPS = (
    "accounts", "desk", "entitlements", "escalation", "jobs", "knowledge", "outbox", "portal",
    "reports", "sla", "supportdesk", "tickets",
)  # fmt: skip
AT_ONCE = {"gettext", "ngettext", "pgettext", "npgettext"}


@pytest.fixture
def vendor(db):
    return open_vendor


@pytest.fixture
def speaks(settings):
    """Let the desk speak both languages and one person German: speaks(alpha, alpha.contact)."""
    settings.LANGUAGES = BOTH

    def german(twin, person):
        with tenant(twin.tenant):
            Person.objects.filter(pk=person.pk).update(language="de")

    return german


def test_who_is_signed_in_is_spoken_to_in_their_language_whatever_the_browser_says(
    alpha, beta, browse, speaks
):
    speaks(alpha, alpha.contact)

    pages = [
        browse(twin.tenant, twin.contact).get("/cases/", headers={"accept-language": "fr, en"})
        for twin in (alpha, beta)
    ]

    assert [page.headers["Content-Language"] for page in pages] == ["de", "en"]
    assert ['<html lang="de">' in page.content.decode() for page in pages] == [True, False]
    assert translation.get_language() == "en"


@pytest.mark.parametrize(
    ("wish", "language"), [("de", "de"), ("de-AT", "de"), ("fr", "en"), ("", "en"), ("x\0", "en")]
)
def test_language_is_one_that_the_desk_speaks(settings, wish, language):
    settings.LANGUAGES = BOTH

    assert spoken(wish) == language


@pytest.mark.parametrize(("asked", "language"), [("de-CH, en;q=0.5", "de"), ("fr", "en")])
def test_stranger_is_spoken_to_as_their_browser_asks(alpha, browse, settings, asked, language):
    settings.LANGUAGES = BOTH

    page = browse(alpha.tenant).get("/policy/", headers={"accept-language": asked})

    assert page.headers["Content-Language"] == language
    assert "Accept-Language" in page.headers["Vary"]


def test_desk_that_speaks_english_only_speaks_it_to_everybody(alpha, browse, speaks, settings):
    speaks(alpha, alpha.contact)
    settings.LANGUAGES = BOTH[:1]

    page = browse(alpha.tenant, alpha.contact).get("/cases/")

    assert page.headers["Content-Language"] == "en"


def test_mail_and_its_dates_are_in_the_language_of_who_reads_it(vendor, speaks):
    acme = vendor("metalogix")
    speaks(acme, acme.contact)
    file_cases(acme, 1, at=MONDAY, severity="2")

    deliver_due()

    told = {letter.to[0]: letter.body for letter in mail.outbox}
    assert "4. Mai 2026" in told["carla@acme.test"]
    assert not any("Mai" in text for to, text in told.items() if to != "carla@acme.test")


def test_link_for_a_password_is_written_in_the_language_of_who_reads_it(
    alpha, browse, speaks, monkeypatch
):
    speaks(alpha, alpha.contact)
    spoken_in = []
    monkeypatch.setattr(
        "allauth.account.adapter.DefaultAccountAdapter.send_password_reset_mail",
        lambda *_all, **_more: spoken_in.append(translation.get_language()),
    )

    browse(alpha.tenant).post("/account/password/reset/", {"email": "contact@acme.test"})

    assert spoken_in == ["de"]


@pytest.mark.parametrize(
    ("form", "english", "german"),
    [
        ("j M Y", "3 May 2026", "3. Mai 2026"),
        ("j F Y", "3 May 2026", "3. Mai 2026"),
        ("D j M Y", "Sun 3 May 2026", "So, 3. Mai 2026"),
        ("D j M Y, H:i", "Sun 3 May 2026, 00:00", "So, 3. Mai 2026, 00:00"),
        ("D j M H:i", "Sun 3 May 00:00", "So, 3.5. 00:00"),
        ("D j", "Sun 3", "So, 3."),
        ("l j F", "Sunday 3 May", "Sonntag, 3. Mai"),
        ("j F", "3 May", "3. Mai"),
        ("j\N{NO-BREAK SPACE}M", "3\N{NO-BREAK SPACE}May", "3.5."),
        ("F Y", "May 2026", "Mai 2026"),
        ("F", "May", "Mai"),
        ("Y-m-d", "2026-05-03", "2026-05-03"),
        ("DATE_FORMAT", "3 May 2026", "3. Mai 2026"),
        ("SHORT_DATE_FORMAT", "3 May 2026", "03.05.2026"),
        ("MONTH_DAY_FORMAT", "3 May", "3. Mai"),
    ],
)
def test_date_is_written_as_its_readers_do(form, english, german):
    page = Template(f'{{{{ day|date:"{form}" }}}}')
    written = {}
    for language in ("en", "de"):
        with translation.override(language):
            written[language] = (
                date_format(THIRD_OF_MAY, form),
                page.render(Context({"day": THIRD_OF_MAY})),
            )

    assert written == {"en": (english, english), "de": (german, german)}


def test_german_months_are_written_out():
    with translation.override("de"):
        assert date_format(date(2026, 3, 3), "j M Y") == "3. März 2026"


def test_moment_names_its_zone_in_every_language():
    noon = datetime(2026, 5, 3, 10, 0, tzinfo=UTC)
    with translation.override("de"):
        german = moment_text(noon, "Europe/Berlin")

    assert moment_text(noon, "Europe/Berlin") == "Sun 3 May 2026, 12:00 CEST"
    assert german == "So, 3. Mai 2026, 12:00 CEST"


@pytest.mark.parametrize("language", ["en", "de"])
def test_form_writes_a_date_as_a_browsers_picker_takes_it(language):
    with translation.override(language):
        first = get_format("DATE_INPUT_FORMATS")[0]

    assert first == "%Y-%m-%d"


def test_drawings_have_no_decimal_commas(vendor, browse, speaks):
    acme = vendor("metalogix")
    speaks(acme, acme.contact)
    (case,) = file_cases(acme, 1, at=MONDAY, severity="2")
    customer = browse(acme.tenant, acme.contact)
    paths = ("/", f"/cases/{case.number}/", "/policy/", "/plan/")

    pages = [customer.get(path) for path in paths]

    assert [page.status_code for page in pages] == [200] * 4
    geometry = r'\b(?:x|y|x1|x2|y1|y2|cx|cy|r|width|height|value|max|min)="[^"]*\d,\d[^"]*"'
    assert [re.findall(geometry, page.content.decode()) for page in pages] == [[]] * 4
    assert "4. Mai 2026" in words(pages[1])


def test_no_words_are_fixed_before_the_language_is_known():
    """A module is read once: what it translates at once stays in the language of that moment."""
    paths = [path for app in APPS for path in (given.BASE_DIR / app).rglob("*.py")]

    fixed = [
        f"{path.relative_to(given.BASE_DIR)}:{line}"
        for path in paths
        for line in words_fixed_in(path.read_text())
    ]

    assert fixed == []


def words_fixed_in(source: str) -> list[int]:
    """List the lines on which a module translates while it is read."""
    module = ast.parse(source)
    names = {
        alias.asname or alias.name
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.name in AT_ONCE
    }
    return [line for node in module.body for line in _calls(node, names)]


def _calls(node: ast.AST, names: set[str]) -> list[int]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        return []  # is asked later
    own = isinstance(node, ast.Call) and getattr(node.func, "id", "") in names
    found = [node.lineno] if own else []
    return found + [line for child in ast.iter_child_nodes(node) for line in _calls(child, names)]


def test_fixed_words_are_found_and_later_ones_are_not():
    source = (
        "from django.utils.translation import gettext as _, gettext_lazy as later\n"
        "WORD = _('fixed')\n"
        "LATER = later('fine')\n"
        "ASKED = {'a': lambda: _('fine')}\n"
        "class Form:\n"
        "    label = _('fixed')\n"
        "    def say(self):\n"
        "        return _('fine')\n"
    )

    assert words_fixed_in(source) == [2, 6]
