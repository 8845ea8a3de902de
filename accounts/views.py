"""Pages of signing in that allauth leaves to us."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

# The longest of the limits that this page answers for counts a minute.
RETRY_AFTER_SECONDS = 60


def too_many(request: HttpRequest) -> HttpResponse:
    response = render(request, "account/too_many.html", status=HTTPStatus.TOO_MANY_REQUESTS)
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response
