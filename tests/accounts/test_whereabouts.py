"""The zone chain: site, contact, company, vendor (MX-08, SC-06, DD-25)."""

import pytest

from accounts.queries import Whereabouts, whereabouts

SITE, CONTACT, COMPANY, VENDOR = (
    "America/New_York",
    "Asia/Kolkata",
    "Europe/Berlin",
    "Europe/Paris",
)


@pytest.mark.parametrize(
    ("site", "contact", "company", "time_zone", "source"),
    [
        (SITE, CONTACT, COMPANY, SITE, "site"),
        (SITE, "", "", SITE, "site"),
        ("", CONTACT, COMPANY, CONTACT, "contact"),
        (None, CONTACT, COMPANY, CONTACT, "contact"),
        ("", "", COMPANY, COMPANY, "company"),
        (None, "", COMPANY, COMPANY, "company"),
        ("", "", "", VENDOR, "vendor"),
        (None, "", "", VENDOR, "vendor"),
    ],
)
def test_zone_is_the_nearest_one_known(entered, alpha, site, contact, company, time_zone, source):
    alpha.site.time_zone = site or ""
    alpha.contact.time_zone = contact
    alpha.company.time_zone = company

    found = whereabouts(
        company=alpha.company, person=alpha.contact, site=None if site is None else alpha.site
    )

    assert (found.time_zone, found.time_zone_source) == (time_zone, source)
    assert found.falls_through is (source == "vendor")


@pytest.mark.parametrize(
    ("of_site", "of_company", "found"),
    [
        (("US", "MA"), ("DE", "BY"), ("US", "MA")),
        (("US", ""), ("DE", "BY"), ("US", "BY")),
        (("", "MA"), ("DE", ""), ("DE", "MA")),
        (("", ""), ("", ""), ("", "")),
    ],
)
def test_country_and_region_are_the_sites_else_the_companys(
    entered, alpha, of_site, of_company, found
):
    alpha.site.country, alpha.site.region = of_site
    alpha.company.country, alpha.company.region = of_company

    where = whereabouts(company=alpha.company, site=alpha.site)

    assert (where.country, where.region) == found


def test_persons_own_site_counts_unless_another_is_given(entered, alpha):
    assert whereabouts(company=alpha.company, person=alpha.caller) == Whereabouts(
        time_zone=SITE, time_zone_source="site", country="US", region=""
    )
    assert whereabouts(company=alpha.company).time_zone_source == "company"
