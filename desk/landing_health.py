"""How the desk runs at one vendor, for the first page of its admin."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person
from accounts.pulses import pulses
from accounts.zones import moment_text
from desk.landing import BAD, WARN, Group, Item
from entitlements.models import DailyRun
from jobs.models import Job
from outbox.clock import real_now
from outbox.models import OutboxMessage, WebhookEndpoint
from tickets.audit_models import ClockDifference
from tickets.auditing import last_audit
from tickets.queries import visible_cases

# Work that failed longer ago has been seen.
FAILED_WITHIN = timedelta(days=14)
# Delivery takes seconds; a server that cannot be reached is tried again every minute.
LATE_AFTER = timedelta(minutes=10)
# One attempt may always fail.
FAILING_FOR = timedelta(hours=1)


def health(by: Person, at: datetime) -> Group:
    """List what does not run as it should: parts of the desk, mail, work, cases, clocks."""
    zone = by.time_zone or by.tenant.time_zone
    items = (
        *_parts(zone),
        *_unsent(zone),
        *_out_of_service(at),
        *_late(),
        *_failed(at),
        *_daily(zone),
        *_set_aside(by, at),
        *_differences(),
    )
    calm = _("All parts are at work, mail leaves, no work failed, and the clocks agree.")
    return Group(_("How it runs"), items, calm)


def _parts(zone: str) -> Iterator[Item]:
    for pulse in pulses().values():
        if not pulse.is_missing:
            continue
        part = {"part": _part_name(pulse.name)}
        seen = moment_text(pulse.done_at, zone) if pulse.done_at else ""
        last = _("last seen %(when)s") % {"when": seen} if seen else _("never seen")
        words = _("%(part)s: not at work") % part
        yield Item(words, "", _("Tell the operators of this installation."), BAD, last)


def _part_name(code: str) -> str:
    return {
        "tick": _("Watching the clocks"),
        "deliver": _("Sending mail"),
        "webhooks": _("Telling endpoints outside"),
        "keep": _("The daily work"),
        "work": _("Long work"),
        "beat": _("The scheduler"),
    }.get(code, code)


def _unsent(zone: str) -> Iterator[Item]:
    stuck = OutboxMessage.objects.filter(state__in=OutboxMessage.FOR_A_PERSON)
    found = stuck.aggregate(number=Count("pk"), oldest=Min("queued_at"))
    if found["number"]:
        words = ngettext(
            "%(number)d message was not sent and waits for you",
            "%(number)d messages were not sent and wait for you",
            found["number"],
        )
        since = _("the oldest since %(when)s") % {"when": moment_text(found["oldest"], zone)}
        yield Item(words % found, reverse("admin:unsent"), _("Send again, or leave"), BAD, since)


def _out_of_service(at: datetime) -> Iterator[Item]:
    fails = Q(is_active=True, failing_since__lt=real_now() - FAILING_FOR)
    is_off = Q(is_active=False, disabled_at__gt=at - FAILED_WITHIN)
    number = WebhookEndpoint.objects.filter(fails | is_off).count()
    if number:
        words = ngettext(
            "%(number)d endpoint outside is told nothing: it is out of service, or fails",
            "%(number)d endpoints outside are told nothing: they are out of service, or fail",
            number,
        )
        yield Item(words % {"number": number}, reverse("admin:endpoints_list"), _("See why"), BAD)


def _late() -> Iterator[Item]:
    waiting = OutboxMessage.objects.filter(
        state__in=OutboxMessage.WAITING, due_at__lt=real_now() - LATE_AFTER, hold_until=None
    )
    number = waiting.count()
    if number:
        words = ngettext(
            "%(number)d message should have left by now",
            "%(number)d messages should have left by now",
            number,
        )
        url = reverse("admin:unsent") + "?only=waiting"
        yield Item(words % {"number": number}, url, _("See why"), BAD)


def _failed(at: datetime) -> Iterator[Item]:
    failed = Job.objects.filter(state=Job.State.FAILED, finished_at__gt=at - FAILED_WITHIN)
    number = failed.count()
    if number:
        words = ngettext(
            "%(number)d piece of long work failed within two weeks",
            "%(number)d pieces of long work failed within two weeks",
            number,
        )
        yield Item(words % {"number": number}, reverse("admin:jobs_job_changelist"), _("See why"))


def _daily(zone: str) -> Iterator[Item]:
    failed = DailyRun.objects.filter(failed_at__isnull=False)
    found = failed.aggregate(number=Count("pk"), oldest=Min("failed_at"))
    if found["number"]:
        words = ngettext(
            "%(number)d task of the daily work failed the last time",
            "%(number)d tasks of the daily work failed the last time",
            found["number"],
        )
        since = _("the oldest since %(when)s") % {"when": moment_text(found["oldest"], zone)}
        yield Item(words % found, "", _("Tell the operators of this installation."), BAD, since)


def _set_aside(by: Person, at: datetime) -> Iterator[Item]:
    number = visible_cases(by).filter(set_aside_until__gt=at).count()
    if number:
        words = ngettext(
            "%(number)d case was set aside: its clocks could not be worked out",
            "%(number)d cases were set aside: their clocks could not be worked out",
            number,
        )
        url = reverse("admin:tickets_clockdifference_changelist")
        yield Item(words % {"number": number}, url, _("Audit the clocks"), BAD)


def _differences() -> Iterator[Item]:
    audit = last_audit()
    left = ClockDifference.objects.filter(job=audit, rebuilt_at__isnull=True) if audit else None
    number = left.values("case").distinct().count() if left is not None else 0
    if number:
        words = ngettext(
            "The last audit found differences on %(number)d case",
            "The last audit found differences on %(number)d cases",
            number,
        )
        url = reverse("admin:tickets_clockdifference_changelist")
        yield Item(words % {"number": number}, url, _("Look, and rebuild"), WARN)
