"""What endpoints outside are told of points: each entry of the ledger, by ids and figures."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from entitlements.points_models import PointsEntry
from outbox.hook_models import WebhookEndpoint
from outbox.hook_registry import Occasion, Refs, register_teller
from outbox.hooks import Happened, tell_endpoints

SPENT, CREDITED = "points.spent", "points.credited"


def register_hooked() -> None:
    """Say how entries of the ledger read to endpoints."""
    register_teller((SPENT, CREDITED), tell_of_entry)


def tell_of_new_entries(entries: Iterable[PointsEntry]) -> None:
    """Queue what endpoints are told of entries that were just written."""
    moved = [entry for entry in entries if entry.points]
    happened = [
        Happened(
            kind=SPENT if entry.points < 0 else CREDITED,
            refs={"entry": entry.pk},
            key=f"points:{entry.pk}",
            is_public=False,
        )
        for entry in moved
    ]
    if happened:
        tell_endpoints(happened, at=max(entry.recorded_at for entry in moved))


def tell_of_entry(endpoint: WebhookEndpoint, kind: str, refs: Refs) -> Occasion:
    """Write what an endpoint may know of one entry."""
    entry = PointsEntry.objects.select_related("company").get(pk=refs["entry"])
    figures = {"company": entry.company.name, "points": abs(entry.points)}
    title = (
        _("%(company)s: %(points)d points taken") % figures
        if entry.points < 0
        else _("%(company)s: %(points)d points added") % figures
    )
    return Occasion(
        at=entry.occurred_at,
        data={
            "company": entry.company_id,
            "kind": entry.kind,
            "points": entry.points,
            "balance_after": entry.balance_after,
            "case_number": entry.case_number,
            "seq": entry.seq,
        },
        title=title,
        facts=[(_("Balance"), str(entry.balance_after))],
    )
