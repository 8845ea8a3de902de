"""Somebody without an account, and what the vendor knows of the company."""

import re
from datetime import date

from django.core import mail

from accounts.actions import add_person
from accounts.models import Person
from entitlements.licences import add_licence
from entitlements.models import Licence, Registration
from entitlements.registration import Said, digest_of, prove_address, register_customer
from tests.twins import Twin

EMAIL = "nora@acme.test"
# Acme's people have addresses at acme.test, see tests/twins.py.
SAID = Said(
    name="Nora New",
    email=EMAIL,
    company_name="Acme Corp",
    licence_number="LIC-1",
    phone="+49 30 1",
    time_zone="Europe/Berlin",
)
LINK = re.compile(r"http://\S+/register/link/(\S+)/")


def license_company(twin: Twin, at, **changes) -> Licence:
    """Give the company a verified licence that runs from 2026 on."""
    facts = {
        "company": twin.company,
        "product": twin.product,
        "number": "LIC-1",
        "valid_from": date(2020, 1, 1),
        "valid_until": None,
        "by": twin.manager,
        "at": at,
    }
    return add_licence(**(facts | changes))


def link_in(letter) -> str:
    """Read the token out of a mail."""
    return LINK.search(letter.body)[1]


def ask(said: Said, at, capture) -> str:
    """Register, and give the token that came by mail."""
    with capture(execute=True):
        register_customer(said=said, at=at)
    return link_in(mail.outbox[-1])


def wait(said: Said, at, capture) -> Registration:
    """Register and prove the address, where a person has to look."""
    prove_address(digest=digest_of(ask(said, at, capture)), at=at)
    return Registration.objects.get(state=Registration.State.WAITING)


def second_manager(twin: Twin) -> Person:
    return add_person(name=f"{twin.canary}manager_2", email="m2@desk.test", role="manager")
