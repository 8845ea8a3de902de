"""Mail domains of companies: kept as they are compared, of one company, never everybody's."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.domains import (
    DomainTaken,
    FreeMailDomain,
    add_domain,
    check_domain,
    company_of_domain,
    domain_key,
    domain_of,
)
from accounts.errors import Invalid
from accounts.models import CompanyDomain
from accounts.tenancy import tenant


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("acme.test", "acme.test"),
        (" @Acme.TEST. ", "acme.test"),
        ("Müller.de", "xn--mller-kva.de"),
        ("ａｃｍｅ.test", "acme.test"),
        ("acme..test", ""),
        ("", ""),
    ],
)
def test_domain_is_written_as_it_is_compared(written, key):
    assert domain_key(written) == key


@pytest.mark.parametrize(
    ("email", "key"),
    [("ann@ACME.test", "acme.test"), ('"a@b"@acme.test', "acme.test"), ("nobody", "nobody")],
)
def test_domain_of_an_address_is_what_stands_behind_its_last_at(email, key):
    assert domain_of(email) == key


@pytest.mark.parametrize("written", ["acme", "acme test.de", "-acme.de", "", "a_b.de"])
def test_what_is_no_domain_is_refused(written):
    with pytest.raises(Invalid) as refusal:
        check_domain(written)

    assert (refusal.value.code, refusal.value.field) == ("invalid", "domain")


@pytest.mark.parametrize("written", ["gmail.com", "@GMail.com", "outlook.com", "gmx.de"])
def test_domain_of_everybody_is_no_company_s(written):
    with pytest.raises(FreeMailDomain):
        check_domain(written)


def test_domain_belongs_to_one_company(entered, alpha):
    add_domain(company=alpha.company, domain="acme.test")

    with pytest.raises(DomainTaken) as refusal:
        add_domain(company=alpha.other_company, domain="ACME.test")

    assert str(refusal.value) == "acme.test is a mail domain of cn-alpha-company already."
    assert company_of_domain("acme.test") == alpha.company


def test_domain_is_added_once_however_often_it_is_given(entered, alpha):
    added = {
        add_domain(company=alpha.company, domain=one).pk for one in ("acme.test", "@ACME.test")
    }

    assert len(added) == 1


def test_domain_is_known_at_its_own_vendor_only(alpha, beta):
    with tenant(alpha.tenant):
        add_domain(company=alpha.company, domain="acme.test")

    with tenant(beta.tenant):
        assert company_of_domain("acme.test") is None
        add_domain(company=beta.other_company, domain="acme.test")
        assert company_of_domain("acme.test") == beta.other_company


@pytest.mark.parametrize("written", ["ACME.test", "acme", "acme.test.", "@acme.test"])
def test_database_keeps_normal_domains_only(entered, alpha, written):
    with (
        pytest.raises(IntegrityError, match="company_domain_is_normal"),
        transaction.atomic(),
    ):
        CompanyDomain.objects.create(tenant=alpha.tenant, company=alpha.company, domain=written)


def post_domain(browse, twin, domain):
    client = browse(twin.tenant, twin.manager)
    page = reverse("admin:accounts_company_change", args=[twin.other_company.pk])
    form = {
        "name": twin.other_company.name,
        "sites-TOTAL_FORMS": "0",
        "sites-INITIAL_FORMS": "0",
        "domains-TOTAL_FORMS": "1",
        "domains-INITIAL_FORMS": "0",
        "domains-0-domain": domain,
        "domains-0-company": twin.other_company.pk,
    }
    return client.post(page, form)


def test_manager_gives_a_company_a_domain(browse, alpha):
    answer = post_domain(browse, alpha, "@Globex.test")

    assert answer.status_code == 302
    with tenant(alpha.tenant):
        assert company_of_domain("globex.test") == alpha.other_company


def test_manager_is_told_why_a_free_mail_domain_is_refused(browse, alpha):
    answer = post_domain(browse, alpha, "gmail.com")

    assert answer.status_code == 200
    assert "Anybody can have an address at gmail.com" in answer.content.decode()
    with tenant(alpha.tenant):
        assert company_of_domain("gmail.com") is None


def test_manager_is_told_whose_a_domain_is_already(browse, alpha):
    with tenant(alpha.tenant):
        add_domain(company=alpha.company, domain="acme.test")

    answer = post_domain(browse, alpha, "acme.test")

    assert "acme.test is a mail domain of cn-alpha-company already." in answer.content.decode()
