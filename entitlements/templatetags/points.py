"""Points as people read them: signed numbers, last days, and whether a vendor sells any."""

from datetime import datetime

from django import template
from django.template import Context

from accounts.models import Company
from accounts.once import new_token
from accounts.queries import whereabouts
from entitlements.statement import last_day_text
from sla.engine.offer import Pack
from sla.errors import NoPolicy
from sla.queries import current_policy

register = template.Library()

MINUS = "\N{MINUS SIGN}"

register.simple_tag(new_token)


@register.simple_tag
def signed(points: int) -> str:
    """Write a change of points with its sign: "+50", "−10", "0"."""
    if not points:
        return "0"
    return f"{MINUS}{-points}" if points < 0 else f"+{points}"


@register.simple_tag
def last_day(ends_at: datetime, zone: str) -> str:
    """Name the last day on which points can be spent."""
    return last_day_text(ends_at, zone)


@register.simple_tag(takes_context=True)
def sells_points(context: Context) -> bool:
    """Tell whether cases cost points at this vendor now; a page that knows says `has_points`."""
    if "has_points" in context:
        return context["has_points"]
    try:
        return current_policy(context["request"].at).policy.has_points
    except NoPolicy:
        return False


@register.filter
def cases_for(pack: Pack, price: int) -> int:
    """Count the cases that a pack is enough for, at so many points each."""
    return pack.points // price


@register.filter
def zone_of_company(company: Company) -> str:
    """Name the zone by whose calendar a company's points end."""
    return whereabouts(company=company).time_zone
