"""Which language somebody is spoken to in: the one they chose, where the desk speaks it."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation


def spoken(wish: str) -> str:
    """Give the code of a language that the desk speaks: the one wished for, or its own."""
    try:
        return translation.get_supported_language_variant(wish)
    except LookupError:
        return settings.LANGUAGE_CODE


class PersonLanguageMiddleware:
    """Speak the language of who is signed in. For others LocaleMiddleware asks their browser.

    Stands after AuthenticationMiddleware. What it sets ends with the request.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        with translation.override(spoken(request.user.language)):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        return response
