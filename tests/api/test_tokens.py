"""Tokens: who makes them, what is kept of them, and when they are good."""

from datetime import timedelta

import pytest

from accounts.errors import DomainError, NotAllowed, NotFound
from accounts.models import Person
from accounts.tenancy import tenant
from api.errors import BadSpan, NameNeeded, UnknownScope
from api.models import ApiToken
from api.tokens import digest_of, make_token, revoke_token, visible_tokens
from tests.api.programs import Program, program

SAID = {"name": "Monitoring", "scopes": ["cases:read"], "days": 30}


def test_token_is_shown_once_and_only_its_digest_is_kept(alpha, entered):
    token, secret = make_token(person_id=alpha.agent.pk, by=alpha.manager, **SAID)

    kept = " ".join(str(value) for value in ApiToken.objects.values_list().get(pk=token.pk))
    assert secret.startswith(f"{token.prefix}_") and len(secret) == 11 + 1 + 43
    assert token.digest == digest_of(secret)
    assert secret.removeprefix(token.prefix) not in kept


@pytest.mark.parametrize(
    ("by", "person", "refusal"),
    [
        ("manager", "agent", None),
        ("manager", "lead", None),
        ("manager", "manager", None),
        ("manager", "contact", NotFound),
        ("company_admin", "company_admin", None),
        ("company_admin", "contact", NotFound),
        ("company_admin", "agent", NotFound),
        *((who, who, NotAllowed) for who in ("contact", "agent", "lead", "dispatcher")),
    ],
)
def test_who_makes_tokens_for_whom(alpha, entered, by, person, refusal):
    def make():
        return make_token(person_id=getattr(alpha, person).pk, by=getattr(alpha, by), **SAID)

    if refusal is None:
        assert make()[0].made_by == getattr(alpha, by)
    else:
        with pytest.raises(refusal):
            make()


def test_nobody_acts_in_the_name_of_another_manager(alpha, entered):
    Person.objects.filter(pk=alpha.lead.pk).update(role="manager", tier=None)

    with pytest.raises(NotFound):
        make_token(person_id=alpha.lead.pk, by=alpha.manager, **SAID)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"name": " "}, NameNeeded),
        ({"name": "x" * 101}, NameNeeded),
        ({"scopes": []}, UnknownScope),
        ({"scopes": ["cases:read", "everything"]}, UnknownScope),
        ({"scopes": ["companies:write"]}, UnknownScope),  # not an agent's
        ({"days": 0}, BadSpan),
        ({"days": 367}, BadSpan),
    ],
)
def test_token_that_cannot_be(alpha, entered, change, refusal):
    with pytest.raises(refusal):
        make_token(person_id=alpha.agent.pk, by=alpha.manager, **SAID | change)


def test_admins_of_companies_see_and_revoke_the_own_companys(alpha, entered):
    own, _secret = make_token(person_id=alpha.company_admin.pk, by=alpha.company_admin, **SAID)
    desk, _secret = make_token(person_id=alpha.agent.pk, by=alpha.manager, **SAID)

    assert list(visible_tokens(alpha.company_admin)) == [own]
    assert list(visible_tokens(alpha.manager)) == [desk, own]
    with pytest.raises(NotFound):
        revoke_token(token_id=desk.pk, by=alpha.company_admin)


def refused(asking: Program) -> tuple[int, bytes, str]:
    answer = asking.ask("GET", "me/")
    return answer.status_code, answer.content, answer["WWW-Authenticate"]


def test_whatever_is_wrong_with_a_token_the_answer_is_the_same(alpha, beta):
    good = program(alpha.tenant, alpha.manager)
    seen = [refused(Program(good.client, secret, good.token)) for secret in (
        "", "sd_nonsense", f"{good.secret}x", "é" * 40, "sd_" + "x" * 5000,
        program(beta.tenant, beta.manager).secret,
    )]  # fmt: skip
    bare = good.client.get("/api/v1/me/")
    seen.append((bare.status_code, bare.content, bare["WWW-Authenticate"]))
    with tenant(alpha.tenant):
        good.client.force_login(alpha.manager)
    signed_in = good.client.get("/api/v1/me/")
    seen.append((signed_in.status_code, signed_in.content, signed_in["WWW-Authenticate"]))
    assert good.get("me/")["person"]["id"] == alpha.manager.pk
    with tenant(alpha.tenant):
        past = good.token.made_at - timedelta(days=1)
        ApiToken.objects.filter(pk=good.token.pk).update(expires_at=past)
    seen.append(refused(good))
    other = program(alpha.tenant, alpha.manager)
    with tenant(alpha.tenant):
        revoke_token(token_id=other.token.pk, by=alpha.manager)
    seen.append(refused(other))

    assert len(set(seen)) == 1
    assert seen[0][0] == 401
    assert b'"code": "not_authenticated"' in seen[0][1].replace(b'":"', b'": "')


def test_who_has_left_is_out_at_once(alpha):
    asking = program(alpha.tenant, alpha.agent)
    assert asking.get("me/")["role"] == "agent"

    with tenant(alpha.tenant):
        Person.objects.filter(pk=alpha.agent.pk).update(is_active=False)

    assert asking.ask("GET", "me/").status_code == 401


def test_role_of_today_limits_the_scopes_of_yesterday(house):
    asking = program(house.twin.tenant, house.twin.agent)
    assert asking.ask("GET", f"cases/{house.case.number}/notes/").status_code == 200

    with tenant(house.twin.tenant):
        Person.objects.filter(pk=house.twin.agent.pk).update(
            role="contact", tier=None, company=house.twin.other_company
        )

    assert asking.ask("GET", f"cases/{house.case.number}/notes/").status_code == 403
    assert asking.ask("GET", f"cases/{house.case.number}/").status_code == 404


def test_use_is_counted_and_limited_and_failures_count(alpha, settings):
    settings.API_REQUESTS_A_MINUTE = 3
    asking = program(alpha.tenant, alpha.manager)

    answers = [asking.ask("GET", page) for page in ("me/", "cases/999/", "none/", "me/", "me/")]

    told = [answer["RateLimit-Remaining"] for answer in answers]
    assert [answer.status_code for answer in answers] == [200, 404, 404, 429, 429]
    assert told == ["2", "1", "0", "0", "0"]
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
    assert answers[-1].json()["code"] == "too_many_requests"
    with tenant(alpha.tenant):
        assert ApiToken.objects.get(pk=asking.token.pk).last_used_at is not None


def test_refusals_have_codes_of_their_own():
    kinds = [*DomainError.__subclasses__()]
    ours = [kind for kind in kinds if kind.__module__ == "api.errors"]
    assert len({kind.code for kind in ours}) == len(ours) > 5
