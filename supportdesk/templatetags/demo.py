"""What only a demonstration shows on its pages."""

from django import template
from django.conf import settings

from accounts.models import Person

register = template.Library()


@register.inclusion_tag("operators/_demo_people.html")
def demo_people() -> dict[str, object]:
    """List who can sign in at the vendor that is entered; nobody outside of a demonstration."""
    if not settings.DEMO:
        return {"people": []}
    people = Person.objects.filter(is_active=True).exclude(email="").select_related("company")
    return {
        "people": people.order_by("company__name", "role", "tier", "id"),
        "password": settings.DEMO_PASSWORD,
    }
