"""The support policy in the admin: edit the working copy, compare it, publish it.

Pages of forms over the one working copy of the vendor; what they change goes through `sla.actions`.
They work without JavaScript and show no internal id.
"""

from django.contrib.admin.sites import AdminSite

from sla.models import PolicyDraft, PolicyVersion
from sla.policy_admin.draft import PolicyDraftAdmin
from sla.policy_admin.versions import PolicyVersionAdmin


def register(site: AdminSite) -> None:
    """Put the policy into an admin site."""
    site.register(PolicyDraft, PolicyDraftAdmin)
    site.register(PolicyVersion, PolicyVersionAdmin)
