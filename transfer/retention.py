"""For how long texts and files of closed cases are kept: shown first, done by the daily work."""

import calendar
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from accounts.change_models import Change
from accounts.changes import keep_change
from accounts.errors import NotAllowed
from accounts.models import Person
from accounts.tenancy import current_tenant_id
from tickets.attachment_models import Attachment
from tickets.files import GONE
from tickets.models import Case, Message
from tickets.retention import OVER
from transfer.blanking import blank_cases, erase_files
from transfer.errors import MonthsNeeded, NotConfirmed
from transfer.keepers import keepers
from transfer.models import ErasedCase, RetentionRule, RetentionRun

MOST_MONTHS = 240
AT_ONCE = 200
SHOWN = 10
CONFIRMED = "erase"


@dataclass(frozen=True)
class Preview:
    """What a rule would erase: now, and within the next thirty days."""

    cases: int
    messages: int
    files: int
    next_cases: int
    examples: tuple[Case, ...]


def current_rule() -> RetentionRule | None:
    """Find the vendor's rule; None keeps everything for good."""
    return RetentionRule.objects.first()


def preview(texts_months: int | None, files_months: int | None, at: datetime) -> Preview:
    """Count what a rule would erase. Writes nothing."""
    due = _texts_due(texts_months, at)
    soon = _texts_due(texts_months, at + timedelta(days=30))
    return Preview(
        cases=due.count(),
        messages=Message.objects.filter(case__in=due.values("pk")).count(),
        files=_files_due(files_months, at).count(),
        next_cases=soon.count() - due.count(),
        examples=tuple(due.order_by("closed_at")[:SHOWN]),
    )


@transaction.atomic
def set_rule(
    *,
    texts_months: int | None,
    files_months: int | None,
    confirmed: str,
    by: Person,
    at: datetime,
) -> RetentionRule:
    """Set for how long is kept what; None for good. `confirmed` is CONFIRMED, typed by somebody.

    Raises NotAllowed, MonthsNeeded, NotConfirmed.
    """
    if not by.may("erase_people"):
        raise NotAllowed
    for field, months in (("texts_months", texts_months), ("files_months", files_months)):
        if months is not None and not 1 <= months <= MOST_MONTHS:
            raise MonthsNeeded(field=field)
    is_any = texts_months is not None or files_months is not None
    if is_any and confirmed.strip().lower() != CONFIRMED:
        raise NotConfirmed(field="confirm", word=CONFIRMED)
    before = current_rule()
    rule, _made = RetentionRule.objects.update_or_create(
        tenant_id=current_tenant_id(),
        defaults={
            "texts_months": texts_months,
            "files_months": files_months,
            "changed_by": by,
            "changed_at": at,
        },
    )
    _keep(rule, before, by, at)
    return rule


def _keep(rule: RetentionRule, before: RetentionRule | None, by: Person, at: datetime) -> None:
    names = ("texts_months", "files_months")
    was = {name: getattr(before, name) if before else None for name in names}
    lines = [
        {"field": name, "before": str(was[name] or ""), "after": str(getattr(rule, name) or "")}
        for name in names
        if was[name] != getattr(rule, name)
    ]
    keep_change(
        act=Change.Act.CHANGED,
        model=RetentionRule._meta.label_lower,
        row=rule.pk,
        named="retention",
        by=by,
        at=at,
        lines=lines,
    )


def keep_rule(at: datetime) -> None:
    """Erase what the rule keeps no longer, some hundred cases a round; harmless to repeat."""
    rule = current_rule()
    if rule is None:
        return
    cases = list(_texts_due(rule.texts_months, at).order_by("pk").values_list("pk", flat=True))
    some = cases[:AT_ONCE]
    figures = {"cases": len(some), "texts": blank_cases(some) if some else 0}
    figures |= {name: one.forget_cases(some, at) for name, one in keepers().items() if some}
    ErasedCase.objects.bulk_create(
        ErasedCase(tenant_id=rule.tenant_id, case_id=key, erased_at=at) for key in some
    )
    files = _files_due(rule.files_months, at).order_by("pk").values_list("pk", flat=True)
    figures["files"] = erase_files(Attachment.objects.filter(pk__in=list(files[:AT_ONCE])), at)
    if any(figures.values()):
        RetentionRun.objects.create(tenant_id=rule.tenant_id, ran_at=at, figures=figures)


def months_before(at: datetime, months: int) -> datetime:
    """Go back so many months of the calendar; of a day that there is not, to the month's last."""
    year, month = divmod(at.year * 12 + at.month - 1 - months, 12)
    day = min(at.day, calendar.monthrange(year, month + 1)[1])
    return at.replace(year=year, month=month + 1, day=day)


def _texts_due(months: int | None, at: datetime) -> QuerySet[Case]:
    """List the cases closed so long ago, without those that go on in one that is open."""
    if months is None:
        return Case.objects.none()
    erased = ErasedCase.objects.filter(case=OuterRef("pk"))
    goes_on = Case.objects.filter(pk=OuterRef("merged_into")).exclude(status=Case.Status.CLOSED)
    closed = Case.objects.filter(
        status=Case.Status.CLOSED, closed_at__lte=months_before(at, months)
    )
    return closed.exclude(Exists(erased)).exclude(Exists(goes_on))


def _files_due(months: int | None, at: datetime) -> QuerySet[Attachment]:
    if months is None:
        return Attachment.objects.none()
    ended = months_before(at, months)
    kept = Attachment.objects.filter(OVER, event__isnull=False).exclude(state__in=GONE)
    return kept.filter(case__closed_at__lte=ended)
