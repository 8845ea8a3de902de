"""Filling in the pages of a case for a caller."""

from django.urls import reverse

from accounts.tenancy import tenant
from tickets.models import Case


def facts(desk, **changes):
    return {"contact": desk.twin.contact.pk, "channel": "phone", "occurred_at": ""} | changes


def address(desk, company=None, **changes):
    page = reverse("desk:caller_case", args=[(company or desk.twin.company).pk])
    query = "&".join(f"{name}={value}" for name, value in facts(desk, **changes).items())
    return f"{page}?{query}"


def case_page(desk, **changes):
    return desk.client().get(address(desk, **changes))


def words(**changes):
    said = {"subject": "Mail stands still", "body": "Since this morning.", "availability": ""}
    return {"token": "t1", "severity": "3"} | said | changes


def open_case(desk, sent=None, **changes):
    return desk.client().post(address(desk, **(sent or {})), words(**changes))


def press_twice(desk, sent=None, **changes):
    """Press the button, read what is to be read first, and press it again."""
    told = open_case(desk, sent, **changes).context["form"]["told"].value()
    return open_case(desk, sent, **changes | {"told": told})


def the_case(desk):
    with tenant(desk.twin.tenant):
        return Case.objects.select_related("contact", "company", "product", "site").get()


def cases(desk):
    with tenant(desk.twin.tenant):
        return list(Case.objects.values_list("number", flat=True))
