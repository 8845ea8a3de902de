"""What people change by forms is kept in words: who, before and after, and why."""

import re
from html import unescape

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from accounts.change_models import Change
from accounts.changes import Text, keep_change, told
from accounts.models import Person, Team
from accounts.tenancy import tenant
from tests.admin.test_forms import change, no_rows, one_row, person


@pytest.fixture
def manager(browse, beta):
    return browse(beta.tenant, beta.manager)


def text_of(page):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page.content.decode())))


def history(manager, row):
    opts = row._meta
    return text_of(
        manager.get(reverse(f"admin:{opts.app_label}_{opts.model_name}_history", args=[row.pk]))
    )


def test_form_tells_what_was_before_what_is_now_and_why(manager, alpha, beta):
    facts = person(name="Ana", email=beta.agent.email, is_active="on", phone="+49 30 1")
    facts |= one_row("skills", name="SharePoint") | {"reason_why": "Married, and certified"}

    manager.post(change(beta.agent), facts)

    page = history(manager, beta.agent)
    assert "cn-beta-manager changed it" in page
    assert "Name: cn-beta-agent → Ana" in page
    assert "Phone: +49 30 1" in page
    assert "Skill was added: SharePoint" in page
    assert "Why: Married, and certified" in page
    assert alpha.canary not in page


def test_deleting_asks_why_and_the_brand_tells_what_was_before(manager, beta):
    with tenant(beta.tenant):
        team = Team.objects.create(tenant=beta.tenant, name="Gone soon", tier=1)
    delete = reverse("admin:accounts_team_delete", args=[team.pk])
    brand = reverse("admin:accounts_brand_changelist")
    face = {"name": beta.tenant.name, "time_zone": beta.tenant.time_zone, "asks_rating": "on"}

    asked = text_of(manager.get(delete))
    manager.post(delete, {"post": "yes", "reason_why": "Nobody is in it"})
    for colour in ("#0a7d3b", "#1c4fb4"):
        manager.post(brand, face | {"colour": colour, "reason_why": "House style"})

    changes = text_of(manager.get(reverse("admin:changes")))
    assert "Why you delete it" in asked
    assert "Why: Nobody is in it" in changes
    assert "Colour: #0a7d3b → #1c4fb4 Why: House style" in changes
    assert "Colour: #0a7d3b → #1c4fb4" in text_of(manager.get(brand))


def test_added_removed_and_rows_below_are_told(manager, beta):
    new = {"name": "Night shift", "tier": "2"} | one_row("memberships", person=beta.agent_3.pk)
    with tenant(beta.tenant):
        Person.objects.filter(pk=beta.agent_3.pk).update(tier=2)
    manager.post(reverse("admin:accounts_team_add"), new)
    with tenant(beta.tenant):
        team = Team.objects.get(name="Night shift")
    page = history(manager, team)
    manager.post(reverse("admin:accounts_team_delete", args=[team.pk]), {"post": "yes"})

    assert "cn-beta-manager added it" in page
    assert "Team member was added: cn-beta-agent_3" in page
    with tenant(beta.tenant):
        acts = Change.objects.filter(model="accounts.team").order_by("pk")
        assert list(acts.values_list("act", "named")) == [
            ("added", "Night shift"),
            ("removed", "Night shift"),
        ]


@pytest.mark.parametrize(
    ("model", "line", "sentence"),
    [
        (
            "accounts.person",
            {"field": "role", "before": "agent", "after": "lead"},
            "Role: agent → lead",
        ),
        (
            "accounts.person",
            {"field": "is_active", "before": True, "after": False},
            "Active: yes → no",
        ),
        (
            "accounts.person",
            {"field": "phone", "before": "1", "after": ""},
            "Phone: was 1, is empty now",
        ),
        (
            "entitlements.contract",
            {"field": "ends_on", "before": "", "after": "2026-12-31"},
            "Ends on: 31 Dec 2026",
        ),
        (
            "accounts.person",
            {"model": "accounts.personskill", "named": "Oracle", "act": "removed", "fields": []},
            "Skill was removed: Oracle",
        ),
        ("gone.model", {"field": "old_name", "before": "a", "after": "b"}, "old name: a → b"),
    ],
)
def test_change_is_put_into_words(beta, model, line, sentence):
    change = Change(by=beta.manager, act="changed", model=model, row="1", named="x", lines=[line])

    assert told(change).sentences == (sentence,)


def test_nobody_can_change_what_was_kept(beta):
    with tenant(beta.tenant) as at:
        keep_change(act="changed", model="accounts.team", row=1, named="x", by=beta.manager, at=at)
        for sql in ("UPDATE accounts_change SET why = ''", "DELETE FROM accounts_change"):
            with (
                pytest.raises(DatabaseError),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(sql)


def test_page_of_all_changes_names_what_was_changed(manager, alpha, beta):
    with tenant(alpha.tenant) as at:
        keep_change(
            act="added",
            model="accounts.company",
            row=beta.company.pk,
            named=f"{alpha.canary}kept",
            by=alpha.manager,
            at=at,
        )
    manager.post(
        change(beta.company),
        {"name": "Initech", "account_manager": "", "time_zone": "", "country": "", "region": ""}
        | no_rows("sites")
        | no_rows("domains"),
    )

    everything = text_of(manager.get(reverse("admin:changes")))
    first_page = text_of(manager.get(reverse("admin:index")))

    for page in (everything, first_page):
        assert "cn-beta-manager changed company “Initech”" in page
        assert alpha.canary not in page


def test_text_of_several_lines_is_told_apart(beta):
    line = {"field": "body", "before": "Hello", "after": "Dear\nyou"}
    change = Change(by=beta.manager, act="changed", model="outbox.mailtext", lines=[line])

    assert (told(change).sentences, told(change).texts) == (
        (),
        (Text("Text", "Hello", "Dear\nyou"),),
    )
