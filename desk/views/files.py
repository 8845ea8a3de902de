"""Files at the desk: the script's protocol, and downloads."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from desk.page import desk_page
from tickets import uploading


@require_POST
@desk_page
@uploading.told_in_json
def begin(request: HttpRequest) -> HttpResponse:
    return uploading.begin(request)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
@uploading.told_in_json
def upload(request: HttpRequest, upload: uuid.UUID) -> HttpResponse:
    return uploading.go_on(request, upload)


@require_POST
@desk_page
@uploading.told_in_json
def remove(request: HttpRequest, upload: uuid.UUID) -> HttpResponse:
    return uploading.remove(request, upload)


@require_safe
@desk_page
def download(request: HttpRequest, attachment: uuid.UUID) -> HttpResponse:
    return uploading.served(request, attachment)
