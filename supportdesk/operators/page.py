"""What the operators' pages share: who may enter, and how a refusal is told."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

View = Callable[..., HttpResponse]


def operator_page(act: str) -> Callable[[View], View]:
    """Let in an operator who may do `act`; whoever is not signed in is asked to."""

    def guard(view: View) -> View:
        @wraps(view)
        def entered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not request.user.may(act):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return entered

    return guard
