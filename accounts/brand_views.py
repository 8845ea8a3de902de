"""Serving what a vendor looks like, to anybody: the sign-in page shows it too."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.brand import FLOW_CHART, LOGO, brand_picture, brand_style
from accounts.errors import NotFound

# The address changes with the content.
FOREVER = "public, max-age=31536000, immutable"


@require_safe
def style(request: HttpRequest, name: str) -> HttpResponse:
    try:
        return _kept(brand_style(name), "text/css; charset=utf-8")
    except NotFound as none:
        raise Http404 from none


@require_safe
def logo(request: HttpRequest, sha: str) -> HttpResponse:
    return _picture(LOGO, sha)


@require_safe
def flow_chart(request: HttpRequest, sha: str) -> HttpResponse:
    return _picture(FLOW_CHART, sha)


def _picture(kind: str, sha: str) -> HttpResponse:
    try:
        content, content_type = brand_picture(kind, sha)
    except NotFound as none:
        raise Http404 from none
    response = _kept(content, content_type)
    # Should somebody open it by itself, it stays a picture.
    response["Content-Disposition"] = "inline"
    return response


def _kept(content: str | bytes, content_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Cache-Control"] = FOREVER
    response["X-Content-Type-Options"] = "nosniff"
    return response
