"""The forms of the policy's sections: every key is there, and nothing changes by itself."""

from functools import cache

import pytest

from sla.documents import fill, policy_of
from sla.editing import with_sections
from sla.engine.document import document_of, parse_document
from sla.engine.policy import Policy
from sla.engine.sections import POLICY
from sla.engine.shape import Keyed, Rows, Shape
from sla.forms.sections import SECTIONS, SectionPage
from sla.summaries import section_summary
from tests.packs import POLICIES
from tests.sla.everything import EVERYTHING
from tests.sla.section_pages import as_sent, forms_of

PACKS = ("metalogix", "scalix", "msp", "datadynamics", "everything")
# They have pages of their own, follow from others, or are who the vendor is.
ELSEWHERE = {"vendor", "axes", "calendars", "holidays", "targets", "clocks", "translations"}
# A step is named by itself; only severities preset a priority.
UNSEEN = {"ladder": {"code"}, "priorities": {"sets_priority"}}


@cache
def text_of(name: str) -> str:
    return EVERYTHING if name == "everything" else (POLICIES / f"{name}.toml").read_text()


@cache
def policy_named(name: str) -> Policy:
    return parse_document(text_of(name))


def after(pack: str, section: str, **changes: str | list[str] | None) -> Policy:
    """Give the policy after a page is sent with some fields changed; None takes a field out."""
    policy = policy_named(pack)
    sent = as_sent(SectionPage(section, policy))
    for name, value in changes.items():
        sent.setlist(name, value if isinstance(value, list) else [] if value is None else [value])
    page = SectionPage(section, policy, sent)
    assert page.is_valid(), [form.errors for form in forms_of(page)]
    return policy_of(with_sections(fill(document_of(text_of(pack))), page.sections()))


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("pack", PACKS)
def test_page_sent_back_as_it_came_changes_nothing(pack, section):
    assert after(pack, section) == policy_named(pack)


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("pack", PACKS)
def test_section_has_a_line_in_words(pack, section):
    said = section_summary(section, policy_named(pack))

    assert said
    assert "%(" not in said


def test_every_key_of_the_document_is_edited_somewhere():
    blocks = [block for section in SECTIONS.values() for block in section.blocks]
    said: dict[str, set[str]] = {}
    for block in blocks:
        keys = {key for entry in block.entries for key in entry.keys}
        said[block.path] = said.get(block.path, set()) | keys
    edited = (said.keys() - {"", "clocks"}) | said[""]

    assert {field.key for field in POLICY.fields} - ELSEWHERE == edited
    for field in POLICY.fields:
        shape = field.type.shape if isinstance(field.type, Rows | Keyed) else field.type
        if field.key in said and isinstance(shape, Shape):
            code = {"code"} if isinstance(field.type, Keyed) else set()
            keys = {one.key for one in shape.fields} | code
            assert keys - UNSEEN.get(field.key, set()) == said[field.key], field.key


def test_row_moves_to_the_place_that_it_is_given():
    names = [plan.name for plan in policy_named("scalix").plans]

    up = after("scalix", "plans", **{"plans-3-position": "1"})
    down = after("scalix", "plans", **{"plans-0-position": "3"})

    assert [plan.name for plan in up.plans] == [names[3], *names[:3], *names[4:]]
    assert [plan.name for plan in down.plans] == [*names[1:3], names[0], *names[3:]]


def test_row_is_added_and_removed():
    added = after("metalogix", "phones", **{
        "phones-1-number": "+49 30 1", "phones-1-label": "Berlin",
        "phones-1-regions": ["EMEA"], "phones-1-hours": "portal_emea",
    })  # fmt: skip
    removed = after("metalogix", "phones", **{"phones-0-DELETE": "on"})

    last = added.phones[-1]
    assert (last.number, last.label, last.regions, last.hours) == (
        "+49 30 1", "Berlin", ("EMEA",), "portal_emea",
    )  # fmt: skip
    assert removed.phones == ()


def test_axis_is_in_use_as_soon_as_it_has_levels():
    policy = after("metalogix", "priorities", **{
        "priorities-0-code": "p1", "priorities-0-name": "Urgent",
    })  # fmt: skip

    assert policy.axes == ("severity", "priority")
    assert [level.name for level in policy.priorities] == ["Urgent"]


def test_new_region_gets_a_calendar_of_its_own_to_change():
    policy = after("metalogix", "regions", **{
        "regions-2-code": "APAC", "regions-2-name": "Asia", "regions-2-countries": "Japan, in",
    })  # fmt: skip

    portal = next(spec for spec in policy.calendars if spec.code == "portal")
    assert dict(portal.by_region)["APAC"] == "portal_amer"
    assert policy.region_of("JP") == policy.region_of("IN") == "APAC"


def test_step_is_added_without_a_code_to_think_of():
    new = f"ladder-{len(policy_named('metalogix').ladder)}"

    policy = after("metalogix", "ladder", **{
        f"{new}-clock": "resolution", f"{new}-at": "before", f"{new}-amount": "90",
        f"{new}-unit": "minutes", f"{new}-action": "notify", f"{new}-roles": ["manager"],
        f"{new}-when-product": "anvil, rope",
    })  # fmt: skip

    step = policy.ladder[-1]
    assert (step.code, step.seconds, step.roles) == ("resolution_before", 5400, ("manager",))
    assert step.when == {"product": ("anvil", "rope")}


def test_changed_cell_of_a_clock_is_stored_alone():
    sent = as_sent(SectionPage("clocks", policy_named("msp")))
    sent["first_response-agent_called"] = "none"
    page = SectionPage("clocks", policy_named("msp"), sent)

    assert page.is_valid()
    assert page.sections() == {"clocks": {"first_response": {"agent_called": "none"}}}


def test_span_in_hours_is_one_of_seconds():
    policy = after("datadynamics", "waiting", **{
        "waiting-close_after-amount": "200", "waiting-close_after-unit": "hours",
        "waiting-warn_days": "2, 5",
    })  # fmt: skip

    span = policy.waiting.close_after
    assert (span.amount, span.unit, span.rule) == (720_000, "seconds", "elapsed")
    assert policy.waiting.warn_days == (2, 5)


def test_logged_call_gets_a_rule_of_its_own():
    policy = after("msp", "retarget", **{
        "retarget-on_call-own": "on", "retarget-on_call-base": "change",
        "retarget-on_call-cap": "promise",
    })  # fmt: skip

    assert (policy.retarget.on_call.base, policy.retarget.on_call.cap) == ("change", "promise")


def test_queue_is_put_into_another_order():
    policy = after("metalogix", "general", **{
        "policy-queue_order-0": "due", "policy-queue_order-1": "severity",
    })  # fmt: skip

    assert policy.queue_order == ("due", "severity")
