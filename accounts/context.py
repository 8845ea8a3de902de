"""What every page knows: whose it is."""

from django.http import HttpRequest

from accounts.places import site_url


def vendor(request: HttpRequest) -> dict[str, object]:
    """Give templates `vendor` (the tenant), `desk_time` and `vendor_url`."""
    tenant = getattr(request, "tenant", None)
    if tenant is None:
        return {}
    return {"vendor": tenant, "vendor_url": site_url(tenant), "desk_time": request.at}
