"""Addresses of vendors. Links are built from what is stored, never from a Host header."""

from django.conf import settings

from accounts.models import Tenant


def host_of(tenant: Tenant) -> str:
    return settings.BASE_HOST if tenant.is_operators else f"{tenant.slug}.{settings.BASE_HOST}"


def site_url(tenant: Tenant, path: str = "/") -> str:
    """Write the full address of a page of a vendor (or of the operators)."""
    return f"{settings.SITE_SCHEME}://{host_of(tenant)}{settings.SITE_PORT}{path}"
