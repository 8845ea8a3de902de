"""What every page knows: whose it is."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.brand import face_of
from accounts.places import site_url


def vendor(request: HttpRequest) -> dict[str, object]:
    """Give templates `vendor` (the tenant), `desk_time`, `vendor_url`, `is_demo` and `brand`.

    `brand` is only read by the pages that show it.
    """
    tenant = getattr(request, "tenant", None)
    if tenant is None:
        return {}
    return {
        "vendor": tenant,
        "vendor_url": site_url(tenant),
        "desk_time": request.at,
        "is_demo": settings.DEMO,
        "brand": SimpleLazyObject(face_of),
    }
