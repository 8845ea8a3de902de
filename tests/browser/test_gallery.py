"""Every page that links lead to, as every role: pictures of all, and nothing that shuts out.

Takes minutes, so it is asked for: `make screenshots`. What is walked in every run is test_faces.
"""

import re

import pytest
from django.conf import settings

from accounts.actions import add_person
from accounts.places import host_of
from accounts.queries import operators_tenant
from accounts.tenancy import tenant
from supportdesk.demo.sign_ins import OPERATOR
from tests.browser.conftest import CHROMIUM
from tests.browser.gallery import walk
from tests.browser.visitor import PICTURES

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="There is no browser here."),
    pytest.mark.skipif(not PICTURES, reason="Ask for it: make screenshots"),
]

WHERE = {
    "stranger": ["/policy/", "/account/login/", "/register/", "/styleguide/"],
    "customer": ["/"],
    "agent1": ["/desk/"],
    "lead": ["/desk/"],
    "manager": ["/admin/", "/desk/"],
}


@pytest.mark.parametrize("vendor", ["metalogix", "datadynamics"])
@pytest.mark.parametrize("who", list(WHERE))
def test_every_page_of(demo, visit, who, vendor):
    host = host_of(demo(vendor))
    first = WHERE[who]

    with visit(host, face=f"all/{vendor}/{who}") as visitor:
        if who != "stranger":
            visitor.sign_in(f"{who}@demo.example", to=first[0])
        seen = look_at_all(visitor, first, settings.ROOT_URLCONF)

    assert len(seen) >= len(first)


def test_every_page_of_operators(demo, visit):
    demo("msp")
    with tenant(operators_tenant()):
        add_person(name="Otto", role="operator", email=OPERATOR, password=settings.DEMO_PASSWORD)

    with visit("localhost", face="all/operators") as operator:
        operator.sign_in(OPERATOR, to="/desk-time/")
        seen = look_at_all(operator, ["/", "/desk-time/"], settings.OPERATORS_URLCONF)

    assert "health/" in seen


def look_at_all(visitor, first: list[str], urls: str) -> list[str]:
    seen = []
    for route, path in walk(visitor.page, visitor.home, first, urls):
        seen.append(route)
        visitor.looks_well(re.sub(r"\W+", "-", path).strip("-") or "home")
    return seen
