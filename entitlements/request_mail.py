"""The words of what people are told about requests for points and exceptions."""

from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.errors import NotFound
from accounts.models import Person
from accounts.places import site_url
from accounts.queries import whereabouts
from accounts.tenancy import desk_now
from accounts.zones import moment_text
from entitlements.drafts import draft_standing
from entitlements.models import EntitlementRequest
from entitlements.requests import ASKED, DECIDED, Kind, State, override_of
from outbox.registry import Refs, Rendered, register
from sla.errors import NoPolicy
from sla.queries import current_policy


def register_request_mail() -> None:
    """Tell the outbox about the kinds of this app that are about requests."""
    register(ASKED, _may_hear_of_question, _asked)
    register(DECIDED, _may_hear_of_answer, _decided)


def _may_hear_of_question(person: Person, refs: Refs) -> bool | str:
    request = _request(refs)
    if request.state != State.WAITING:
        return _("It is decided already.")
    if person.is_customer:
        return person.pk == request.asked_of_id and person.company_id == request.company_id
    return person.may("decide_entitlement") or person.pk == request.asked_of_id


def _may_hear_of_answer(person: Person, refs: Refs) -> bool:
    return person.pk == _request(refs).asked_by_id


def _asked(person: Person, refs: Refs) -> Rendered:
    request = _request(refs)
    if person.is_customer:
        path = reverse("portal:points" if request.kind == Kind.PACK else "portal:plan")
    elif not person.may("use_admin"):
        # Who sells and has no admin decides at the desk.
        path = reverse("desk:points_request", args=[request.pk])
    else:
        path = reverse("admin:entitlements_entitlementrequest_page", args=[request.pk])
    subject = _("%(name)s asks for %(what)s") % {
        "name": request.asked_by.name,
        "what": request.get_kind_display(),
    }
    return _letter(ASKED, person, path, subject, request)


def _decided(person: Person, refs: Refs) -> Rendered:
    request = _request(refs)
    is_granted = request.state == State.GRANTED
    path = reverse(_page_to_go_on(person, request))
    subject = _("Granted: %(what)s") if is_granted else _("Not granted: %(what)s")
    told = subject % {"what": request.get_kind_display()}
    return _letter(DECIDED, person, path, told, request, is_granted=is_granted)


def _page_to_go_on(person: Person, request: EntitlementRequest) -> str:
    """Name the page that leads back to the draft which needed this, if there is one."""
    if request.kind != Kind.PACK or draft_standing(person, desk_now()) is not None:
        return "portal:file"
    return "portal:points"


def _letter(
    kind: str,
    person: Person,
    path: str,
    subject: str,
    request: EntitlementRequest,
    **context: Any,
) -> Rendered:
    override = override_of(request)
    zone = whereabouts(company=request.company, person=request.asked_by).time_zone
    whole = {
        "person": person,
        "vendor": person.tenant,
        "url": site_url(person.tenant, path),
        "request": request,
        "is_pack": request.kind == Kind.PACK,
        "pack": _pack_name(request),
        "until": moment_text(override.good_until, zone) if override else "",
        **context,
    }
    return Rendered(subject=subject, body=render_to_string(f"mail/{kind}.txt", whole))


def _pack_name(request: EntitlementRequest) -> str:
    try:
        pack = current_policy(desk_now()).policy.pack(request.pack)
    except NoPolicy:
        pack = None
    return pack.name if pack else request.pack


def _request(refs: Refs) -> EntitlementRequest:
    people = ("company__tenant", "asked_by__site", "asked_of", "decided_by")
    found = EntitlementRequest.objects.select_related(*people).filter(pk=refs["request"]).first()
    if found is None:
        raise NotFound
    return found
