"""The sections of the policy, edited in the admin without JavaScript."""

import pytest
from django.contrib.admin.models import LogEntry
from django.http import QueryDict

from accounts.tenancy import tenant
from sla.documents import policy_of, read_rows
from sla.forms.sections import SECTIONS
from sla.queries import working_copy
from tests.packs import publish
from tests.sla.pages import in_alpha, text_of, url
from tests.sla.section_pages import as_sent, forms_of


def section(name):
    return url("policydraft_section", name)


def saved_policy():
    return policy_of(read_rows(working_copy()))


def as_came(manager, name) -> QueryDict:
    """Fill in the page of a section as a browser would send it unchanged."""
    page = manager.get(section(name))
    sent = as_sent(page.context["form_page"])
    sent["revision"] = str(page.context["revision"])
    return sent


def send(manager, name, changes, follow=False):
    sent = as_came(manager, name)
    for field, value in changes.items():
        sent.setlist(field, [] if value is None else [value])
    return manager.post(section(name), sent.urlencode(), follow=follow, content_type=FORM)


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("name", SECTIONS)
def test_page_sent_back_as_it_came_leaves_nothing_to_publish(manager, name):
    answer = send(manager, name, {})

    assert answer.status_code == 302, text_of(answer)
    assert "there is nothing to publish" in text_of(manager.get(url("policydraft_publish")))


TAKEN = {"declined-0-code": "x", "declined-0-name": "X", "declined-1-code": "x"}


@pytest.mark.parametrize(
    ("name", "changes", "field", "fault"),
    [
        (
            "general",
            {"policy-case_prefix": "mx"},
            "policy-case_prefix",
            "Case numbers begin with one to eight capital letters, like MX.",
        ),
        ("phones", {"phones-0-label": ""}, "phones-0-label", "This field is required."),
        (
            "contact",
            {"contact-sales_email": "me"},
            "contact-sales_email",
            "“me” is not a mail address",
        ),
        ("page", {"page-eula_url": "here"}, "page-eula_url", "“here” is not a web address"),
        (
            "plans",
            {"plans-0-DELETE": "on"},
            "plans-0-",
            "“standard” cannot go: target 2, plan still names it.",
        ),
        (
            "severities",
            {"severities-0-default": "on"},
            "severities-2-default",
            "Another one is preset already: only one can be.",
        ),
        (
            "priorities",
            {"priorities-0-code": "a b", "priorities-0-name": "A"},
            "priorities-0-code",
            "Use letters, digits, hyphens and underscores only.",
        ),
        (
            "case_types",
            {"case_types-4-code": "problem", "case_types-4-name": "Again"},
            "case_types-4-code",
            "“problem” is there twice.",
        ),
        (
            "channels",
            {"channels-0-counts_as": "email"},
            "channels-0-counts_as",
            "There is no channel “email”.",
        ),
        ("editions", {"editions-0-code": "a"}, "editions-0-name", "This field is required."),
        (
            "regions",
            {"regions-0-countries": "Germany, Atlantis"},
            "regions-0-countries",
            "No such country: Atlantis.",
        ),
        (
            "tiers",
            {
                "tiers-0-tier": "2",
                "tiers-0-name": "A",
                "tiers-1-tier": "2",
                "tiers-1-name": "B",
                "tiers-0-position": "1",
            },
            "tiers-1-tier",
            "“2” is there twice.",
        ),
        ("declined", TAKEN, "declined-1-name", "This field is required."),
        (
            "readings",
            {"readings-3-code": "x", "readings-3-says": "This"},
            "readings-3-taken",
            "This field is required.",
        ),
        ("retarget", {"retarget-base": "now"}, "retarget-base", "Select a valid choice."),
        (
            "waiting",
            {"waiting-warn_days": "3"},
            "waiting-close_after-amount",
            "This is needed.",
        ),
        (
            "reopen",
            {"reopen-window-amount": "0"},
            "reopen-window-amount",
            "greater than or equal to 1",
        ),
        (
            "points",
            {"points-life-amount": "500", "points-life-unit": "years"},
            "points-life-amount",
            "500 has to lie between 1 and 100.",
        ),
        (
            "clocks",
            {"resolution-resolved": "explode"},
            "resolution-resolved",
            "Select a valid choice.",
        ),
        ("ladder", {"ladder-2-amount": ""}, "ladder-2-amount", "How much? Give a number."),
        (
            "ladder",
            {"ladder-3-amount": "5"},
            "ladder-3-amount",
            "No number belongs to “when it is late”.",
        ),
        (
            "ladder",
            {"ladder-3-action": "hand_over"},
            "ladder-3-tiers",
            "A hand-over has to name tiers",
        ),
        ("ladder", {"ladder-3-roles": None}, "ladder-3-roles", "This is needed."),
        ("ladder", {"ladder-1-repeat_times": ""}, "ladder-1-repeat_times", "How often in all?"),
        (
            "ladder",
            {"ladder-1-action": "hand_over", "ladder-1-tiers": "1"},
            "ladder-1-repeat",
            "Only telling and paging is done again.",
        ),
        ("ladder", {"ladder-1-at": "due"}, "ladder-1-at", "The case itself is only opened"),
        (
            "severities",
            {"severities-0-otherwise": ""},
            "severities-0-environments",
            "Say below what counts elsewhere",
        ),
        (
            "severities",
            {"severities-0-workaround_to": "1"},
            "severities-0-workaround_to",
            "Choose another level, not this one.",
        ),
        ("tiers", {"tiers-0-budget-amount": "3"}, "tiers-0-budget-unit", "Of what? Choose"),
    ],
)
def test_fault_is_told_at_its_field(manager, alpha, name, changes, field, fault):
    before = in_alpha(alpha, saved_policy)

    answer = send(manager, name, changes)

    errors = {
        form.add_prefix("" if key == "__all__" else key): " ".join(told)
        for form in forms_of(answer.context["form_page"])
        for key, told in form.errors.items()
    }
    assert answer.status_code == 200
    assert fault in errors.get(field, errors)
    assert fault in text_of(answer)
    assert in_alpha(alpha, saved_policy) == before


def test_fault_of_another_page_is_told_above(manager):
    sent = {"policy-queue_order-0": "priority", "policy-queue_order-1": ""}

    at_field = send(manager, "general", sent)
    sent = {f"severities-{number}-DELETE": "on" for number in range(4)}
    elsewhere = send(manager, "severities", sent)

    assert "The policy does not use priority" in text_of(at_field)
    assert "queue_order, entry 1: The policy does not use severity" in text_of(elsewhere)


def test_nothing_typed_is_lost_when_somebody_else_was_faster(manager, alpha):
    late = as_came(manager, "plans")
    send(manager, "contact", {"contact-website": "https://example.com"})
    late["plans-0-name"] = "Bronze"

    answer = manager.post(section("plans"), late.urlencode(), content_type=FORM)

    assert "Somebody else changed or published the working copy" in text_of(answer)
    assert 'value="Bronze"' in answer.content.decode()
    assert in_alpha(alpha, saved_policy).plans[0].name == "Standard"


def test_change_is_saved_for_this_vendor_and_told_in_the_log(manager, alpha, beta):
    send(manager, "plans", {"plans-0-name": "Bronze"})

    with tenant(beta.tenant):
        theirs = saved_policy().plans[0].name
    assert (in_alpha(alpha, saved_policy).plans[0].name, theirs) == ("Bronze", "Standard")
    log = in_alpha(alpha, lambda: LogEntry.objects.latest("id").get_change_message())
    assert log == "Plans: Plans, Bronze, name: Standard → Bronze"


def test_change_is_marked_on_the_overview_until_it_is_published(manager):
    send(manager, "plans", {"plans-0-name": "Bronze"})

    said = text_of(manager.get(url("policydraft_changelist")))

    assert "Plans not published Edit Plans Bronze, Premium" in said
    assert said.count("not published ") == 1


def test_steps_are_told_as_sentences_with_who_hears_of_them(manager, alpha, beta):
    said = text_of(manager.get(section("ladder")))

    assert "When a quarter of the time is left for the first response: tell the owner." in said
    assert (
        "30 min of service time after the first response was due: tell the leads and the " in said
    )
    assert f"The leads: {alpha.lead.name}" in said
    assert beta.lead.name not in said


def test_role_that_nobody_holds_is_pointed_out(manager, alpha):
    with tenant(alpha.tenant):
        alpha.lead.is_active = False
        alpha.lead.save()

    assert "The leads: nobody holds this role" in text_of(manager.get(section("ladder")))


def test_products_are_offered_to_steps(manager, alpha):
    with tenant(alpha.tenant):
        code = alpha.product.code

    assert f'<option value="{code}">' in manager.get(section("ladder")).content.decode()


def test_region_in_use_is_not_removed(manager, alpha):
    publish(alpha, "metalogix")
    answer = send(manager, "regions", {"regions-1-DELETE": "on", "policy-default_region": "EMEA"})

    assert answer.status_code == 200
    assert "Select a valid choice" not in text_of(answer)
    assert "“EMEA” cannot go: default_region still names it." in text_of(answer)
