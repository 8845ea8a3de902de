"""The words of what managers are told about publishing; asked for at sending time."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from accounts.places import site_url
from accounts.zones import moment_text
from outbox.registry import Refs, Rendered, register
from sla.comparison import differences
from sla.engine.document import frozen_policy
from sla.models import PublishRequest
from sla.queries import (
    access_request,
    access_version,
    original_version,
    policy_before,
    withdrawal_of,
)

_SUBJECTS = {
    "policy_asked": gettext_lazy("%(asker)s asks to publish: your approval is needed"),
    "policy_approved": gettext_lazy("approved and published"),
    "policy_declined": gettext_lazy("declined"),
    "policy_published": gettext_lazy("published"),
    "policy_withdrawn": gettext_lazy("withdrawn"),
    "policy_cases_retargeted": gettext_lazy("new promises for open cases"),
}


def register_mail() -> None:
    """Tell the outbox about the kinds of this app."""
    register("policy_asked", _may_decide, _about_request("policy_asked"))
    for kind in ("policy_approved", "policy_declined"):
        register(kind, _is_publisher, _about_request(kind))
    for kind in ("policy_published", "policy_withdrawn"):
        register(kind, _is_publisher, _about_version(kind))
    register("policy_cases_retargeted", _is_publisher, _about_cases)


def _is_publisher(person: Person, refs: Refs) -> bool:
    return person.may("publish_policy")


def _may_decide(person: Person, refs: Refs) -> bool | str:
    if access_request(int(refs["request"])).state != PublishRequest.State.WAITING:
        return _("It is decided already.")
    return _is_publisher(person, refs)


def _about_request(kind: str) -> Callable[[Person, Refs], Rendered]:
    def render(person: Person, refs: Refs) -> Rendered:
        request = access_request(int(refs["request"]))
        before = original_version(request.compared_with_id) if request.compared_with_id else None
        path = reverse("admin:sla_policydraft_request", args=[request.pk])
        context = {
            "request": request,
            "changes": differences(before, frozen_policy(request.document)),
            "begins": _moment(request.effective_at, person) if request.effective_at else "",
        }
        asker = {"asker": request.requested_by.name}
        return _letter(kind, person, path, asker, context | asker)

    return render


def _about_version(kind: str) -> Callable[[Person, Refs], Rendered]:
    def render(person: Person, refs: Refs) -> Rendered:
        version = access_version(int(refs["version"]))
        before = policy_before(version)
        path = reverse("admin:sla_policyversion_text", args=[version.number])
        context = {
            "version": version,
            "changes": differences(
                before.original if before else None, original_version(version.pk)
            ),
            "begins": _moment(version.effective_at, person),
            "withdrawal": withdrawal_of(version),
        }
        return _letter(kind, person, path, {}, context)

    return render


def _about_cases(person: Person, refs: Refs) -> Rendered:
    version = access_version(int(refs["version"]))
    path = reverse("admin:sla_policyversion_text", args=[version.number])
    who = Person.objects.filter(pk=refs["by"]).first()
    context = {"version": version, "by": who, "is_withdrawn": version.withdrawn_at is not None}
    return _letter("policy_cases_retargeted", person, path, {}, context)


def _letter(
    kind: str, person: Person, path: str, figures: dict[str, str], context: dict[str, Any]
) -> Rendered:
    url = site_url(person.tenant, path)
    whole = {"person": person, "url": url, "vendor": person.tenant} | context
    return Rendered(
        subject=f"{_('Support policy')}: {_SUBJECTS[kind] % figures}",
        body=render_to_string(f"mail/{kind}.txt", whole),
    )


def _moment(at: datetime, person: Person) -> str:
    return moment_text(at, person.time_zone or person.tenant.time_zone)
