"""Telling people that something has ended: a contract, a licence, points. Once, and what to do.

Also where nobody did the daily work while the warnings ahead of it were due. Part of the daily
work: found is what has ended since that was done last.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person
from accounts.places import site_url
from accounts.queries import whereabouts
from accounts.tenancy import desk_now
from entitlements.contract_mail import plan_name
from entitlements.daily import register_daily
from entitlements.holdings import policy_at
from entitlements.maintenance import whom_to_ask
from entitlements.models import Contract, DailyRun, Licence, PointsEntry
from entitlements.moved_in import MOVED_IN
from entitlements.points_notices import addressees
from entitlements.queries import today_of
from entitlements.renewals import renewal_people
from entitlements.statement import last_day_text
from outbox.actions import Queued, queue_messages
from outbox.registry import Refs, Rendered, register
from sla.engine.policy import Policy

ENDED = "ended"
TASK = "ended"
CONTRACT, LICENCE, POINTS = "contract", "licence", "points"
PAGES = {CONTRACT: "portal:plan", LICENCE: "portal:downloads", POINTS: "portal:points"}
# Looked back at beside what is new: zones end their days at other hours, and a round may fail.
LOOK_BACK = timedelta(days=3)


def register_ended() -> None:
    """Have it looked for every day, after expired points are entered, and say how it reads."""
    register_daily(TASK, tell_of_what_ended)
    register(ENDED, _may_hear, _words)


def tell_of_what_ended(at: datetime) -> None:
    """Queue a notice of everything that has ended, unless something else goes on in its place.

    To the renewal contact of a contract, the company's admins, else those who file. The statements
    do not grow with what has ended.
    """
    last = DailyRun.objects.filter(name=TASK, failed_at__isnull=True).first()
    since = min(last.ran_at if last else at, at) - LOOK_BACK
    contracts, licences = _contracts_ended(since, at), _licences_ended(since, at)
    expiries = PointsEntry.objects.filter(kind=PointsEntry.Kind.EXPIRY, recorded_at__gt=since)
    # What was used elsewhere before it moved in has not ended here.
    expiries = expiries.exclude(reason_key__startswith=MOVED_IN)
    entries = list(expiries.order_by("pk"))
    people = addressees({one.company_id for one in (*contracts, *licences, *entries)})
    told: list[tuple[str, int, str, list[Person]]] = [
        (CONTRACT, one.pk, str(one.ends_on), renewal_people(one, people[one.company_id]))
        for one in contracts
    ]
    told += [(LICENCE, one.pk, str(one.valid_until), people[one.company_id]) for one in licences]
    told += [
        (POINTS, one.pk, str(one.occurred_at.date()), people[one.company_id]) for one in entries
    ]
    messages = [
        Queued(
            kind=ENDED,
            recipient_id=person.pk,
            refs={"what": what, "id": pk, "day": day},
            dedupe_key=f"{ENDED}:{what}:{pk}:{day}:{person.pk}",
        )
        for what, pk, day, addressed in told
        for person in addressed
    ]
    queue_messages(messages=messages, at=at)


def _contracts_ended(since: datetime, at: datetime) -> list[Contract]:
    """List the contracts that have ended, but for those that others take the place of."""
    found = Contract.objects.filter(ends_on__gte=since.date(), ends_on__lte=at.date())
    ended = list(found.select_related("company__tenant", "renewal_contact").order_by("pk"))
    others: dict[int, list[Contract]] = {}
    for one in Contract.objects.filter(company__in={one.company_id for one in ended}):
        others.setdefault(one.company_id, []).append(one)
    return [one for one in ended if _is_over(one, others[one.company_id], at)]


def _is_over(contract: Contract, others: Iterable[Contract], at: datetime) -> bool:
    """Tell whether a contract has ended on its customer's calendar and nothing is in its place."""
    on_date = today_of(contract.company, at)
    if contract.ends_on is None or contract.ends_on >= on_date:
        return False
    return not any(
        other.pk != contract.pk
        and other.product_id in (None, contract.product_id)
        and contract.ends_on < (other.ends_on or date.max)
        and (other.ends_on is None or other.ends_on >= on_date)
        for other in others
    )


def _licences_ended(since: datetime, at: datetime) -> list[Licence]:
    """List the verified licences that have ended, but for those that a longer one replaces."""
    verified = Licence.objects.filter(verified_at__isnull=False)
    found = verified.filter(valid_until__gte=since.date(), valid_until__lte=at.date())
    ended = list(found.select_related("company__tenant").order_by("pk"))
    longest: dict[tuple[int, int], date] = {}
    for one in verified.filter(company__in={one.company_id for one in ended}):
        key = (one.company_id, one.product_id)
        longest[key] = max(longest.get(key, date.min), one.valid_until or date.max)
    return [
        one
        for one in ended
        if one.valid_until is not None
        and one.valid_until < today_of(one.company, at)
        and longest[one.company_id, one.product_id] == one.valid_until
    ]


def _may_hear(person: Person, refs: Refs) -> bool | str | Promise:
    at = desk_now()
    one = _subject(refs)
    if one is None or not person.is_customer or person.company_id != one.company_id:
        return False
    if isinstance(one, PointsEntry):
        return person.may("see_points")
    ends_on = one.ends_on if isinstance(one, Contract) else one.valid_until
    if str(ends_on) != refs["day"]:
        return _("It ends on another day by now.")
    if isinstance(one, Contract):
        is_over = _is_over(one, one.company.contracts.all(), at)
    else:
        is_over = one in _licences_ended(_midnight(one.valid_until), at)
    return is_over or _("It is renewed already.")


def _words(person: Person, refs: Refs) -> Rendered:
    one, policy = _subject(refs), policy_at(desk_now())
    assert one is not None  # else it may not be heard of
    name, address = whom_to_ask(one.company, policy)
    shown = {
        "person": person,
        "vendor": person.tenant,
        "url": site_url(person.tenant, reverse(PAGES[str(refs["what"])])),
        "name": name,
        "address": address,
        **_figures(one, policy),
    }
    body = render_to_string("mail/ended.txt", {"what": refs["what"], **shown})
    return Rendered(subject=str(shown["subject"]), body=body)


def _figures(one: Contract | Licence | PointsEntry, policy: Policy | None) -> dict[str, object]:
    """Give what is told of it, its subject among it."""
    if isinstance(one, PointsEntry):
        zone = whereabouts(company=one.company).time_zone
        figures = {"points": -one.points, "day": last_day_text(one.occurred_at, zone)}
        subject = ngettext(
            "%(points)d point has ended", "%(points)d points have ended", -one.points
        )
        return figures | {"subject": subject % figures}
    if isinstance(one, Contract):
        plan = plan_name(policy, one.plan) if policy else one.plan
        day = date_format(one.ends_on, "j M Y")
        subject = _("Your contract has ended on %(day)s") % {"day": day}
        return {"plan": plan, "day": day, "subject": subject}
    figures = {"product": one.product.name, "day": date_format(one.valid_until, "j M Y")}
    subject = _("Your licence of %(product)s has ended on %(day)s") % figures
    return figures | {"number": one.number, "subject": subject}


def _subject(refs: Refs) -> Contract | Licence | PointsEntry | None:
    """Find what has ended."""
    if refs["what"] == POINTS:
        entries = PointsEntry.objects.select_related("company__tenant", "company__account_manager")
        return entries.filter(pk=refs["id"]).first()
    model = Contract if refs["what"] == CONTRACT else Licence
    found = model.objects.select_related("company__tenant", "company__account_manager", "product")
    return found.filter(pk=refs["id"]).first()


def _midnight(day: date | None) -> datetime:
    return datetime.combine(day or date.min, time(), UTC)
