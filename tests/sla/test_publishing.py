from datetime import UTC, datetime, timedelta

import pytest

from accounts.errors import NotAllowed, NotFound
from accounts.tenancy import tenant
from sla import registry
from sla.actions import (
    load_document,
    remove_calendar,
    save_calendar,
    save_targets,
    undo_edits,
)
from sla.documents import CalendarRows, policy_of, read_rows
from sla.errors import (
    DraftChanged,
    DraftHasEdits,
    EffectiveInPast,
    NoDraft,
    NothingToPublish,
    OtherVendor,
    PolicyIsFaulty,
    PublishedByPerson,
)
from sla.models import CalendarRow, CalendarWindow, PolicyVersion
from sla.publishing import publish_draft
from sla.queries import current_policy, working_copy
from tests.packs import LONG_AGO, pack_for, publish
from tests.sla.working import numbers, revision, target, targets, with_hours

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NEXT_MONDAY = AT + timedelta(days=7)


@pytest.fixture
def desk(alpha, beta):
    """Be in alpha, which publishes the policy of Metalogix, as its twin does."""
    for twin in (alpha, beta):
        publish(twin, "metalogix")
    with tenant(alpha.tenant):
        yield alpha


def edit(desk, hours=4):
    save_targets(by=desk.manager, at=AT, revision=revision(), targets=with_hours("MX-20", hours))


def test_first_version_of_a_file_is_number_1(desk):
    version = PolicyVersion.objects.get()

    assert (version.number, version.schema, version.published_by) == (1, 1, None)
    assert version.published_at == LONG_AGO
    assert working_copy().base_version == version


def test_same_file_again_publishes_nothing(desk):
    again = load_document(text=pack_for("alpha", "metalogix") + "\n# and so on\n", by=None, at=AT)

    assert (again.number, again.is_new) == (1, False)
    assert numbers() == [1]


def test_other_file_publishes_the_next_version_from_now(desk):
    loaded = load_document(text=pack_for("alpha", "msp"), by=None, at=AT, source_name="msp.toml")

    assert (loaded.number, loaded.is_new) == (2, True)
    version = PolicyVersion.objects.get(number=2)
    assert (version.effective_at, version.note) == (AT, "Loaded from msp.toml")
    assert policy_of(read_rows(working_copy())).axes == ("priority",)


def test_dry_run_changes_nothing(desk):
    loaded = load_document(text=pack_for("alpha", "msp"), by=None, at=AT, dry_run=True)

    assert (loaded.number, loaded.is_new) == (None, True)
    assert numbers() == [1]
    assert policy_of(read_rows(working_copy())).axes == ("severity",)


def test_dry_run_of_the_published_file_says_so(desk):
    loaded = load_document(text=pack_for("alpha", "metalogix"), by=None, at=AT, dry_run=True)

    assert (loaded.number, loaded.is_new) == (1, False)


def test_file_of_another_vendor_is_refused(desk):
    with pytest.raises(OtherVendor):
        load_document(text=pack_for("beta", "msp"), by=None, at=AT)

    assert numbers() == [1]


def test_every_fault_of_a_file_is_told_with_its_place(desk):
    text = (
        pack_for("alpha", "metalogix")
        .replace('code = "premium"', 'code = "standard"')
        .replace("hours = 8, goal = 4", "hours = 4, goal = 8")
        .replace('time_zone = "Europe/Berlin"', 'time_zone = "Europe/Bern"')
    )
    lines = text.splitlines()

    with pytest.raises(PolicyIsFaulty) as refused:
        load_document(text=text, by=None, at=AT, source_name="mine.toml")

    first = lines.index('code = "standard"', lines.index('code = "standard"') + 1) + 1
    assert refused.value.sentences[0] == (
        f"mine.toml:{first}: plan 2, code: “standard” is there twice."
    )
    said = " ".join(refused.value.sentences)
    assert "calendar “portal_emea”, time_zone: “Europe/Bern” is not a time zone" in said
    assert "The goal (8) cannot be later than the commitment (4)." in said
    assert "There is no plan “premium”. Choose from: standard." in said
    assert numbers() == [1]


def test_unpublished_edits_are_not_lost_to_a_file(desk):
    edit(desk)

    with pytest.raises(DraftHasEdits):
        load_document(text=pack_for("alpha", "msp"), by=None, at=AT)

    assert target("MX-20").amount == 4 * 3600
    loaded = load_document(text=pack_for("alpha", "msp"), by=None, at=AT, replace_edits=True)
    assert (loaded.number, numbers()) == (2, [1, 2])


def test_what_a_person_published_is_not_taken_back_by_a_file(desk):
    edit(desk)
    publish_draft(by=desk.manager, at=AT, revision=revision())

    with pytest.raises(PublishedByPerson) as refused:
        load_document(text=pack_for("alpha", "metalogix"), by=None, at=AT)

    assert str(refused.value).startswith(
        f"{desk.manager.name} published version 2 on Mon 2 Mar 2026, 10:00 CET, and this file says"
    )
    assert numbers() == [1, 2]
    text = pack_for("alpha", "metalogix")
    loaded = load_document(text=text, by=None, at=AT, replace_edits=True)
    assert loaded.number == 3
    again = load_document(text=pack_for("alpha", "msp"), by=None, at=AT)
    assert again.number == 4


def test_dry_run_tells_what_would_change_and_what_stands_against_it(desk):
    edit(desk)
    publish_draft(by=desk.manager, at=AT, revision=revision())

    text = pack_for("alpha", "metalogix")
    loaded = load_document(text=text, by=None, at=AT, dry_run=True)

    assert [(change.before, change.after) for change in loaded.changes] == [
        ("4 business hours, Metalogix portal hours", "8 business hours, Metalogix portal hours")
    ]
    assert isinstance(loaded.objection, PublishedByPerson)
    assert numbers() == [1, 2]


def test_edited_target_is_promised_once_published(desk):
    edit(desk)
    before = current_policy(AT).number
    version = publish_draft(by=desk.manager, at=AT, revision=revision(), note="Faster")

    after = current_policy(AT)
    assert (before, after.number, after.id) == (1, 2, version.pk)
    rows = [row for row in after.policy.targets if row.source == "MX-20"]
    assert [row.target.amount for row in rows] == [4 * 3600]
    assert (version.published_by, version.note, version.effective_at) == (
        desk.manager,
        "Faster",
        AT,
    )


def test_version_for_a_later_date_counts_from_then(desk):
    edit(desk)
    publish_draft(by=desk.manager, at=AT, revision=revision(), effective_at=NEXT_MONDAY)

    assert current_policy(NEXT_MONDAY - timedelta(seconds=1)).number == 1
    assert current_policy(NEXT_MONDAY).number == 2


def test_version_published_later_replaces_one_that_waits(desk):
    edit(desk, 4)
    publish_draft(by=desk.manager, at=AT, revision=revision(), effective_at=NEXT_MONDAY)
    edit(desk, 2)
    publish_draft(by=desk.manager, at=AT, revision=revision())

    assert current_policy(AT).number == 3
    assert current_policy(NEXT_MONDAY).number == 3


def test_version_cannot_begin_before_it_is_published(desk):
    edit(desk)

    with pytest.raises(EffectiveInPast):
        publish_draft(
            by=desk.manager, at=AT, revision=revision(), effective_at=AT - timedelta(seconds=1)
        )

    assert numbers() == [1]


def test_unchanged_working_copy_is_not_published(desk):
    with pytest.raises(NothingToPublish) as refused:
        publish_draft(by=desk.manager, at=AT, revision=revision())

    assert str(refused.value) == ("Version 1 already says all this: there is nothing to publish.")


def test_what_somebody_else_changed_is_not_published_unseen(desk):
    seen = revision()
    edit(desk)

    with pytest.raises(DraftChanged):
        publish_draft(by=desk.manager, at=AT, revision=seen)
    with pytest.raises(DraftChanged):
        save_targets(by=desk.manager, at=AT, revision=seen, targets=targets())

    assert numbers() == [1]


@pytest.mark.parametrize("role", ["agent", "lead", "dispatcher", "account_manager", "contact"])
def test_only_managers_change_the_policy(desk, role):
    by = desk.person_of(role)
    calendar = CalendarRows(CalendarRow(code="own", name="Own", zone="UTC"))
    now = revision()

    with pytest.raises(NotAllowed):
        save_targets(by=by, at=AT, revision=now, targets=[])
    with pytest.raises(NotAllowed):
        save_calendar(by=by, at=AT, revision=now, calendar=calendar)
    with pytest.raises(NotAllowed):
        remove_calendar(by=by, at=AT, revision=now, code="portal")
    with pytest.raises(NotAllowed):
        undo_edits(by=by, at=AT, revision=now)
    with pytest.raises(NotAllowed):
        publish_draft(by=by, at=AT, revision=now)
    with pytest.raises(NotAllowed):
        load_document(text=pack_for("alpha", "msp"), by=by, at=AT)

    assert (revision(), numbers()) == (now, [1])


def test_faulty_targets_are_not_saved(desk):
    rows = targets()
    rows[0].plan = "gold"
    rows[1].calendar = "nowhere"

    with pytest.raises(PolicyIsFaulty) as refused:
        save_targets(by=desk.manager, at=AT, revision=revision(), targets=rows)

    assert [(fault.path, fault.code) for fault in refused.value.faults] == [
        ("targets[0].when.plan", "unknown_code"),
        ("targets[1].calendar", "unknown_code"),
    ]
    assert targets()[0].plan == "premium"


def test_calendar_is_added_changed_and_removed(desk):
    hours = [CalendarWindow(weekday=0, opens="09:00", closes="12:00")]
    calendar = CalendarRows(CalendarRow(code="short", name="Short", zone="UTC"), hours)
    save_calendar(by=desk.manager, at=AT, revision=revision(), calendar=calendar)
    added = [row.row.code for row in read_rows(working_copy()).calendars]
    calendar = CalendarRows(CalendarRow(code="short", name="Shorter", zone="UTC"), hours)
    save_calendar(by=desk.manager, at=AT, revision=revision(), calendar=calendar)
    changed = [row.row.name for row in read_rows(working_copy()).calendars]
    remove_calendar(by=desk.manager, at=AT, revision=revision(), code="short")

    assert added == ["portal", "portal_amer", "portal_emea", "short"]
    assert changed[-1] == "Shorter"
    assert [row.row.code for row in read_rows(working_copy()).calendars] == added[:-1]


def test_calendar_in_use_stays(desk):
    with pytest.raises(PolicyIsFaulty) as refused:
        remove_calendar(by=desk.manager, at=AT, revision=revision(), code="portal_emea")

    assert refused.value.sentences == (
        "calendar “portal”, by_region, EMEA: There is no calendar “portal_emea”. "
        "Choose from: portal_amer.",
    )
    assert len(read_rows(working_copy()).calendars) == 3


def test_removing_what_is_not_there_is_not_found(desk):
    with pytest.raises(NotFound):
        remove_calendar(by=desk.manager, at=AT, revision=revision(), code="nowhere")


def test_undone_edits_are_gone(desk):
    edit(desk)

    undo_edits(by=desk.manager, at=AT, revision=revision())

    assert target("MX-20").amount == 8 * 3600


def test_without_a_policy_there_is_nothing_to_edit(entered, alpha):
    with pytest.raises(NoDraft):
        save_targets(by=alpha.manager, at=AT, revision=1, targets=[])


def test_twin_keeps_its_own_policy(alpha, beta):
    for twin in (alpha, beta):
        publish(twin, "metalogix")
    with tenant(alpha.tenant):
        edit(alpha)
        publish_draft(by=alpha.manager, at=AT, revision=revision())

    with tenant(beta.tenant):
        assert numbers() == [1]
        assert target("MX-20").amount == 8 * 3600


def test_upper_apps_can_object_to_a_publishing(desk, monkeypatch):
    monkeypatch.setattr(registry, "_publish_checks", {})
    registry.register_publish_check("contracts", lambda policy, at: ["A contract names “premium”."])
    edit(desk)

    with pytest.raises(PolicyIsFaulty) as refused:
        publish_draft(by=desk.manager, at=AT, revision=revision())

    assert refused.value.sentences == ("A contract names “premium”.",)
    assert numbers() == [1]


def test_check_is_registered_once(monkeypatch):
    monkeypatch.setattr(registry, "_publish_checks", {})
    registry.register_publish_check("contracts", len)
    registry.register_publish_check("contracts", len)

    with pytest.raises(ValueError, match="contracts"):
        registry.register_publish_check("contracts", list)
