"""Whether the page for signing in may lead to the one for registering."""

from django import template

from entitlements import registration

register = template.Library()


@register.simple_tag(takes_context=True)
def registration_is_open(context: template.Context) -> bool:
    """Tell whether strangers may ask for an account at the vendor of this page (DD-17)."""
    request = context["request"]
    return not request.tenant.is_operators and registration.registering(request.at).open
