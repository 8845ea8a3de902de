"""What the entries of a case's life say, in words that both faces share."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.zones import moment_text
from entitlements.models import Release
from tickets.models import (
    CaseEvent,
    CaseQuestion,
    ContactAttempt,
    Defect,
    SubjectChange,
    TrackerLink,
)
from tickets.timeline import moment

Names = Mapping[str, str]
# Why the level of a case rose with its incident: the incident may be another company's.
RISEN = gettext_lazy("Others are hit by the same cause: their cases have this level now, too.")
# A day as moments are written: 20 Mar 2026.
DAY = "j M Y"


def life_names(events: Iterable[CaseEvent]) -> dict[str, str]:
    """Name the faults and releases that entries speak of, what questions asked for, and subjects.

    No statement where there are none.
    """
    told = list(events)
    return _fix_names(told) | _asked_names(told) | _issue_names(told) | _subject_names(told)


def _subject_names(events: Iterable[CaseEvent]) -> dict[str, str]:
    renamed = [event.pk for event in events if event.kind == "subject_changed"]
    if not renamed:
        return {}
    changes = list(SubjectChange.objects.filter(event__in=renamed))
    before = {f"before:{one.event_id}": one.before for one in changes}
    return before | {f"after:{one.event_id}": one.after for one in changes}


def _asked_names(events: Iterable[CaseEvent]) -> dict[str, str]:
    asking = [event.pk for event in events if event.kind == "question_asked"]
    if not asking:
        return {}
    asked = CaseQuestion.objects.filter(event__in=asking).prefetch_related("items")
    return {f"question:{question.event_id}": _asked_for(question) for question in asked}


def _issue_names(events: Iterable[CaseEvent]) -> dict[str, str]:
    kinds = ("tracker_linked", "tracker_changed", "tracker_unlinked")
    keys = {event.payload["link"] for event in events if event.kind in kinds}
    if not keys:
        return {}
    return {f"issue:{link.pk}": str(link) for link in TrackerLink.objects.filter(pk__in=keys)}


def _asked_for(question: CaseQuestion) -> str:
    lines = "; ".join(item.words for item in question.items.all())
    why = _("Why we need it: %(why)s") % {"why": question.why} if question.why else ""
    return ". ".join(part for part in (lines, why) if part)


def _fix_names(events: Iterable[CaseEvent]) -> dict[str, str]:
    payloads = [event.payload for event in events if "defect" in event.payload]
    if not payloads:
        return {}
    defects = Defect.objects.filter(pk__in={payload["defect"] for payload in payloads})
    wanted = {payload["release"] for payload in payloads if "release" in payload}
    releases = Release.objects.filter(pk__in=wanted).select_related("product") if wanted else ()
    named = {f"defect:{defect.pk}": defect.title for defect in defects}
    return named | {f"release:{one.pk}": f"{one.product.name} {one.version}" for one in releases}


def life_text(event: CaseEvent, names: Names, zone: str, *, for_customer: bool) -> str:
    """Say what such an entry tells beyond its title; empty where that says all.

    `names` has what `life_names` gives, and "case": how a number is written. A customer never
    reads the number of an incident: it may be another company's.
    """
    if for_customer and "incident" in event.payload:
        return ""
    if for_customer and event.kind == "waiting_warned":
        return _warned_customer(event, zone)
    writer = _WRITERS.get(event.kind)
    return writer(event, names, zone) if writer else ""


def _closed(event: CaseEvent, names: Names, zone: str) -> str:
    return _("No answer came in time.") if event.payload.get("because") == "unanswered" else ""


def _asked(event: CaseEvent, names: Names, zone: str) -> str:
    if event.payload.get("again"):
        return _("What was asked before waits again.")
    return names.get(f"question:{event.pk}", "")


def _away(event: CaseEvent, names: Names, zone: str) -> str:
    last_day = date.fromisoformat(event.payload["last_day"])
    return _("Up to and including %(day)s") % {"day": date_format(last_day, DAY)}


def _warned(event: CaseEvent, names: Names, zone: str) -> str:
    closes = moment_text(moment(event.payload["closes_at"]), zone)
    return _("It is closed at %(closes)s unless they answer.") % {"closes": closes}


def _warned_customer(event: CaseEvent, zone: str) -> str:
    closes = moment_text(moment(event.payload["closes_at"]), zone)
    return _("It is closed at %(closes)s unless you answer.") % {"closes": closes}


def _attempt(event: CaseEvent, names: Names, zone: str) -> str:
    return str(ContactAttempt.Way(event.payload["way"]).label)


def _other_case(event: CaseEvent, names: Names, zone: str) -> str:
    keys = ("into", "from", "case", "other", "incident")
    number = next((event.payload[key] for key in keys if key in event.payload), None)
    return names.get("case", "%s") % number if number else ""


def _fix(event: CaseEvent, names: Names, zone: str) -> str:
    parts = (
        names.get(f"defect:{event.payload.get('defect')}", ""),
        names.get(f"release:{event.payload.get('release')}", ""),
    )
    return ": ".join(part for part in parts if part)


def _issue(event: CaseEvent, names: Names, zone: str) -> str:
    named = names.get(f"issue:{event.payload['link']}", "")
    if event.kind != "tracker_changed":
        return named
    state = TrackerLink.State(event.payload["state"]).label
    return _("%(issue)s: %(state)s") % {"issue": named, "state": state}


def _renamed(event: CaseEvent, names: Names, zone: str) -> str:
    sides = {side: names.get(f"{side}:{event.pk}", "") for side in ("before", "after")}
    return _("“%(before)s” is now “%(after)s”") % sides if any(sides.values()) else ""


_WRITERS = {
    "closed": _closed,
    "subject_changed": _renamed,
    "question_asked": _asked,
    "away_noted": _away,
    "waiting_warned": _warned,
    "attempt_logged": _attempt,
    **dict.fromkeys(("tracker_linked", "tracker_changed", "tracker_unlinked"), _issue),
    **dict.fromkeys(
        (
            "merged",
            "merged_here",
            "unmerged",
            "unmerged_here",
            "case_linked",
            "case_unlinked",
            "incident_joined",
            "incident_left",
            "answered_through",
            "resolved",
        ),
        _other_case,
    ),
    **dict.fromkeys(
        ("defect_tied", "defect_untied", "fix_promised", "fix_dropped", "fix_shipped"), _fix
    ),
}
