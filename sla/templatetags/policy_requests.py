"""What waits for a second manager, for pages of the admin that are not the policy's own."""

from django import template

from sla import queries
from sla.models import PublishRequest

register = template.Library()


@register.simple_tag
def waiting_request() -> PublishRequest | None:
    """Find what waits for approval, in the tenant that is entered."""
    return queries.waiting_request()
