"""Wishes for the product: made or joined by the desk, decided by its managers (MX-14, SC-14)."""

from datetime import datetime

from django.db import transaction

from accounts.errors import NotAllowed, NotFound
from accounts.models import Person
from entitlements.models import Release
from tickets.actions.conversation import write_message
from tickets.errors import NothingChanges
from tickets.features import is_feature
from tickets.level_errors import (
    DispositionNeedsWords,
    NotAFeature,
    ReleaseMissing,
    TitleMissing,
)
from tickets.models import Case, FeatureRequest, Message
from tickets.notices import notify
from tickets.queries import lock_case
from tickets.timeline import Timeline, load_timeline, load_timelines, save_timelines

Disposition = FeatureRequest.Disposition


@transaction.atomic
def log_feature(*, case_id: int, title: str, by: Person, at: datetime) -> FeatureRequest:
    """Log what a case wishes for as a wish of its own, for future consideration (MX-14).

    Of the case's product, in the customer's words. Locks the case. Raises NotAllowed, NotAFeature,
    TitleMissing, NothingChanges (it is about another wish already).
    """
    if not title.strip():
        raise TitleMissing(field="title")
    timeline = _wishing(case_id, by)
    case = timeline.case
    first = case.messages.order_by("pk").first()
    feature = FeatureRequest.objects.create(
        tenant_id=case.tenant_id,
        title=title.strip(),
        words=first.body if first else "",
        product=case.product,
        created_by=by,
        created_at=at,
        changed_at=at,
    )
    _tie(timeline, feature, by=by, at=at)
    return feature


@transaction.atomic
def join_feature(*, case_id: int, feature_id: int, by: Person, at: datetime) -> FeatureRequest:
    """Say that a case wishes for what others have wished for before (SC-14). Locks the case.

    Raises NotAllowed, NotFound, NotAFeature, NothingChanges.
    """
    timeline = _wishing(case_id, by)
    feature = FeatureRequest.objects.filter(pk=feature_id).first()
    if feature is None:
        raise NotFound
    _tie(timeline, feature, by=by, at=at)
    return feature


@transaction.atomic
def dispose_feature(
    *,
    feature_id: int,
    disposition: str,
    answer: str,
    release_id: int | None,
    by: Person,
    at: datetime,
) -> FeatureRequest:
    """Decide what becomes of a wish; everybody who wants to be kept informed hears it (SC-14).

    Each case about it gets an entry with the words, also a closed one; one mail to each contact who
    wants to hear. Locks the wish, then its cases in the order of their numbers. Raises NotAllowed,
    NotFound, DispositionNeedsWords, ReleaseMissing (shipped with which), NothingChanges.
    """
    if not by.may("use_admin"):
        raise NotAllowed
    if not answer.strip():
        raise DispositionNeedsWords(field="answer")
    feature = FeatureRequest.objects.select_for_update(no_key=True).filter(pk=feature_id).first()
    if feature is None:
        raise NotFound
    release = Release.objects.filter(pk=release_id).first() if release_id else None
    if disposition == Disposition.SHIPPED and release is None:
        raise ReleaseMissing(field="release")
    decided = (disposition, answer.strip(), release.pk if release else None)
    if decided == (feature.disposition, feature.answer, feature.release_id):
        raise NothingChanges
    feature.disposition, feature.answer, feature.release = disposition, answer.strip(), release
    feature.changed_at = at
    feature.save(update_fields=["disposition", "answer", "release", "changed_at"])
    _tell(feature, by=by, at=at)
    return feature


def _wishing(case_id: int, by: Person) -> Timeline:
    if not by.may("triage"):
        raise NotAllowed
    timeline = load_timeline(lock_case(case_id, by))
    state = timeline.state()
    if not is_feature(state.policy, state.facts):
        raise NotAFeature
    return timeline


def _tie(timeline: Timeline, feature: FeatureRequest, *, by: Person, at: datetime) -> None:
    case = timeline.case
    if case.feature_request_id == feature.pk:
        raise NothingChanges
    event = timeline.add("feature_logged", by=by, at=at, payload={"feature": feature.pk})
    case.last_public_at = max(case.last_public_at, event.occurred_at)
    save_timelines([timeline])
    case.feature_request = feature
    case.save(update_fields=["feature_request"])


def _tell(feature: FeatureRequest, *, by: Person, at: datetime) -> None:
    cases = Case.objects.filter(feature_request=feature).order_by("number")
    timelines = load_timelines(list(cases.select_for_update(of=("self",), no_key=True)))
    payload = {"feature": feature.pk, "disposition": str(feature.disposition)}
    events = [
        timeline.add("feature_decided", by=by, at=at, payload=payload) for timeline in timelines
    ]
    for timeline, event in zip(timelines, events, strict=True):
        timeline.case.last_public_at = max(timeline.case.last_public_at, event.occurred_at)
    save_timelines(timelines)
    told: set[int] = set()
    for timeline, event in zip(timelines, events, strict=True):
        case = timeline.case
        write_message(case, event, Message.Kind.REASON, feature.answer, by=by)
        if case.keep_informed and case.contact_id not in told:
            told.add(case.contact_id)
            notify("feature_decided", [case.contact_id], case=case, event=event, at=at)
