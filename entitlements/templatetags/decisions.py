"""What waits for a manager's decision about points and exceptions, for the admin's first page."""

from django import template

from entitlements.models import Correction, EntitlementRequest, MoneyRefund, Registration

register = template.Library()


@register.simple_tag
def waiting_decisions() -> dict[str, int]:
    """Count what waits for a manager, in the tenant that is entered."""
    return {
        "requests": _count(EntitlementRequest, EntitlementRequest.State.WAITING),
        "corrections": _count(Correction, Correction.State.WAITING),
        "refunds": _count(MoneyRefund, MoneyRefund.State.ASKED),
        "registrations": _count(Registration, Registration.State.WAITING),
    }


def _count(model: type, state: str) -> int:
    return model.objects.filter(state=state).count()
