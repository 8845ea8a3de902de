"""The pages about the interface: its description, and the tokens of managers and admins."""

from html import unescape

import pytest

from accounts.change_models import Change
from accounts.tenancy import tenant
from api.models import ApiToken
from tests.api.programs import Program

SAID = {"name": "Monitoring", "scopes": ["cases:read", "policy:read"], "days": "90"}


def secret_in(page: str) -> str:
    return page.split('class="secret"><code>')[1].split("<")[0]


def test_description_needs_no_other_host_and_no_script(alpha, browse):
    page = browse(alpha.tenant).get("/api/")

    text = unescape(page.content.decode())
    assert page.status_code == 200
    assert 'href="#cases"' in text and 'id="cases_reply"' in text and 'id="object-Case"' in text
    assert 'curl -X POST "http://alpha.localhost:8000/api/v1/cases/1042/replies/"' in text
    assert "<script" not in text and "https://" not in text.replace("https://metalogix.exam", "")
    assert text.count("<details") > 60


@pytest.mark.parametrize(
    ("who", "address", "person"),
    [("manager", "/admin/api-tokens/", "agent"), ("company_admin", "/api/tokens/", None)],
)
def test_token_is_made_shown_once_used_and_revoked(alpha, browse, who, address, person):
    browser = browse(alpha.tenant, getattr(alpha, who))
    acting = getattr(alpha, person or who)
    once = browser.get(address).content.decode().split('name="once" value="')[1].split('"')[0]
    said = SAID | {"once": once} | ({"person": acting.pk} if person else {})

    made = browser.post(address, said)
    pressed_again = browser.post(address, said)
    listed = browser.get(address).content.decode()

    secret = secret_in(made.content.decode())
    assert "no-store" in made["Cache-Control"]
    assert secret not in listed and "sd_" in listed and "Monitoring" in listed
    assert 'class="secret"' not in pressed_again.content.decode()
    with tenant(alpha.tenant):
        token = ApiToken.objects.get()
        assert Change.objects.get(model="api.apitoken").by == getattr(alpha, who)
    asking = Program(browse(alpha.tenant), secret, token)
    assert asking.get("me/")["person"]["id"] == acting.pk
    assert asking.ask("GET", "companies/").status_code == 403
    browser.post(f"{address}{token.pk}/revoke/")
    assert asking.ask("GET", "me/").status_code == 401


def test_scope_that_the_person_cannot_have_is_refused_at_its_field(alpha, browse):
    browser = browse(alpha.tenant, alpha.manager)
    said = SAID | {"person": alpha.agent.pk, "scopes": ["companies:write"], "days": "30"}

    page = browser.post("/admin/api-tokens/", said)

    assert page.status_code == 422
    assert "this person&#x27;s role can have" in page.content.decode()
    assert page.context["form"].errors.keys() == {"scopes"}


@pytest.mark.parametrize("who", ["contact", "agent", "manager", "lead"])
def test_page_of_admins_is_nobody_elses(alpha, browse, who):
    assert browse(alpha.tenant, getattr(alpha, who)).get("/api/tokens/").status_code == 403
