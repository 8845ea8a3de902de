"""The words of levels that are asked for, offered and decided, and of wishes that are."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from outbox.registry import Refs, Rendered, register
from sla.engine.policy import Policy
from tickets.mail import letter, may_read_case
from tickets.models import Case, CaseEvent, FeatureRequest, LevelRequest
from tickets.reading import case_state

SUBJECTS = {
    "level_requested": _("the customer asks for another level"),
    "level_offered": _("we offer another level"),
    "level_request_decided": _("your question about the level is decided"),
}
TO_DESK = _("the customer has answered our offer")
TAKEN_BACK = _("we take back our offer of another level")


def register_level_mail() -> None:
    """Tell the outbox about the kinds of this module."""
    for kind in SUBJECTS:
        register(kind, may_read_case, _render(kind))
    register("feature_decided", may_read_case, _render_feature)


def level_name(policy: Policy, axis: str, code: str) -> str:
    """Name a level as the policy does; its code where the policy has none such."""
    level = policy.level(axis, code)
    return level.name if level else code


def _render(kind: str) -> Callable[[Person, Refs], Rendered]:
    def render(person: Person, refs: Refs) -> Rendered:
        return letter(kind, _subject(kind, person, refs), person, refs, _request)

    return render


def _subject(kind: str, person: Person, refs: Refs) -> object:
    if kind != "level_request_decided":
        return SUBJECTS[kind]
    payload = CaseEvent.objects.values_list("payload", flat=True).get(pk=refs["event"])
    if payload["state"] == LevelRequest.State.WITHDRAWN:
        return TAKEN_BACK
    return SUBJECTS[kind] if person.is_customer else TO_DESK


def _request(case: Case, event: CaseEvent, person: Person) -> Mapping[str, Any]:
    request = LevelRequest.objects.select_related("asked_by").get(pk=event.payload["request"])
    policy = case_state(case).policy
    return {
        "asked": request,
        "held": level_name(policy, request.axis, getattr(case, request.axis)),
        "wanted": level_name(policy, request.axis, request.level),
        "is_waiting": request.state == LevelRequest.State.WAITING,
        "is_taken_back": request.state == LevelRequest.State.WITHDRAWN,
        "is_accepted": request.state == LevelRequest.State.ACCEPTED,
    }


def _render_feature(person: Person, refs: Refs) -> Rendered:
    subject = _("what becomes of your wish")
    return letter("feature_decided", subject, person, refs, _feature)


def _feature(case: Case, event: CaseEvent, person: Person) -> Mapping[str, Any]:
    found = FeatureRequest.objects.select_related("release").get(pk=event.payload["feature"])
    disposition = FeatureRequest.Disposition(event.payload["disposition"])
    return {"feature": found, "disposition": disposition.label.capitalize()}
