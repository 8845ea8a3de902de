"""The texts of a policy in another language: every text, no code, and no other promise."""

from dataclasses import replace
from itertools import product

import pytest

from sla.engine import sections
from sla.engine.aims import aim_at, settle
from sla.engine.clock import Event, run
from sla.engine.document import canonical_text, parse_document
from sla.engine.lint import NOTICE, WARNING, lint
from sla.engine.pageparts import Translation
from sla.engine.parts import Facts
from sla.engine.policy import Policy
from sla.engine.shape import Field, Keyed, Many, Rows, Shape, Text
from sla.engine.texts import TOLD, localized, texts_of
from tests.engine.wall import wall
from tests.policies.documents import brief
from tests.policies.packs import VENDORS, pack
from tests.policies.tidy import TIDY, TODAY, findings
from tests.sla.everything import EVERYTHING

# Texts that say the same to everybody: where a rule comes from, what only the linter says, numbers.
NOT_TOLD = {
    ("Phone", "number"),
    ("Reading", "against"),
    ("Reading", "says"),
    ("Reading", "sources"),
    ("Reading", "taken"),
}
LANGUAGE = "de"


def shapes(shape: Shape):
    yield shape
    for field in shape.fields:
        inner = getattr(field.type, "shape", field.type)
        if isinstance(inner, Shape):
            yield from shapes(inner)


def is_text(field: Field) -> bool:
    kind = field.type.of if isinstance(field.type, Many) else field.type
    is_free = isinstance(kind, Text) and not kind.choices and kind.pattern is None
    return is_free and field.key != "source"


def test_every_text_of_the_format_is_declared_as_told_or_as_not():
    found = {
        (shape.build.__name__, field.attribute or field.key)
        for shape in shapes(sections.POLICY)
        for field in shape.fields
        if is_text(field)
    }

    told = {(part.__name__, name) for part, names in TOLD.items() for name in names}
    assert found - told == NOT_TOLD
    parts = {shape.build for shape in shapes(sections.POLICY)} & TOLD.keys()
    holders = {
        field.attribute or field.key
        for field in sections.POLICY.fields
        if isinstance(field.type, Rows | Keyed | Shape)
        and getattr(field.type, "shape", field.type).build in parts
    }
    assert holders <= set(TOLD[Policy])


def in_marks(policy: Policy) -> Policy:
    """Translate every text, each into one that no other text has."""
    texts = [text for texts in texts_of(policy).values() for text in texts]
    words = tuple(sorted((text, f"«{text}»") for text in texts))
    return replace(policy, translations=(Translation(LANGUAGE, words),))


@pytest.mark.parametrize("policy", [parse_document(EVERYTHING), *map(pack, VENDORS)])
def test_every_text_is_replaced_and_nothing_else(policy):
    marked = in_marks(policy)
    german = localized(marked, LANGUAGE)

    shown = [text for texts in texts_of(german).values() for text in texts]
    assert shown == [f"«{text}»" for texts in texts_of(policy).values() for text in texts]
    back = tuple(sorted((said, text) for text, said in marked.translations[0].words))
    english = localized(replace(german, translations=(Translation("en", back),)), "en")
    assert replace(english, translations=()) == replace(policy, translations=())
    assert localized(marked, "de-at") == german
    assert localized(marked, "fr") is marked


HOLIDAYS = """
[calendars.office]
name = "Office"
time_zone = "UTC"
holidays = "ours"
weekly = { mon = [["09:00", "17:00"]], fri = [["09:00", "17:00"]] }

[[calendars.office.exceptions]]
date = 2026-11-27
intervals = []
name = "Stocktaking"

[holidays.ours]
name = "Our holidays"

[[holidays.ours.days]]
name = "Christmas"
month = 12
day = 25

[[holidays.ours.dates]]
date = 2026-11-23
name = "Founders"
"""


def test_names_of_dates_are_told_and_hours_stay():
    head = TIDY[: TIDY.index("axes")].replace('summary = "We answer."', 'summary = "A"')
    policy = parse_document(head + HOLIDAYS)
    german = localized(in_marks(policy), LANGUAGE)

    assert texts_of(policy)["holidays"] == ("Our holidays", "Christmas", "Founders")
    assert texts_of(policy)["calendars"] == ("Office", "Stocktaking")
    one, other = (each.calendar("office", Facts()) for each in (policy, german))
    assert (one == other, one.nameless == other.nameless) == (False, True)
    assert german.calendars[0].exceptions[0].name == "«Stocktaking»"
    assert german.holidays[0].dates[0][1] == "«Founders»"


MOMENTS = ("Fri 2026-11-27 16:59", "Thu 2026-12-24 12:00", "Sun 2026-03-29 01:30")


@pytest.mark.parametrize("vendor", VENDORS)
def test_no_promise_differs_between_languages(vendor):
    policy = pack(vendor)
    german = localized(in_marks(policy), LANGUAGE)
    axes = ("plans", "severities", "priorities", "case_types", "channels", "regions")
    codes = [[part.code for part in getattr(policy, axis)] or [None] for axis in axes]
    names = ("plan", "severity", "priority", "case_type", "channel", "region")

    for values in product(*codes):
        facts = Facts(**dict(zip(names, values, strict=True)), zone="Europe/Berlin")
        for clock, moment in product(sorted(policy.clocks_in_use), MOMENTS):
            at = wall("Europe/Berlin", moment)
            one, other = (
                settle(aim_at(each, clock, facts, at, None)).promise for each in (policy, german)
            )
            assert one == other, (facts, clock, moment)
        assert policy.price(facts) is None or (
            policy.price(facts).points == german.price(facts).points
        )


def test_version_that_changes_words_alone_moves_no_promise():
    before = pack("datadynamics")
    opened = {"policy_version": 1, "zone": "UTC", "case_type": "problem", "severity": "2"}
    opened |= {"priority": "normal", "channel": "portal"}
    events = [
        (1, "case_opened", "Fri 2026-11-20 10:00", opened),
        (2, "policy_retargeted", "Mon 2026-11-23 10:00", {"policy_version": 2, "base": "change"}),
    ]
    after = localized(in_marks(before), LANGUAGE)

    assert run_of({1: before, 2: after}, events) == run_of({1: before, 2: before}, events)


def run_of(policies, events):
    told = [Event(seq, kind, wall("UTC", at), payload) for seq, kind, at, payload in events]
    return [(clock.kind, clock.due_at, clock.state) for clock in run(policies, told)]


GERMAN = """
[translations.de]
"We answer." = "Wir antworten."
"By day" = "Tagsüber"
"""


def test_table_is_part_of_the_document_whatever_its_order():
    policy = parse_document(TIDY + GERMAN)
    turned = GERMAN.replace('"We answer." = "Wir antworten."\n', "")
    turned += '"We answer." = "Wir antworten."\n'

    text = canonical_text(policy)

    assert parse_document(text) == policy == parse_document(TIDY + turned)
    assert canonical_text(parse_document(text)) == text
    assert text.endswith(
        '[translations.de]\n"By day" = "Tagsüber"\n"We answer." = "Wir antworten."\n'
    )
    assert localized(policy, "de").summary == "Wir antworten."
    assert localized(policy, "de").name == "Acme support"


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        ('[translations]\nde = "x"', ("translations.de", "wrong_type")),
        ('[translations.German]\n"We answer." = "x"', ("translations.German", "bad_language")),
        ('[translations.de]\n"We answer." = " "', ("translations.de.We answer.", "empty_text")),
        ('[translations.de]\n"We answer." = 1', ("translations.de.We answer.", "wrong_type")),
    ],
)
def test_faulty_tables_are_named(table, fault):
    assert [found[1:] for found in brief(f"{TIDY}\n{table}\n")] == [fault]


def test_linter_names_translations_that_do_not_fit():
    policy = parse_document(TIDY)
    texts = [text for texts in texts_of(policy).values() for text in texts]
    table = "".join(f'"{text}" = "{text}"\n' for text in texts[2:])
    extra = '"Gone" = "Weg"\n"111 or {name}" = "112"\n'
    spoiled = TIDY.replace('label = "By day"', 'label = "111 or {name}"')

    found = lint(parse_document(f"{spoiled}[translations.fr]\n{table}{extra}"), TODAY, ("en", "de"))

    assert [(one.code, one.path, one.severity) for one in found] == [
        ("language_not_spoken", "translations.fr", WARNING),
        ("translation_differs", "translations.fr.111 or {name}", WARNING),
        ("translates_nothing", "translations.fr.By day", WARNING),
        ("translates_nothing", "translations.fr.Gone", WARNING),
        ("texts_not_translated", "translations.fr", NOTICE),
    ]
    assert found[-1].params == {"language": "fr", "number": 2, "of": len(texts)}
    assert [one.code for one in findings(TIDY + GERMAN)] == ["texts_not_translated"]
    assert findings(TIDY) == ()
