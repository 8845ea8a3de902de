"""Opening a case."""

from datetime import datetime

from django.db import connection, transaction

from accounts.errors import NotAllowed
from accounts.models import Person
from accounts.queries import first_team_of
from accounts.tenancy import current_tenant_id
from tickets.errors import FilingRefused, InTheFuture, NothingSaid, SubjectMissing
from tickets.filing import Weighed, Wish, refusal_sentence, weigh
from tickets.models import Case, CaseDraft, Message
from tickets.notices import notify
from tickets.timeline import Timeline, save_timelines

FIRST_TIER = 1


@transaction.atomic
def open_case(
    *,
    wish: Wish,
    subject: str,
    body: str,
    availability: str = "",
    by: Person,
    at: datetime,
    occurred_at: datetime | None = None,
) -> Case:
    """Open a case and tell the customer its number and promise.

    `occurred_at` is when a call came in that is logged at `at`; the clocks run from it. The
    filer's draft is cleared. Locks the number counter, last. Raises NotAllowed, SubjectMissing,
    NothingSaid, InTheFuture, FilingRefused with every reason in words.
    """
    opened_at = (occurred_at or at).replace(microsecond=0)
    _check(wish=wish, subject=subject, body=body, by=by, opened_at=opened_at, at=at)
    weighed = weigh(wish, by=by, at=opened_at)
    if weighed.refusals:
        raise FilingRefused(
            [refusal_sentence(refusal, weighed.published.policy) for refusal in weighed.refusals],
            [refusal.code for refusal in weighed.refusals],
        )
    case = _insert(wish, weighed, subject.strip(), availability.strip(), opened_at)
    timeline = Timeline(case, {weighed.published.number: weighed.published.policy}, [])
    event = timeline.add(
        "case_opened", by=by, at=at, occurred_at=opened_at, payload=_payload(wish, weighed)
    )
    save_timelines([timeline])
    Message.objects.create(
        tenant_id=case.tenant_id,
        case=case,
        event=event,
        author=by if by.is_customer else wish.contact,
        kind=Message.Kind.CUSTOMER,
        body=body.strip(),
        written_at=event.occurred_at,
    )
    notify("case_filed", [wish.contact.pk], case=case, event=event, at=at)
    CaseDraft.objects.filter(person=by).delete()
    return case


def _check(
    *, wish: Wish, subject: str, body: str, by: Person, opened_at: datetime, at: datetime
) -> None:
    if not _may_file(wish, by) or not _is_of_one_company(wish):
        raise NotAllowed
    if not subject.strip():
        raise SubjectMissing(field="subject")
    if not body.strip():
        raise NothingSaid(field="body")
    if opened_at > at:
        raise InTheFuture(field="occurred_at")


def _may_file(wish: Wish, by: Person) -> bool:
    if not by.is_customer:
        return by.may("open_for_caller")
    own = by.may("file_case") and wish.company.pk == by.company_id
    return own and (wish.contact.pk == by.pk or by.may("file_for_colleague"))


def _is_of_one_company(wish: Wish) -> bool:
    parts = (wish.contact, wish.site) if wish.site else (wish.contact,)
    return all(part.company_id == wish.company.pk for part in parts)


def _insert(
    wish: Wish, weighed: Weighed, subject: str, availability: str, opened_at: datetime
) -> Case:
    tenant_id = current_tenant_id()
    return Case.objects.create(
        tenant_id=tenant_id,
        company=wish.company,
        site=wish.site or wish.contact.site,
        contact=wish.contact,
        product=wish.product,
        subject=subject,
        plan=weighed.facts.plan or "",
        channel=weighed.facts.channel or wish.channel,
        time_zone=weighed.where.time_zone,
        policy_version_id=weighed.published.id,
        team=first_team_of(FIRST_TIER),
        availability=availability,
        opened_at=opened_at,
        last_public_at=opened_at,
        last_event_at=opened_at,
        number=_next_number(tenant_id),
    )


def _next_number(tenant_id: int) -> int:
    # One statement, as late as can be: the lock on the counter is held until the commit.
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tickets_casecounter AS counter (tenant_id, last_number) VALUES (%s, 1) "
            "ON CONFLICT (tenant_id) DO UPDATE SET last_number = counter.last_number + 1 "
            "RETURNING last_number",
            [tenant_id],
        )
        (number,) = cursor.fetchone()
    return number


def _payload(wish: Wish, weighed: Weighed) -> dict[str, object]:
    facts = weighed.facts
    payload: dict[str, object] = {
        name: getattr(facts, name)
        for name in facts.__dataclass_fields__
        if getattr(facts, name) is not None
    }
    payload["policy_version"] = weighed.published.number
    payload["tier"] = FIRST_TIER
    if wish.scheduled_for:
        payload["scheduled_for"] = int(wish.scheduled_for.timestamp())
    return payload
