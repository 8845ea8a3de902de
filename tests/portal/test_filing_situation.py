"""Where it happens and what is known: which level counts, and that the page says so before."""

from datetime import UTC, datetime

from accounts.tenancy import tenant
from tests.portal.pages import all_cases, fill_in, send, words

FRIDAY_MORNING = datetime(2083, 6, 4, 14, 0, tzinfo=UTC)


def file(vendor, browse, set_desk_time, slug, **changes):
    world = vendor(slug)
    client = browse(world.tenant, world.contact)
    set_desk_time(FRIDAY_MORNING)
    asked = fill_in(client, slug, **changes)
    return world, client, asked


def opening_of(world):
    (case,) = all_cases(world)
    with tenant(world.tenant):
        return case, case.events.get(seq=1).payload


def test_mx_11_severity_1_elsewhere_than_in_production_counts_as_another(
    vendor, browse, set_desk_time
):
    changes = {"situation": {"environment": "test"}, "severity": {"severity": "1"}}
    world, client, _asked = file(vendor, browse, set_desk_time, "metalogix", **changes)
    told = "“Severity Level 1” is for production only; here it is test or development, so"

    cards = words(client.get("/file/severity/?change=1"))
    check = words(client.get("/file/check/"))
    send(client)

    assert told in cards
    assert told in check
    # A call is owed for severity 1 only.
    assert "This has to be reported by phone as well." not in check
    case, payload = opening_of(world)
    assert (case.reported_severity, case.severity, case.environment) == ("1", "2", "test")
    assert payload["elsewhere"] == {"severity": "1"}
    page = words(client.get(f"/cases/{case.number}/"))
    assert "as you reported it Severity Level 1" in page
    assert told in page


def test_mx_11_the_system_is_asked_for_where_a_level_depends_on_it(vendor, browse, set_desk_time):
    world = vendor("metalogix")
    client = browse(world.tenant, world.contact)

    refused = client.post("/file/situation/", {"affected": "all"})

    assert refused.status_code == 422
    assert "Say on which system" in words(refused)


def test_mx_13_workaround_offers_a_lower_level_that_is_logged(vendor, browse, set_desk_time):
    known = {"environment": "production", "has_workaround": "on", "workaround": "Restart it."}
    changes = {"situation": known, "severity": {"severity": "2"}, "offer": {"offer": "take"}}
    world, client, asked = file(vendor, browse, set_desk_time, "metalogix", **changes)

    send(client)

    assert asked == ["what", "situation", "severity", "offer", "details"]
    case, payload = opening_of(world)
    assert (case.reported_severity, case.severity, case.has_workaround) == ("2", "3", True)
    assert payload["offers"] == {"severity": {"from": "2", "level": "3", "taken": True}}
    with tenant(world.tenant):
        assert case.messages.get().body.endswith("Workaround: Restart it.")


def test_mx_13_customer_may_keep_the_level_they_chose(vendor, browse, set_desk_time):
    known = {"environment": "production", "workaround": "Restart it."}
    changes = {"situation": known, "severity": {"severity": "2"}, "offer": {"offer": "keep"}}
    world, client, _asked = file(vendor, browse, set_desk_time, "metalogix", **changes)

    send(client)

    case, payload = opening_of(world)
    assert case.severity == "2"
    assert payload["offers"]["severity"]["taken"] is False


def test_dd_06_ms_11_security_matter_and_scope_are_kept_and_said(vendor, browse, set_desk_time):
    situation = {"environment": "production", "affected": "customers", "is_security": "on"}
    world, client, _asked = file(vendor, browse, set_desk_time, "datadynamics", situation=situation)

    check = words(client.get("/file/check/"))
    send(client)

    assert "at support only those it concerns see this case" in check
    (case,) = all_cases(world)
    assert (case.affected, case.is_restricted) == ("customers", True)


def test_dd_09_severity_presets_the_priority_which_stays_changeable(vendor, browse, set_desk_time):
    changes = {
        "severity": {"severity": "1"},
        "priority": {"priority": "low"},
        "details": {"body": "It stops.", "availability": "Carla, 555."},
    }
    world, client, _asked = file(vendor, browse, set_desk_time, "datadynamics", **changes)
    with tenant(world.tenant):
        draft = world.contact.drafts.get()
        draft.answers.pop("priority")
        draft.save(update_fields=["answers"])

    form = client.get("/file/priority/").context["form"]

    assert form["priority"].value() == "high"


def test_dd_34_what_helps_is_asked_by_the_type_of_the_case(vendor, browse, set_desk_time):
    _world, client, _asked = file(vendor, browse, set_desk_time, "datadynamics")

    page = client.get("/file/details/?change=1")

    assert len(page.context["checklist"]) > 2
    assert "Never a password: support does not ask for one." in words(page)
