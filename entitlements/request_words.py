"""Requests and exceptions in words: what the gate said no to, and what was asked for."""

from django.utils.translation import gettext_lazy as _

from entitlements.models import EntitlementRequest
from sla.engine.policy import Policy

CODE_NAMES = {
    "no_contract": _("no contract that runs"),
    "product_outside_contract": _("a product that the contract does not cover"),
    "edition_not_open": _("an edition that this is not open to"),
    "channel_not_entitled": _("a way to report that the plan does not have"),
    "licence_missing": _("no licence for the product"),
    "licence_unverified": _("a licence that nobody has verified yet"),
    "licence_expired": _("a licence that has expired"),
    "release_needed": _("no release was named"),
    "release_unsupported": _("a release that is supported no more"),
    "case_limit_reached": _("the number of cases of the plan is used up"),
    "points_short": _("not enough points: the case would cost nothing"),
}


def codes_of(policy: Policy | None) -> list[str]:
    """List the refusals that can be met under a policy; all of them where there is none."""
    if policy is None:
        return list(CODE_NAMES)
    needed = {
        "edition_not_open": any(plan.editions is not None for plan in policy.plans),
        "licence_missing": policy.licence.required,
        "licence_unverified": policy.licence.required,
        "licence_expired": policy.licence.required,
        "case_limit_reached": any(plan.case_limit is not None for plan in policy.plans),
        "points_short": policy.has_points,
    }
    return [code for code in CODE_NAMES if needed.get(code, True)]


def code_names(codes: str) -> list[str]:
    """Name each of the comma-separated codes of refusals, as what an exception is from."""
    return [str(CODE_NAMES.get(code, code)) for code in codes.split(",") if code]


def request_text(request: EntitlementRequest, policy: Policy | None) -> str:
    """Name what was asked for: the pack, or the subject of the case that was refused."""
    if request.kind == EntitlementRequest.Kind.PACK:
        pack = policy.pack(request.pack) if policy else None
        return pack.name if pack else request.pack
    return request.subject or str(request.get_kind_display())


def channel_text(request: EntitlementRequest, policy: Policy | None) -> str:
    """Name the way in which the case was to be reported; "" where none is known."""
    channels = policy.channels if policy else ()
    names = (channel.name for channel in channels if channel.code == request.channel)
    return next(names, request.channel)
