"""Which managers are told what of publishing; the words are in `sla.mail`."""

from collections.abc import Iterable
from datetime import datetime

from accounts.models import Person
from outbox.actions import Queued, queue_messages
from sla.models import PolicyVersion, PublishRequest


def tell_of_request(
    kind: str, request: PublishRequest, people: Iterable[Person], at: datetime
) -> None:
    """Queue a notice about a request to each of `people`."""
    _queue(kind, {"request": request.pk}, people, at)


def tell_of_version(
    kind: str, version: PolicyVersion, people: Iterable[Person], at: datetime
) -> None:
    """Queue a notice about a version to each of `people`."""
    _queue(kind, {"version": version.number}, people, at)


def tell_of_new_promises(
    version: PolicyVersion, job_id: int, people: Iterable[Person], by: Person, at: datetime
) -> None:
    """Queue a notice that `by` ordered new promises for a version's open cases, once a job."""
    refs = {"version": version.number, "by": by.pk, "job": job_id}
    _queue("policy_cases_retargeted", refs, people, at)


def _queue(kind: str, refs: dict[str, int], people: Iterable[Person], at: datetime) -> None:
    about = "-".join(str(key) for key in refs.values())
    messages = [
        Queued(
            kind=kind,
            recipient_id=person.pk,
            refs=refs,
            dedupe_key=f"{kind}:{about}:{person.pk}",
        )
        for person in people
    ]
    queue_messages(messages=messages, at=at)
