"""Pages and addresses that the middleware's tests ask for."""

from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template import engines
from django.template.response import TemplateResponse
from django.urls import include, path

from accounts.models import Company, Site
from accounts.tenancy import current_tenant_id, desk_now, stream_in_tenant

NAMES = engines["django"].from_string(
    "{{ request.tenant.slug }}:{% for company in companies %}{{ company.name }},{% endfor %}"
)


def add_then_fail(request: HttpRequest) -> HttpResponse:
    Company.objects.create(tenant=request.tenant, name="half written")
    raise ValueError("something of ours broke")


def add_then_answer(request: HttpRequest, status: int) -> HttpResponse:
    Company.objects.create(tenant=request.tenant, name=f"answered {status}")
    return HttpResponse("", status=status)


def lazily_rendered(request: HttpRequest) -> HttpResponse:
    return TemplateResponse(request, NAMES, {"companies": Company.objects.order_by("name")})


def streamed(request: HttpRequest) -> HttpResponse:
    def names():
        for company in Company.objects.order_by("name"):
            yield f"{company.name},"

    return StreamingHttpResponse(stream_in_tenant(request.tenant, names))


def streamed_unprotected(request: HttpRequest) -> HttpResponse:
    companies = Company.objects.order_by("name")

    def names():
        for company in companies:
            yield f"{company.name},"

    return StreamingHttpResponse(names())


def moment(request: HttpRequest) -> HttpResponse:
    assert request.at == desk_now()
    return HttpResponse(f"{request.at.isoformat()} {current_tenant_id()}")


def add_then_lose_the_database(request: HttpRequest) -> HttpResponse:
    Company.objects.create(tenant=request.tenant, name="half written")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    return HttpResponse("never seen")


def add_site_of_another_tenant(request: HttpRequest) -> HttpResponse:
    Site.objects.create(tenant=request.tenant, company_id=request.GET["company"], name="astray")
    return HttpResponse("thought to be written")


urlpatterns = [
    path("astray/", add_site_of_another_tenant),
    path("account/", include("accounts.urls")),
    path("fail/", add_then_fail),
    path("answer/<int:status>/", add_then_answer),
    path("lazy/", lazily_rendered),
    path("streamed/", streamed),
    path("streamed-unprotected/", streamed_unprotected),
    path("moment/", moment),
    path("lose/", add_then_lose_the_database),
]
