"""Reports for those who lead: promises, causes, load, points; each with its table as a file."""

from collections.abc import Callable
from functools import partial, wraps

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from accounts.errors import NotFound
from accounts.tenancy import stream_in_tenant
from desk.page import NOT_ACCEPTED, desk_page, show
from reports.cause_reading import causes_page
from reports.feedback import feedback_page
from reports.forms import ChosenForm, SpanForm
from reports.load_reading import load_page, points_page
from reports.reading import (
    LISTED_A_PAGE,
    chosen_text,
    listed_rows,
    promises_page,
    query_of,
)
from reports.tables import TABLES, Asked, csv_of

USUAL_DIMENSION = "plan"
# What stays chosen when another time is.
KEPT = ("by", "clock", "cause")

View = Callable[..., HttpResponse]


def report_page(view: View) -> View:
    """Let those in who may see reports; for the others of the desk there is nothing here."""

    @wraps(view)
    def entered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not request.user.may("see_reports"):
            raise NotFound
        return view(request, *args, **kwargs)

    return desk_page(entered)


@require_safe
@report_page
def promises(request: HttpRequest) -> HttpResponse:
    form, given = _asked(request)
    by = given.given("by") or USUAL_DIMENSION
    page = promises_page(form.chosen, by, given.given("clock"), request.user, request.at)
    return _shown(request, "promises", form, page=page)


@require_safe
@report_page
def listed(request: HttpRequest) -> HttpResponse:
    form, given = _asked(request)
    number, chosen = given.page_number, given.chosen
    rows, is_more = listed_rows(
        form.chosen, chosen, request.user, request.at, page=number, most=LISTED_A_PAGE
    )
    back = query_of(form.chosen, by=chosen.by)
    told = {"rows": rows, "is_more": is_more, "number": number, "back": back}
    return _shown(request, "listed", form, what=chosen_text(chosen, request.at), **told)


@require_safe
@report_page
def causes(request: HttpRequest) -> HttpResponse:
    form, given = _asked(request)
    page = causes_page(form.chosen, given.given("cause"), request.user, request.at)
    return _shown(request, "causes", form, page=page)


@require_safe
@report_page
def load(request: HttpRequest) -> HttpResponse:
    form, _given = _asked(request)
    page = load_page(form.chosen, request.user, request.at)
    return _shown(request, "load", form, page=page)


@require_safe
@report_page
def points(request: HttpRequest) -> HttpResponse:
    form, _given = _asked(request)
    page = points_page(form.chosen, request.user, request.at)
    return _shown(request, "points", form, page=page)


@require_safe
@report_page
def feedback(request: HttpRequest) -> HttpResponse:
    form, _given = _asked(request)
    page = feedback_page(form.chosen, request.user, request.at)
    return _shown(request, "feedback", form, page=page)


@require_safe
@report_page
def table(request: HttpRequest, report: str) -> HttpResponseBase:
    if report not in TABLES:
        raise NotFound
    form, given = _asked(request)
    span = form.chosen
    asked = Asked(
        span=span,
        person=request.user,
        at=request.at,
        chosen=given.chosen,
        by=given.given("by") or USUAL_DIMENSION,
        cause=given.given("cause"),
    )
    lines = stream_in_tenant(request.tenant.pk, partial(csv_of, report, asked))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    whose = f"-{slugify(span.company.name)}" if span.company else ""
    name = f"{report}{whose}-{span.first_on}-{span.last_on}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _asked(request: HttpRequest) -> tuple[SpanForm, ChosenForm]:
    """Read the span, on the vendor's calendar, and what is chosen of it."""
    form = SpanForm(request.GET, at=request.at, zone=request.tenant.time_zone)
    return form, ChosenForm(request.GET)


def _shown(request: HttpRequest, name: str, form: SpanForm, **shown: object) -> HttpResponse:
    kept = request.GET.copy()
    kept.pop("page", None)
    all_companies = kept.copy()
    all_companies.pop("company", None)
    whole = {
        "form": form,
        "report": name,
        "span": form.chosen,
        "zone": request.tenant.time_zone,
        "query": kept.urlencode(),
        "all_companies": all_companies.urlencode(),
        "span_query": query_of(form.chosen),
        "kept": [(name, kept[name]) for name in KEPT if kept.get(name)],
        **shown,
    }
    status = NOT_ACCEPTED if form.errors else 200
    return show(request, f"desk/reports/{name}.html", whole, status=status)
