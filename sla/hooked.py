"""What endpoints outside are told of the policy: each version that is published."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.zones import moment_text
from outbox.hook_models import WebhookEndpoint
from outbox.hook_registry import Occasion, Refs, register_teller
from outbox.hooks import Happened, tell_endpoints
from sla.models import PolicyVersion
from sla.registry import register_publish_listener

PUBLISHED = "policy.published"


def register_hooked() -> None:
    """Say how versions read to endpoints, and have each of them told."""
    register_teller((PUBLISHED,), tell_of_version)
    register_publish_listener("webhooks", _tell)


def tell_of_version(endpoint: WebhookEndpoint, kind: str, refs: Refs) -> Occasion:
    """Write what an endpoint may know of a version; its texts are read from the API."""
    version = PolicyVersion.objects.get(pk=refs["version"])
    zone = endpoint.tenant.time_zone
    return Occasion(
        at=version.published_at,
        data={
            "number": version.number,
            "checksum": version.checksum,
            "effective_at": version.effective_at.isoformat(),
            "published_at": version.published_at.isoformat(),
        },
        title=_("Version %(number)d of the support policy is published")
        % {"number": version.number},
        facts=[(_("In effect from"), moment_text(version.effective_at, zone))],
    )


def _tell(version: PolicyVersion, open_cases: str, by: Person | None, at: datetime) -> None:
    told = Happened(PUBLISHED, {"version": version.pk}, f"policy:{version.pk}")
    tell_endpoints([told], at=at)
