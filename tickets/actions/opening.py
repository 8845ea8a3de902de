"""Opening a case."""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.errors import NotAllowed
from accounts.models import Person
from accounts.tenancy import current_tenant_id
from entitlements.gate import charge
from entitlements.gate_holdings import Holdings
from entitlements.overrides import use_override
from sla.engine.policy import Policy
from tickets.accepted import kept_notices
from tickets.errors import (
    FilingRefused,
    InTheFuture,
    LoggedTooLate,
    NothingSaid,
    SubjectMissing,
)
from tickets.filing import Weighed, Wish, judged_level, refusal_sentence, weigh_to_open
from tickets.models import Case, CaseDraft, CaseEvent, Message
from tickets.notices import notify
from tickets.timeline import Timeline, save_new_timeline

FIRST_TIER = 1
# How long after it came in a call can still be entered: its promise counts from when it came in.
LOGGED_WITHIN = timedelta(days=7)

# In one statement, as late as can be: the lock on the counter is held until the commit. The team
# is that of the most exact route, else the first by name that takes the cases of a tier, as
# `accounts.queries.first_team_of` has it.
NEXT_NUMBER = """
    INSERT INTO tickets_casecounter AS counter (tenant_id, last_number) VALUES (%(tenant)s, 1)
    ON CONFLICT (tenant_id) DO UPDATE SET last_number = counter.last_number + 1
    RETURNING last_number, COALESCE(
        (
            SELECT team_id FROM tickets_teamroute WHERE tenant_id = %(tenant)s
            AND (product_id IS NULL OR product_id = %(product)s)
            AND (region = '' OR region = %(region)s)
            ORDER BY product_id IS NULL, region = '', id LIMIT 1
        ),
        (
            SELECT id FROM accounts_team WHERE tenant_id = %(tenant)s AND tier = %(tier)s
            ORDER BY name, id LIMIT 1
        )
    )
"""


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
    written_by: Person | None = None,
) -> Case:
    """Open a case, charge it, and tell the customer its number and promise.

    `occurred_at` is when a call came in that is logged at `at`, at most LOGGED_WITHIN later: the
    clocks run from it, and contract, licence, release and limit are those of its day; points and
    exceptions are what is on hand at `at`. The charge is taken in this transaction (SC-20), once
    for the case (SC-12); an exception that was needed, or made for it, is used up. What was said
    beside it is kept (DD-33). `written_by` of the desk wrote the words that the customer agrees to,
    and chose the levels (SC-13); else the filer's draft is cleared. Locks the company's points
    where the case costs any, then the number counter, last. Raises NotAllowed, SubjectMissing,
    NothingSaid, InTheFuture, LoggedTooLate, FilingRefused with every reason in words.
    """
    opened_at = (occurred_at or at).replace(microsecond=0)
    _check(wish=wish, subject=subject, body=body, by=by, opened_at=opened_at, at=at)
    weighed, holdings = weigh_to_open(wish, by=written_by or by, at=at, occurred_at=opened_at)
    _refuse(weighed)
    wish = weighed.wish
    case = _new_case(wish, weighed, subject.strip(), availability.strip(), opened_at)
    event = _begin(case, weighed, by=by, at=at)
    _settle(weighed, holdings, case, by=by, at=at)
    _write(event, wish, body, by=by, written_by=written_by)
    notify("case_filed", [wish.contact.pk], case=case, event=event, at=at)
    if written_by is None:
        CaseDraft.objects.filter(person=by).delete()
    return case


def _refuse(weighed: Weighed) -> None:
    if weighed.refusals:
        raise FilingRefused(
            [refusal_sentence(refusal, weighed.published.policy) for refusal in weighed.refusals],
            [refusal.code for refusal in weighed.refusals],
        )


def _begin(case: Case, weighed: Weighed, *, by: Person, at: datetime) -> CaseEvent:
    """Save a new case with the first entry of its timeline, and its clocks."""
    timeline = Timeline(case, {weighed.published.number: weighed.published.policy}, [])
    payload = _payload(weighed.wish, weighed)
    event = timeline.add("case_opened", by=by, at=at, occurred_at=case.opened_at, payload=payload)
    save_new_timeline(timeline)
    return event


def _write(
    event: CaseEvent, wish: Wish, body: str, *, by: Person, written_by: Person | None
) -> None:
    """Keep the words of the opening as its author's; those of a caller are the contact's."""
    Message.objects.create(
        tenant_id=event.tenant_id,
        case=event.case,
        event=event,
        author=written_by or (by if by.is_customer else wish.contact),
        kind=Message.Kind.REPLY if written_by else Message.Kind.CUSTOMER,
        body=_said(body, wish),
        written_at=event.occurred_at,
    )


def _settle(weighed: Weighed, holdings: Holdings, case: Case, *, by: Person, at: datetime) -> None:
    if weighed.cost is not None and weighed.cost.charged:
        charge(
            weighed.cost,
            holdings.lock(),
            case_number=case.number,
            by=by,
            at=at,
        )
    if weighed.override is not None:
        use_override(weighed.override, case_number=case.number, at=at)


def _check(
    *, wish: Wish, subject: str, body: str, by: Person, opened_at: datetime, at: datetime
) -> None:
    if not _may_file(wish, by) or not _is_of_one_company(wish):
        raise NotAllowed
    if wish.waived_by is not None and not wish.waived_by.may("waive_points"):
        raise NotAllowed
    if not subject.strip():
        raise SubjectMissing(field="subject")
    if not body.strip():
        raise NothingSaid(field="body")
    if opened_at > at:
        raise InTheFuture(field="occurred_at")
    if at - opened_at > LOGGED_WITHIN:
        raise LoggedTooLate(field="occurred_at", days=LOGGED_WITHIN.days)


def _may_file(wish: Wish, by: Person) -> bool:
    if not by.is_customer:
        return by.may("open_for_caller")
    own = by.may("file_case") and wish.company.pk == by.company_id
    return own and (wish.contact.pk == by.pk or by.may("file_for_colleague"))


def _is_of_one_company(wish: Wish) -> bool:
    parts = (wish.contact, wish.site, wish.origin, wish.override)
    return all(part.company_id == wish.company.pk for part in parts if part is not None)


def _new_case(
    wish: Wish, weighed: Weighed, subject: str, availability: str, opened_at: datetime
) -> Case:
    """Make the case, unsaved, with its number: the lock on the counter is held from now on."""
    tenant_id = current_tenant_id()
    number, team_id = _next_number(tenant_id, wish, weighed)
    policy = weighed.published.policy
    return Case(
        tenant_id=tenant_id,
        company=wish.company,
        site=wish.site or wish.contact.site,
        contact=wish.contact,
        product=wish.product,
        release=wish.release_in_use,
        origin=wish.origin,
        origin_kind=wish.origin_kind,
        keep_informed=wish.keep_informed,
        reported_severity=_reported(wish, policy, "severity"),
        reported_priority=_reported(wish, policy, "priority"),
        environment=wish.environment,
        affected=wish.affected,
        has_workaround=wish.has_workaround,
        is_restricted=wish.is_security,
        subject=subject,
        plan=weighed.facts.plan or "",
        channel=weighed.facts.channel or wish.channel,
        time_zone=weighed.where.time_zone,
        policy_version_id=weighed.published.id,
        team_id=team_id,
        availability=availability,
        opened_at=opened_at,
        last_public_at=opened_at,
        last_event_at=opened_at,
        number=number,
    )


def _reported(wish: Wish, policy: Policy, axis: str) -> str:
    """Give the level as it was reported, whatever counts in the end (MX-10)."""
    chosen = judged_level(wish, policy, axis).chosen
    return chosen.code if chosen else ""


def _said(body: str, wish: Wish) -> str:
    if not wish.workaround.strip():
        return body.strip()
    return f"{body.strip()}\n\n" + _("Workaround: %(words)s") % {"words": wish.workaround.strip()}


def _next_number(tenant_id: int, wish: Wish, weighed: Weighed) -> tuple[int, int | None]:
    named = {
        "tenant": tenant_id,
        "tier": FIRST_TIER,
        "product": wish.product.pk if wish.product else None,
        "region": weighed.facts.region or "",
    }
    with connection.cursor() as cursor:
        cursor.execute(NEXT_NUMBER, named)
        number, team_id = cursor.fetchone()
    return number, team_id


def _payload(wish: Wish, weighed: Weighed) -> dict[str, object]:
    facts = weighed.facts
    payload: dict[str, object] = {
        name: getattr(facts, name)
        for name in facts.__dataclass_fields__
        if getattr(facts, name) is not None
    }
    payload["policy_version"] = weighed.published.number
    payload["tier"] = FIRST_TIER
    if weighed.cost is not None:
        payload["points"] = weighed.cost.charged
    if weighed.notices:
        payload["notices"] = kept_notices(weighed.notices)
    payload |= _ids(wish, weighed) | _judged(wish, weighed)
    if wish.scheduled_for:
        payload["scheduled_for"] = int(wish.scheduled_for.timestamp())
    return payload


def _ids(wish: Wish, weighed: Weighed) -> dict[str, object]:
    rows = {
        "override": weighed.override,
        "waived_by": wish.waived_by,
        "release": wish.release_in_use,
        "origin": wish.origin,
    }
    ids: dict[str, object] = {name: row.pk for name, row in rows.items() if row is not None}
    if wish.origin is not None:
        ids["origin_kind"] = wish.origin_kind
    return ids | ({"keep_informed": True} if wish.keep_informed else {})


def _judged(wish: Wish, weighed: Weighed) -> dict[str, object]:
    """Keep what made another level count than the reported one (MX-11, MX-13), and the rest."""
    named = {
        "environment": wish.environment,
        "affected": wish.affected,
        "has_workaround": wish.has_workaround,
        "is_security": wish.is_security,
    }
    policy = weighed.published.policy
    found = [judged_level(wish, policy, axis) for axis in policy.axes]
    reported = {one.axis: one.chosen.code for one in found if one.chosen and one.is_elsewhere}
    offers = {
        one.axis: {"from": one.here.code, "level": one.offer.code, "taken": one.is_taken}
        for one in found
        if one.offer is not None and one.here is not None
    }
    judged: dict[str, object] = {name: value for name, value in named.items() if value}
    return (
        judged
        | ({"elsewhere": reported} if reported else {})
        | ({"offers": offers} if offers else {})
    )
