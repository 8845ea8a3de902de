"""What the desk changes of a case by one request: each part by the action that is there for it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from accounts.errors import NotAllowed
from accounts.models import Person
from api.errors import NoSuchProduct
from entitlements.models import Product, Release
from tickets.actions.renaming import rename_case
from tickets.actions.sorting import Sorting
from tickets.actions.tagging import add_tag, remove_tag
from tickets.actions.triage import (
    assign_case,
    change_priority,
    change_severity,
    change_type,
    schedule_case,
    triage_case,
)
from tickets.errors import NothingChanges
from tickets.models import Case
from tickets.tags import tag_name, tags_of

LEVELS: Mapping[str, Callable[..., Case]] = {
    "severity": change_severity,
    "priority": change_priority,
    "case_type": change_type,
}
SORTED = ("environment", "affected", "has_workaround", "estimate_at", "is_restricted")


def change_case(case: Case, wanted: Mapping[str, Any], *, by: Person, at: datetime) -> None:
    """Do all that is wanted of a case, in the transaction that is open.

    One level or the type alone is a change of it; with more, or with anything that a review says,
    it is a review. What already is as wanted is left alone. Raises NotAllowed, NoSuchProduct, and
    what the actions raise; NothingChanges where nothing was named.
    """
    if not by.may("use_desk"):
        raise NotAllowed
    if not set(wanted) - {"reason"}:
        raise NothingChanges
    who: dict[str, Any] = {"case_id": case.pk, "by": by, "at": at}
    if wanted.get("subject", case.subject) != case.subject:
        rename_case(subject=wanted["subject"], **who)
    _sort(case, wanted, who)
    if wanted.get("scheduled_for", case.scheduled_for) != case.scheduled_for:
        schedule_case(scheduled_for=wanted["scheduled_for"], **who)
    if "owner" in wanted:
        _assign(case, wanted["owner"], who)
    if "tags" in wanted:
        _tag(case, wanted["tags"], by)


def _sort(case: Case, wanted: Mapping[str, Any], who: Mapping[str, Any]) -> None:
    reason = wanted.get("reason", "")
    levels = {
        axis: wanted[axis]
        for axis in LEVELS
        if axis in wanted and wanted[axis] != getattr(case, axis)
    }
    sorting = _sorting(case, wanted)
    if sorting is None and len(levels) == 1:
        ((axis, code),) = levels.items()
        LEVELS[axis](**{axis: code}, reason=reason, **who)
    elif sorting is not None or levels:
        triage_case(**levels, sorting=sorting, reason=reason, **who)


def _sorting(case: Case, wanted: Mapping[str, Any]) -> Sorting | None:
    changed = {
        name: wanted[name]
        for name in SORTED
        if name in wanted and wanted[name] != getattr(case, name)
    }
    if "team" in wanted and wanted["team"] != case.team_id:
        changed["team_id"] = wanted["team"]
    product = case.product
    if "product" in wanted and (product is None or wanted["product"] != product.code):
        product = Product.objects.filter(code=wanted["product"]).first()
        if product is None:
            raise NoSuchProduct(field="product")
        changed["product_id"] = product.pk
    if "release" in wanted:
        changed["release_id"] = _release(wanted["release"], product)
    return Sorting(**changed) if changed else None


def _release(version: str, product: Product | None) -> int:
    found = Release.objects.filter(product=product, version=version).first() if product else None
    if found is None:
        raise NoSuchProduct(field="release")
    return found.pk


def _assign(case: Case, owner_id: int | None, who: Mapping[str, Any]) -> None:
    # A review that brought another team has let the owner go.
    now = Case.objects.values_list("owner_id", flat=True).get(pk=case.pk)
    if owner_id != now:
        assign_case(owner_id=owner_id, **who)


def _tag(case: Case, names: Sequence[str], by: Person) -> None:
    if not by.may("tag_cases"):
        raise NotAllowed
    wanted = {tag_name(name) for name in names}
    for tag in tags_of(case):
        if tag.name not in wanted:
            remove_tag(case_id=case.pk, tag_id=tag.pk, by=by)
        wanted.discard(tag.name)
    for name in sorted(wanted):
        add_tag(case_id=case.pk, name=name, by=by)
