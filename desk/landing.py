"""What needs a manager's attention, for the first page of the admin: how much, since when, where.

Every question is asked once, however much there is of an answer.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, DateTimeField, Min, Model, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from accounts.models import Person
from accounts.zones import moment_text
from entitlements.holdings import policy_at
from entitlements.models import (
    Contract,
    Correction,
    EntitlementRequest,
    Licence,
    MoneyRefund,
    Registration,
)
from entitlements.points_accounts import LOW, companies_with_points
from entitlements.release_lists import ending_soon, vendors_day
from entitlements.renewals import is_followed
from sla.engine.lint import ERROR, WARNING
from sla.errors import NoDraft
from sla.findings import findings_of
from sla.pages import Edited, edited
from sla.queries import waiting_request

BAD, WARN, CALM = "bad", "warn", "calm"
ENDS_WITHIN = timedelta(days=60)


@dataclass(frozen=True)
class Item:
    """One thing to look at: a sentence with its number, the oldest of it in words, where to go.

    Without a `url` nothing can be done about it here, and `act` says by whom.
    """

    text: str
    url: str
    act: str
    tone: str = WARN
    oldest: str = ""


@dataclass(frozen=True)
class Group:
    """Things of one kind, and a sentence for when there is none."""

    name: str
    items: tuple[Item, ...]
    calm: str


@dataclass(frozen=True)
class Asked:
    """What all questions need to know."""

    by: Person
    at: datetime
    zone: str


@dataclass(frozen=True)
class Question:
    """Rows in a state that waits for a manager: since when, in which words, and where to decide."""

    model: type[Model]
    state: str
    since: str
    words: Promise
    route: str
    act: Promise


QUESTIONS = (
    Question(
        EntitlementRequest,
        EntitlementRequest.State.WAITING,
        "asked_at",
        ngettext_lazy(
            "%(number)d request of customers waits for a decision",
            "%(number)d requests of customers wait for a decision",
            "number",
        ),
        "admin:entitlements_entitlementrequest_changelist",
        gettext_lazy("Decide"),
    ),
    Question(
        Registration,
        Registration.State.WAITING,
        "proven_at",
        ngettext_lazy(
            "%(number)d registration waits for a decision",
            "%(number)d registrations wait for a decision",
            "number",
        ),
        "admin:entitlements_registration_changelist",
        gettext_lazy("See who it is"),
    ),
    Question(
        Correction,
        Correction.State.WAITING,
        "asked_at",
        ngettext_lazy(
            "%(number)d correction of points waits for a second manager",
            "%(number)d corrections of points wait for a second manager",
            "number",
        ),
        "admin:entitlements_correction_changelist",
        gettext_lazy("Approve or decline"),
    ),
    Question(
        MoneyRefund,
        MoneyRefund.State.ASKED,
        "asked_at",
        ngettext_lazy(
            "%(number)d refund in money is to be paid",
            "%(number)d refunds in money are to be paid",
            "number",
        ),
        "admin:entitlements_moneyrefund_changelist",
        gettext_lazy("Pay it, or give points back"),
    ),
)


def attention(by: Person, at: datetime) -> list[Group]:
    """List what waits for a manager, the gravest group first; groups without anything stay."""
    asked = Asked(by, at, by.time_zone or by.tenant.time_zone)
    return [
        Group(
            _("Yours to decide"),
            tuple(_decisions(asked)),
            _("Nothing is asked of you."),
        ),
        Group(
            _("Support policy"),
            tuple(_policy(asked)),
            _("What is published is what is in the working copy, and nothing is wrong with it."),
        ),
        Group(
            _("Ending within 60 days"),
            (*_endings(asked), *_balances(asked)),
            _("No contract, licence or release ends within 60 days, and no balance is low."),
        ),
    ]


def _decisions(asked: Asked) -> Iterator[Item]:
    yield from _publishing(asked)
    for question in QUESTIONS:
        rows = question.model.objects.filter(state=question.state)
        number, oldest = _counted(rows, question.since)
        if number:
            words = question.words % {"number": number}
            url, act = reverse(question.route), str(question.act)
            yield Item(words, url, act, WARN, _since(oldest, asked))
    yield from _unverified()


def _publishing(asked: Asked) -> Iterator[Item]:
    request = waiting_request()
    if request is None:
        return
    is_own = request.requested_by_id == asked.by.pk
    words = (
        _("What you asked to publish waits for another manager's approval.")
        if is_own
        else _("%(name)s asks to publish a new version of the support policy.")
        % {"name": request.requested_by.name}
    )
    act = _("Look at it or take it back") if is_own else _("Approve or decline")
    url = reverse("admin:sla_policydraft_request", args=[request.pk])
    yield Item(words, url, act, CALM if is_own else WARN, _since(request.requested_at, asked))


def _unverified() -> Iterator[Item]:
    number = Licence.objects.filter(verified_at__isnull=True).count()
    if number:
        words = ngettext(
            "%(number)d licence was named by a customer and is not verified",
            "%(number)d licences were named by customers and are not verified",
            number,
        )
        url = reverse("admin:entitlements_licence_changelist") + "?verified_at__isempty=1"
        yield Item(words % {"number": number}, url, _("Verify"))


def _policy(asked: Asked) -> Iterator[Item]:
    try:
        copy = edited()
    except NoDraft:
        url = reverse("admin:sla_policydraft_start")
        yield Item(_("There is no support policy yet."), url, _("Start with one"), BAD)
        return
    if copy.is_changed:
        yield _unpublished(copy, asked)
    yield from _findings(copy, asked)


def _unpublished(copy: Edited, asked: Asked) -> Item:
    words = (
        _("The working copy says something else than the published version.")
        if copy.latest
        else _("The support policy was never published: no case can be opened.")
    )
    url = reverse("admin:sla_policydraft_publish")
    changed = {"when": moment_text(copy.draft.updated_at, asked.zone)}
    last = _("last change %(when)s") % changed
    return Item(words, url, _("Compare and publish"), WARN if copy.latest else BAD, last)


def _findings(copy: Edited, asked: Asked) -> Iterator[Item]:
    found = [one.severity for one in findings_of(copy.policy, vendors_day(asked.at))]
    url = reverse("admin:sla_policydraft_lint")
    wrong, odd = found.count(ERROR), found.count(WARNING)
    if wrong:
        words = ngettext(
            "%(number)d thing in the working copy cannot work",
            "%(number)d things in the working copy cannot work",
            wrong,
        )
        yield Item(words % {"number": wrong}, url, _("Mend"), BAD)
    if odd:
        words = ngettext(
            "%(number)d thing in the working copy deserves a look",
            "%(number)d things in the working copy deserve a look",
            odd,
        )
        yield Item(words % {"number": odd}, url, _("Look"), WARN)


def _endings(asked: Asked) -> Iterator[Item]:
    today = vendors_day(asked.at)
    last = today + ENDS_WITHIN
    days = _contract_ends(today, last)
    if days:
        words = ngettext(
            "%(number)d contract ends and none follows it",
            "%(number)d contracts end and none follows them",
            len(days),
        )
        url = reverse("admin:entitlements_contract_changelist")
        query = f"?ends_on__gte={today}&ends_on__lte={last}"
        yield Item(words % {"number": len(days)}, url + query, _("See which"), WARN, _first(days))
    yield from _licence_ends(today, last)
    ends = [one.supported.last_day for one in ending_soon(asked.at)]
    soon = [day for day in ends if day is not None and day <= last]
    if soon:
        words = ngettext(
            "Support of %(number)d release ends",
            "Support of %(number)d releases ends",
            len(soon),
        )
        url = reverse("admin:entitlements_release_ending")
        yield Item(words % {"number": len(soon)}, url, _("See who is on it"), WARN, _first(soon))


def _contract_ends(today: date, last: date) -> list[date]:
    """List the last days of the contracts that end and that no other goes on from."""
    found = list(Contract.objects.filter(ends_on__gte=today, ends_on__lte=last))
    others: dict[int, list[Contract]] = {}
    for one in Contract.objects.filter(company__in={one.company_id for one in found}):
        others.setdefault(one.company_id, []).append(one)
    return [one.ends_on for one in found if not is_followed(one, others[one.company_id])]


def _licence_ends(today: date, last: date) -> Iterator[Item]:
    found = Licence.objects.filter(
        verified_at__isnull=False, valid_until__gte=today, valid_until__lte=last
    )
    figures = found.aggregate(number=Count("pk"), first=Min("valid_until"))
    if figures["number"]:
        words = ngettext("%(number)d licence ends", "%(number)d licences end", figures["number"])
        url = reverse("admin:entitlements_licence_changelist")
        query = f"?valid_until__gte={today}&valid_until__lte={last}"
        yield Item(words % figures, url + query, _("See which"), WARN, _first([figures["first"]]))


def _balances(asked: Asked) -> Iterator[Item]:
    policy = policy_at(asked.at)
    if policy is None or policy.notices.low_points is None:
        return
    number = companies_with_points(policy, asked.at).filter(is_low=True).order_by().count()
    if number:
        words = ngettext(
            "%(number)d company has few points left",
            "%(number)d companies have few points left",
            number,
        )
        url = reverse("admin:entitlements_pointsaccount_changelist") + f"?only={LOW}"
        yield Item(words % {"number": number}, url, _("See which"), WARN)


def _counted(rows: QuerySet, since: str) -> tuple[int, datetime | None]:
    found = rows.aggregate(number=Count("pk"), oldest=Min(since, output_field=DateTimeField()))
    return found["number"], found["oldest"]


def _since(oldest: datetime | None, asked: Asked) -> str:
    if oldest is None:
        return ""
    return _("the oldest since %(when)s") % {"when": moment_text(oldest, asked.zone)}


def _first(days: Iterable[date]) -> str:
    return _("the first on %(day)s") % {"day": date_format(min(days), "j M Y")}
