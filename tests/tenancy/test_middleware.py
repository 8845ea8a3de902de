"""From a host name to a tenant, and a request as one transaction, rendering included."""

import pytest
from django.db import connection
from django.test import Client
from django.utils import translation

from accounts.models import Company, Site
from accounts.places import site_url
from accounts.tenancy import TenancyError, current_tenant_id, stream_in_tenant, tenant


@pytest.fixture(autouse=True)
def pages(settings):
    settings.ROOT_URLCONF = settings.OPERATORS_URLCONF = "tests.tenancy.pages"
    settings.DEMO = True


@pytest.fixture
def visit():
    """Ask for a path with a literal Host header."""
    client = Client(raise_request_exception=False)
    return lambda host, path, **more: client.get(path, headers={"host": host, **more})


def names(vendor):
    with tenant(vendor):
        return list(Company.objects.order_by("name").values_list("name", flat=True))


@pytest.mark.parametrize(
    "host", ["alpha.localhost", "alpha.localhost:8000", "ALPHA.localhost:81", "alpha.localhost."]
)
def test_host_names_the_vendor(alpha, visit, host):
    response = visit(host, "/moment/")

    assert response.content.decode().endswith(f" {alpha.tenant.pk}")


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000"])
def test_bare_host_is_the_operators(operators, visit, host):
    response = visit(host, "/moment/")

    assert response.content.decode().endswith(f" {operators.pk}")


def test_address_of_this_machine_is_nobodys_outside_of_a_demonstration(operators, visit, settings):
    settings.DEMO = False

    assert visit("127.0.0.1", "/moment/").status_code == 404


def test_operators_have_pages_of_their_own(operators, alpha, visit, settings):
    settings.OPERATORS_URLCONF = "supportdesk.operators.urls"

    assert visit("localhost", "/moment/").status_code == 404
    assert visit("alpha.localhost", "/moment/").status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "gamma.localhost",
        "operators.localhost",
        "www.alpha.localhost",
        "alpha.localhost.evil.test",
        "alpha",
        "alpha.",
        ".localhost",
        "evil.test",
        "alpha_beta.localhost",
        "al pha.localhost",
        "[::1]",
        "10.0.0.1",
        "alpha.localhost:x",
        "%00.localhost",
    ],
)
def test_unknown_host_is_told_so_and_what_to_do(alpha, visit, host):
    response = visit(host, "/moment/")
    text = response.content.decode()

    assert response.status_code == 404
    assert "No vendor at this address" in text
    assert 'href="http://localhost:8000/"' in text
    assert "alpha" not in text


def test_unknown_host_is_told_whatever_it_asks_for(alpha, visit):
    assert visit("gamma.localhost", "/no/such/page/").status_code == 404
    assert "No vendor" in visit("gamma.localhost", "/admin/").content.decode()


def test_page_is_rendered_inside(alpha, visit):
    response = visit("alpha.localhost", "/lazy/")

    assert response.content.decode() == "alpha:cn-alpha-company,cn-alpha-other_company,"


@pytest.mark.parametrize("status", [200, 302, 403, 404, 409, 499])
def test_answer_below_500_keeps_what_was_written(alpha, visit, status):
    visit("alpha.localhost", f"/answer/{status}/")

    assert f"answered {status}" in names(alpha.tenant)


@pytest.mark.parametrize("path", ["/answer/500/", "/answer/503/", "/fail/"])
def test_answer_of_500_or_above_keeps_nothing(alpha, visit, path):
    response = visit("alpha.localhost", path)

    assert response.status_code >= 500
    assert names(alpha.tenant) == ["cn-alpha-company", "cn-alpha-other_company"]


def test_request_knows_the_moment(alpha, visit):
    with tenant(alpha.tenant) as at:
        expected = at.isoformat()

    assert visit("alpha.localhost", "/moment/").content.decode().startswith(expected)


def test_static_files_need_no_tenant_and_no_database(visit):
    # No `db` fixture: a query would fail the test.
    response = visit("gamma.localhost", "/static/admin/css/base.css")

    assert response.status_code == 200


def test_links_are_built_from_what_is_stored(alpha, operators):
    assert site_url(alpha.tenant, "/cases/1/") == "http://alpha.localhost:8000/cases/1/"
    assert site_url(operators) == "http://localhost:8000/"


@pytest.mark.django_db(transaction=True)
def test_committed_requests_keep_to_the_rule_of_500(alpha, visit):
    for path in ("/answer/200/", "/answer/500/", "/fail/"):
        visit("alpha.localhost", path)

    assert names(alpha.tenant) == ["answered 200", "cn-alpha-company", "cn-alpha-other_company"]


@pytest.mark.django_db(transaction=True)
def test_what_the_commit_refuses_is_an_error_and_not_a_success(alpha, beta, visit):
    response = visit("alpha.localhost", f"/astray/?company={beta.company.pk}")

    with tenant(alpha.tenant):
        assert Site.objects.count() == 1
    assert response.status_code == 500


@pytest.mark.django_db(transaction=True)
def test_stream_speaks_the_language_of_its_request(alpha):
    with translation.override("de"):
        chunks = stream_in_tenant(alpha.tenant, lambda: iter([translation.get_language()]))

    assert (list(chunks), translation.get_language()) == (["de"], "en")


@pytest.mark.django_db(transaction=True)
def test_stream_that_nobody_reads_to_the_end_leaves_the_tenant(alpha):
    with tenant(alpha.tenant):
        companies = Company.objects.order_by("name")
    chunks = stream_in_tenant(alpha.tenant, companies.iterator)

    first = next(chunks)
    chunks.close()

    assert first == alpha.company
    assert not connection.in_atomic_block
    with pytest.raises(TenancyError):
        current_tenant_id()


@pytest.mark.django_db(transaction=True)
def test_stream_enters_again_and_without_that_sees_nothing(alpha, visit):
    protected = visit("alpha.localhost", "/streamed/")
    unprotected = visit("alpha.localhost", "/streamed-unprotected/")

    assert protected.getvalue() == b"cn-alpha-company,cn-alpha-other_company,"
    assert unprotected.getvalue() == b""


@pytest.mark.django_db(transaction=True)
def test_database_lost_in_the_middle_is_told_and_nothing_is_half_written(alpha, visit):
    response = visit("alpha.localhost", "/lose/")
    connection.close()

    assert response.status_code == 503
    assert response["Retry-After"] == "10"
    assert "Nothing was written by halves" in response.content.decode()
    assert names(alpha.tenant) == ["cn-alpha-company", "cn-alpha-other_company"]


@pytest.mark.django_db(transaction=True)
def test_database_gone_is_told_on_every_page_until_it_is_back(alpha, visit, monkeypatch):
    connection.close()
    with monkeypatch.context() as patch:
        patch.setitem(connection.settings_dict["OPTIONS"], "host", "/nowhere")
        patch.setitem(connection.settings_dict, "HOST", "")
        gone = [visit(host, "/moment/").status_code for host in ("alpha.localhost", "localhost")]

    back = visit("alpha.localhost", "/moment/")

    assert gone == [503, 503]
    assert back.status_code == 200
