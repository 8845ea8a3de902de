"""Opening a case for a program, and weighing one: a wish is made of what was said."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import Company, Person
from accounts.queries import access_company, access_person
from api.errors import (
    AvailabilityNeeded,
    ContactNeeded,
    CostNotAccepted,
    ForTheDesk,
    NoSuchProduct,
)
from api.reading import access_case
from entitlements.models import Product, Release
from tickets.actions.attaching import FILING, must_be_whole, send_uploads
from tickets.actions.following import follow_case
from tickets.actions.opening import open_case
from tickets.filing import Wish, levels_of, weigh
from tickets.models import Case

# Programs of customers file as their people do who sign in.
BY_THE_PORTAL = "portal"
AS_SAID = (
    "case_type",
    "severity",
    "priority",
    "scheduled_for",
    "keep_informed",
    "environment",
    "affected",
    "has_workaround",
    "workaround",
    "takes_offer",
    "is_security",
)


@transaction.atomic
def open_wished(heard: Mapping[str, Any], *, by: Person, at: datetime) -> Case:
    """Open the case that was asked for, with the files that were uploaded for it.

    It costs what was accepted, or is not opened. Raises ContactNeeded, ForTheDesk, NoSuchProduct,
    AvailabilityNeeded, CostNotAccepted, NotFound, FileNotComplete, and what `open_case` raises.
    """
    wish = wish_of(heard, by)
    must_be_whole(draft=FILING, case=None, by=by)
    _check_availability(wish, heard.get("availability", ""), by=by, at=at)
    send = follow_case if wish.origin else open_case
    case = send(
        wish=wish,
        subject=heard["subject"],
        body=heard["body"],
        availability=heard.get("availability", ""),
        by=by,
        at=at,
    )
    opened = case.events.get(seq=1)
    points = opened.payload.get("points", 0)
    # Asked of the opening itself: what it would have cost a moment before is another question.
    if points and points != heard.get("accept_points"):
        raise CostNotAccepted(field="accept_points", points=points)
    send_uploads(case=case, event=opened, draft=FILING, by=by)
    return case


def wish_of(heard: Mapping[str, Any], by: Person) -> Wish:
    """Make a wish of what was said. Raises ContactNeeded, ForTheDesk, NoSuchProduct, NotFound."""
    contact = _contact(heard, by)
    product = _product(heard.get("product"))
    origin = access_case(by, heard["follows"]) if heard.get("follows") else None
    said = {name: heard[name] for name in AS_SAID if name in heard}
    return Wish(
        company=_company(heard, contact, by),
        contact=contact,
        channel=_channel(heard, by),
        product=product,
        release=_release(heard.get("release"), product),
        origin=origin,
        origin_kind=Case.Origin.FOLLOW_UP if origin else "",
        **said,
    )


def _contact(heard: Mapping[str, Any], by: Person) -> Person:
    if "contact" in heard:
        found = access_person(by, heard["contact"])
        if not found.is_customer:
            raise ContactNeeded(field="contact")
        return found
    if not by.is_customer:
        raise ContactNeeded(field="contact")
    return by


def _company(heard: Mapping[str, Any], contact: Person, by: Person) -> Company:
    if "company" in heard:
        return access_company(by, heard["company"])
    assert contact.company is not None
    return contact.company


def _channel(heard: Mapping[str, Any], by: Person) -> str:
    if by.is_customer and heard.get("channel", BY_THE_PORTAL) != BY_THE_PORTAL:
        raise ForTheDesk(field="channel")
    return heard.get("channel", BY_THE_PORTAL)


def _product(code: str | None) -> Product | None:
    if code is None:
        return None
    found = Product.objects.filter(code=code).first()
    if found is None:
        raise NoSuchProduct(field="product")
    return found


def _release(version: str | None, product: Product | None) -> Release | None:
    if version is None:
        return None
    found = Release.objects.filter(product=product, version=version).first() if product else None
    if found is None:
        raise NoSuchProduct(field="release")
    return found


def _check_availability(wish: Wish, said: str, *, by: Person, at: datetime) -> None:
    """Ask who can be reached where a level asks for it (DD-10), as the form does."""
    if said.strip():
        return
    weighed = weigh(wish, by=by, at=at)
    asking = (
        level.availability_required for level in levels_of(weighed.published.policy, weighed.facts)
    )
    if not weighed.refusals and any(asking):
        raise AvailabilityNeeded(field="availability")
