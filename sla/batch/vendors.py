"""The vendors of a run: each one's latest policy, read once."""

import re

from django.utils.translation import gettext as _

from accounts.models import SLUG, Tenant
from accounts.tenancy import tenant
from sla.batch.fields import BadLine
from sla.engine.policy import Policy
from sla.errors import NoPolicy
from sla.queries import latest_policy


class Vendors:
    """Latest published policies by slug."""

    def __init__(self) -> None:
        self._policies: dict[str, Policy | None] = {}

    def policy(self, slug: str) -> Policy:
        """Give a vendor's latest published policy. Raises BadLine: unknown_policy."""
        # Only what could be a vendor is looked up and kept.
        found = None
        if re.fullmatch(SLUG, slug):
            if slug not in self._policies:
                self._policies[slug] = self.latest(slug)
            found = self._policies[slug]
        if found is None:
            message = _("No policy is published for the vendor “%(vendor)s”.")
            raise BadLine(message % {"vendor": slug[:63]}, "unknown_policy")
        return found

    def latest(self, slug: str) -> Policy | None:
        """Read a vendor's latest published policy; None without a vendor or a policy."""
        vendor = Tenant.objects.filter(slug=slug, is_operators=False).first()
        if vendor is None:
            return None
        with tenant(vendor):
            try:
                return latest_policy().policy
            except NoPolicy:
                return None
