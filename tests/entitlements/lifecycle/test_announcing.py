"""Releases, downloads and notes are told to those who want to hear of them, by long work, once."""

from datetime import date, timedelta

import pytest
from django.core import mail

from accounts.errors import Invalid, NotAllowed
from accounts.tenancy import tenant
from entitlements import announcing
from entitlements.announcing import NobodyToTell, announce, bulletin_audience, send_bulletin
from entitlements.models import Bulletin
from entitlements.releases import add_release
from entitlements.topics import choose_topics, stop_topic
from jobs.models import Job
from jobs.working import work_due
from outbox.delivery import deliver_due
from outbox.models import OutboxMessage
from tests.entitlements.lifecycle.storage import offer
from tests.packs import publish

EVERYBODY = ["colleague", "company_admin", "contact", "stranger"]


@pytest.fixture
def release(alpha):
    publish(alpha, "datadynamics")
    with tenant(alpha.tenant):
        return add_release(product=alpha.product, version="7.8.0", released_on=date(2026, 1, 1))


def told(twin, kind: str) -> list[str]:
    with tenant(twin.tenant):
        rows = OutboxMessage.objects.filter(kind=kind).select_related("recipient")
        return sorted(row.recipient.name.removeprefix(twin.canary) for row in rows)


def announced(twin, about: str, row) -> Job:
    with tenant(twin.tenant) as at:
        job = announce(about=about, row_id=row.pk, by=twin.manager, at=at)
    work_due()
    with tenant(twin.tenant):
        return Job.objects.get(pk=job.pk)


def test_dd_31_new_release_is_told_once_however_often_it_is_announced(alpha, release):
    jobs = [announced(alpha, "release", release) for _repeat in range(2)]

    assert told(alpha, "release_out") == EVERYBODY
    assert [(job.state, job.total, job.result) for job in jobs] == [("done", 4, {"queued": 4})] * 2


def test_dd_31_hotfix_is_told_to_those_who_want_updates(alpha, release):
    with tenant(alpha.tenant):
        download = offer(release, kind="fix", name="Hotfix 14")
        stop_topic(person=alpha.contact, topic="hotfixes")
        stop_topic(person=alpha.colleague, topic="releases")
    announced(alpha, "download", download)

    assert told(alpha, "download_out") == ["colleague", "company_admin", "stranger"]


def test_many_are_told_in_parts(alpha, release, monkeypatch):
    monkeypatch.setattr(announcing, "PART_OF", 3)

    job = announced(alpha, "release", release)

    with tenant(alpha.tenant):
        assert [part.items for part in job.parts.order_by("number")] == [3, 1]
    assert told(alpha, "release_out") == EVERYBODY


def test_mail_about_a_download_names_it_and_not_its_address(alpha, release):
    with tenant(alpha.tenant):
        download = offer(release, kind="fix", name="Hotfix 14")
    announced(alpha, "download", download)
    deliver_due()

    sent = next(one for one in mail.outbox if one.to == [alpha.contact.email])
    assert sent.subject == f"{alpha.canary}product 7.8.0: Hotfix 14"
    assert "Hotfix 14 (Fix)" in sent.body
    assert "files.example" not in sent.body
    assert "/downloads/" in sent.body
    assert "You get this because of the topic “Service packs, patches and hotfixes”." in sent.body


def test_dd_31_who_stops_before_the_mail_leaves_gets_none(alpha, release):
    announced(alpha, "release", release)
    with tenant(alpha.tenant):
        stop_topic(person=alpha.contact, topic="releases")
    deliver_due()

    assert [one for one in mail.outbox if one.to == [alpha.contact.email]] == []
    assert len(mail.outbox) == 3


def test_sc_01_note_goes_to_the_topic_with_its_words(alpha):
    publish(alpha, "scalix")
    wish = {("best_practices", None): True}
    with tenant(alpha.tenant) as at:
        choose_topics(person=alpha.contact, by=alpha.contact, wishes=wish)
        note = send_bulletin(
            topic="best_practices",
            product=None,
            subject=" Tips of spring ",
            body="Compact <b>mailboxes</b> & rest.",
            by=alpha.manager,
            at=at,
        )
    work_due()
    deliver_due()

    (sent,) = mail.outbox
    assert (note.recipients, note.subject) == (1, "Tips of spring")
    assert (sent.to, sent.subject) == ([alpha.contact.email], "Tips of spring")
    assert "Compact <b>mailboxes</b> & rest." in sent.body


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"by": "lead"}, NotAllowed),
        ({"subject": " "}, Invalid),
        ({"body": ""}, Invalid),
        ({"topic": "gossip"}, Invalid),
        # Chosen by product, and none is said.
        ({"topic": "support_end"}, Invalid),
        ({}, NobodyToTell),
    ],
)
def test_note_that_cannot_be_sent_is_refused(alpha, changes, error):
    publish(alpha, "scalix")
    facts = {"topic": "best_practices", "product": None, "subject": "Tips", "body": "Words."}
    by = getattr(alpha, changes.pop("by", "manager"))
    with tenant(alpha.tenant) as at:
        with pytest.raises(error):
            send_bulletin(by=by, at=at, **(facts | changes))

        assert not Bulletin.objects.exists()
        assert not Job.objects.exists()


def test_only_managers_announce(alpha, release):
    with tenant(alpha.tenant) as at, pytest.raises(NotAllowed):
        announce(about="release", row_id=release.pk, by=alpha.lead, at=at)


def test_audience_is_the_vendors_own(alpha, beta, release):
    with tenant(alpha.tenant) as at:
        mine = {one.person_id for one in bulletin_audience("releases", alpha.product, at)}
        later = bulletin_audience("releases", alpha.product, at + timedelta(days=1))

    assert mine == {one.person_id for one in later}
    people = (alpha.contact, alpha.colleague, alpha.company_admin, alpha.stranger)
    assert mine == {person.pk for person in people}
