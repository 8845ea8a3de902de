"""Telling those who want to hear of a topic: of a release, a download, or what a manager wrote.

Always as long work: there may be thousands, and the mails leave when the job's parts commit.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import DomainError, Invalid, NotAllowed
from accounts.models import Person
from accounts.tenancy import current_tenant_id
from entitlements.holdings import policy_at
from entitlements.models import Bulletin, Download, Product, Release
from entitlements.topics import Recipient, find_topic, recipients_of, topics_about
from jobs.actions import start_job
from jobs.models import Job
from jobs.registry import JobKind, Part, Result, register
from outbox.actions import Queued, queue_messages

JOB = "tell_topic"
SENDING = "edit_contracts"
PART_OF = 500

RELEASE, DOWNLOAD, BULLETIN = "release", "download", "bulletin"
# The kind of mail that tells of each, and what its topics are about.
MAILS = {RELEASE: "release_out", DOWNLOAD: "download_out", BULLETIN: "bulletin"}
TOLD_ABOUT = {RELEASE: "releases", DOWNLOAD: "updates"}


class NobodyToTell(DomainError):
    code = "nobody_to_tell"
    message = gettext_lazy("Nobody may have this topic and wants to hear of it.")


def register_announcing() -> None:
    """Say how this work is divided and done."""
    register(
        JOB,
        JobKind(
            title=gettext_lazy("Mail to those who want to hear of it"),
            plan=_plan,
            work=_work,
            finish=_finish,
            may=SENDING,
            describe=_describe,
        ),
    )


def announce(*, about: str, row_id: int, by: Person, at: datetime) -> Job:
    """Order mails about a release or a download; repeated, nobody gets a second one.

    Raises NotAllowed.
    """
    return start_job(kind=JOB, params={"about": about, "id": row_id}, by=by, at=at)


def bulletin_audience(topic: str, product: Product | None, at: datetime) -> list[Recipient]:
    """List whom a note to a topic would go to now. Raises Invalid for a topic there is none of."""
    found = find_topic(policy_at(at), topic)
    if found is None:
        raise Invalid(_("The policy has no such topic."), field="topic")
    if found.by_product and product is None:
        raise Invalid(_("This topic is chosen by product: say for which."), field="product")
    return recipients_of([found], product, at)


@transaction.atomic
def send_bulletin(
    *, topic: str, product: Product | None, subject: str, body: str, by: Person, at: datetime
) -> Bulletin:
    """Keep a note to a topic and order its mails (SC-01).

    Raises NotAllowed; Invalid without words or such a topic; NobodyToTell.
    """
    if not by.may(SENDING):
        raise NotAllowed
    if not subject.strip():
        raise Invalid(_("Write a subject."), field="subject")
    if not body.strip():
        raise Invalid(_("Write something."), field="body")
    audience = bulletin_audience(topic, product, at)
    if not audience:
        raise NobodyToTell(field="topic")
    bulletin = Bulletin.objects.create(
        tenant_id=current_tenant_id(),
        topic=topic,
        product=product,
        subject=subject.strip(),
        body=body.strip(),
        sent_by=by,
        sent_at=at,
        recipients=len(audience),
    )
    announce(about=BULLETIN, row_id=bulletin.pk, by=by, at=at)
    return bulletin


def _audience(job: Job, at: datetime) -> Sequence[Recipient]:
    about, row_id = job.params["about"], job.params["id"]
    policy = policy_at(at)
    if about == BULLETIN:
        note = Bulletin.objects.select_related("product").get(pk=row_id)
        topic = find_topic(policy, note.topic)
        return recipients_of([topic], note.product, at) if topic else ()
    topics = topics_about(policy, TOLD_ABOUT[about])
    return recipients_of(topics, _product(about, row_id), at)


def _product(about: str, row_id: int) -> Product:
    if about == RELEASE:
        return Product.objects.get(releases=row_id)
    return Product.objects.get(releases__downloads=row_id)


def _plan(job: Job, at: datetime) -> list[Part]:
    people = [[one.person_id, one.topic] for one in _audience(job, at)]
    chunks = [people[first : first + PART_OF] for first in range(0, len(people), PART_OF)]
    return [Part({"people": chunk}, len(chunk)) for chunk in chunks]


def _work(job: Job, params: Mapping[str, Any], at: datetime) -> Result:
    about, row_id = job.params["about"], job.params["id"]
    messages = [
        Queued(
            kind=MAILS[about],
            recipient_id=person_id,
            refs={about: row_id, "topic": topic},
            dedupe_key=f"{MAILS[about]}:{row_id}:{person_id}",
        )
        for person_id, topic in params["people"]
    ]
    queue_messages(messages=messages, at=at)
    return {"queued": len(messages)}


def _finish(job: Job, results: Sequence[Result], at: datetime) -> Result:
    return {"queued": sum(result["queued"] for result in results)}


def _describe(job: Job) -> list[str]:
    about, row_id = job.params["about"], job.params["id"]
    models = {RELEASE: Release, DOWNLOAD: Download, BULLETIN: Bulletin}
    row = models[about].objects.filter(pk=row_id).first()
    said = [_("About: %(row)s") % {"row": row}] if row else []
    if job.state == Job.State.DONE:
        said.append(_("%(number)d mails are queued.") % {"number": job.result["queued"]})
    return said
