"""Every address, as everybody: open to whom the table says, and blind to the other vendor.

What another vendor has looks exactly like what nobody has: the same status, the same page, and no
row anywhere is changed by asking.
"""

import re
from collections.abc import Iterator, Mapping

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts import roles
from accounts.actions import add_person
from accounts.models import Person, Tenant
from accounts.tenancy import tenant
from tests.access.conftest import FIXED, deliver
from tests.access.urls import ACTS, AT_THE_DESK, OPERATORS, VENDOR, Url, address, routes

AGENTS = ("agent", "agent_3")
STAFF = (*AGENTS, "lead", "manager", "dispatcher", "account_manager")
CUSTOMERS = ("contact", "colleague", "company_admin", "stranger")
EVERYBODY = (*CUSTOMERS, *STAFF, "anonymous")
OTHER_CUSTOMERS = ("colleague", "stranger")
# Who together get into every address; the others into parts of the same.
WIDEST = ("contact", "company_admin", "lead", "manager", "account_manager", "anonymous")
# A page, a form with something missing, a wrong method, a state of the case: it is open.
OPEN = {200, 302, 400, 405, 409, 422}
# A wrong method is told to anybody.
# A session is no token of the interface.
SHUT = {401, 403, 404, 405}

CSRF = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
WORDS = {
    f"{act}-{name}": value
    for act in ACTS
    for name, value in {
        "body": "Words.",
        "note": "Words.",
        "reason": "Words.",
        "caller": "customer",
    }.items()
} | {"body": "Words.", "reason": "Words.", "post": "yes"}


def sign_in(browse, twin, who: str) -> Client:
    return browse(twin.tenant, None if who == "anonymous" else getattr(twin, who))


def role_of(who: str) -> str:
    if who in AGENTS:
        return roles.AGENT
    return roles.CONTACT if who in ("contact", "colleague", "stranger") else who


def seen(answer: HttpResponse, values: Mapping[str, object]) -> tuple[int, str, str]:
    """Give what a browser gets, without what was asked for and what differs at every asking."""
    keys = re.compile("/({})/".format("|".join(re.escape(str(value)) for value in values.values())))
    body = CSRF.sub("", answer.getvalue().decode(errors="replace"))
    body = body.replace(answer.wsgi_request.path, "/KEY/")
    return (
        answer.status_code,
        keys.sub("/KEY/", answer.headers.get("Location", "")),
        keys.sub("/KEY/", body),
    )


def is_sent_away(answer: HttpResponse) -> bool:
    """Tell whether one is sent to sign in, or to where one's own work is."""
    location = answer.headers.get("Location", "")
    return location.startswith("/account/login/?next=") or location in ("/desk/", "/")


def is_open_to(url: Url, who: str, route: str) -> bool:
    if route.startswith(("cases/<", "attachments/")) and who in OTHER_CUSTOMERS:
        return False  # it is the contact's case
    return role_of(who) in url.open_to


def fits(answer: HttpResponse, is_open: bool) -> bool:
    if is_open:
        asked_to_sign_in = answer.headers.get("Location", "").startswith("/account/login/?next=")
        return answer.status_code in OPEN and not asked_to_sign_in
    return answer.status_code in SHUT or is_sent_away(answer)


def asked(
    client: Client, table: dict[str, Url], values: dict, who: str
) -> Iterator[tuple[bool, HttpResponse]]:
    """Get every address, post to those that are shut; yield whether each is to be open."""
    for route, url in table.items():
        path, is_open = address(route, values.get(url.names, {})), is_open_to(url, who, route)
        yield is_open, client.get(path)
        if not is_open:
            yield is_open, client.post(path, WORDS)


def within_reach(who: str) -> dict[str, Url]:
    """Give the addresses that a role gets into at all; to nobody's name, all of them."""
    if who == "anonymous":
        return VENDOR
    return {route: url for route, url in VENDOR.items() if role_of(who) in url.open_to}


def misfits(answers: list[tuple[bool, HttpResponse]]) -> list[tuple]:
    """List the addresses that are open against the table, or shut."""
    return [
        (answer.wsgi_request.path, answer.status_code, answer.headers.get("Location"))
        for is_open, answer in answers
        if not fits(answer, is_open)
    ]


def differences(
    client: Client, table: dict[str, Url], these: dict, those: dict, only: str = ""
) -> list[str]:
    """List the addresses that answer otherwise for one object than for the other."""
    different = []
    for route, url in table.items():
        if not url.names or url.names in FIXED or only not in ("", url.names):
            continue
        pages = [
            [seen(ask(client, address(route, values)), values) for ask in (get, post)]
            for values in (these[url.names], those[url.names])
        ]
        if pages[0] != pages[1]:
            different.append(f"{route}: {[[page[:2] for page in pair] for pair in pages]}")
    return different


def get(client: Client, path: str) -> HttpResponse:
    client.cookies.pop("messages", None)  # of an earlier asking
    return client.get(path)


def post(client: Client, path: str) -> HttpResponse:
    client.cookies.pop("messages", None)
    return client.post(path, WORDS)


@pytest.mark.parametrize(
    ("conf", "table"),
    [("supportdesk.urls", VENDOR), ("supportdesk.operators.urls", OPERATORS)],
    ids=["vendor", "operators"],
)
def test_every_address_is_on_the_table(conf, table):
    assert sorted(routes(conf)) == sorted(table)


@pytest.mark.parametrize("who", EVERYBODY)
def test_address_is_open_to_whom_the_table_says_and_asking_changes_nothing(world, browse, who):
    client = sign_in(browse, world.alpha, who)
    before = world.rows()

    answers = list(asked(client, VENDOR, world.own, who))

    assert misfits(answers) == []
    assert [
        answer.wsgi_request.path
        for _is_open, answer in answers
        if world.beta.canary.encode() in answer.getvalue()
    ] == []
    assert world.rows() == before


def test_the_widest_get_into_every_address_between_them():
    assert {route for who in WIDEST[:-1] for route in within_reach(who)} == {
        route for route, url in VENDOR.items() if url.open_to & roles.ROLES
    }


@pytest.mark.parametrize("who", WIDEST)
def test_what_another_vendor_has_is_as_if_there_were_none(world, browse, who):
    client = sign_in(browse, world.alpha, who)
    before = world.rows()

    assert differences(client, within_reach(who), world.foreign, world.missing) == []
    assert world.rows() == before


def test_comparison_tells_what_is_there_from_what_is_not(world, browse):
    client = sign_in(browse, world.alpha, "agent")
    some = [route for route in AT_THE_DESK if "<int:number>" in route][:6]

    different = differences(
        client, {route: VENDOR[route] for route in some}, world.own, world.missing, only="case"
    )

    assert len(different) == len(some) == 6


@pytest.mark.parametrize("who", OTHER_CUSTOMERS)
def test_case_of_somebody_else_is_as_if_there_were_none(world, browse, who):
    client = sign_in(browse, world.alpha, who)
    before = world.rows()

    assert differences(client, VENDOR, world.own, world.missing, only="case") == []
    assert world.rows() == before


@pytest.mark.parametrize("who", [roles.OPERATOR, "anonymous"])
def test_operators_pages_are_open_to_operators(world, operators, browse, who):
    client = browse(operators, operator_of(operators) if who == roles.OPERATOR else None)
    own = world.own | {"mail": {"mail_id": deliver(operators).pk}}
    before = world.rows()

    answers = list(asked(client, OPERATORS, own, who))

    assert misfits(answers) == []
    assert world.rows() == before


def test_operator_sees_nothing_of_a_vendor_by_its_key(world, operators, browse):
    client = browse(operators, operator_of(operators))

    assert differences(client, OPERATORS, world.foreign, world.missing) == []


@pytest.mark.parametrize("who", ["manager", "agent", "contact"])
def test_session_of_one_vendor_is_none_at_another(world, browse, who):
    client = sign_in(browse, world.alpha, who)
    stranger = browse(world.beta.tenant)
    stranger.cookies = client.cookies

    answers = list(asked(stranger, VENDOR, world.foreign, "anonymous"))

    assert misfits(answers) == []


def operator_of(operators: Tenant) -> Person:
    with tenant(operators):
        return add_person(name="Otto Operator", role="operator", email="otto@operators.test")
