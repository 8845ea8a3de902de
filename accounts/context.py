"""What every page knows: whose it is."""

from django.conf import settings
from django.http import HttpRequest

from accounts.places import site_url


def vendor(request: HttpRequest) -> dict[str, object]:
    """Give templates `vendor` (the tenant), `desk_time`, `vendor_url` and `is_demo`."""
    tenant = getattr(request, "tenant", None)
    if tenant is None:
        return {}
    return {
        "vendor": tenant,
        "vendor_url": site_url(tenant),
        "desk_time": request.at,
        "is_demo": settings.DEMO,
    }
