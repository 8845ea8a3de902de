"""What the pages about incoming mail share: the desk's people, in the desk's own frame."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from http import HTTPStatus

from django.contrib.auth.views import redirect_to_login
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from accounts.collisions import all_or_nothing
from accounts.errors import DomainError, NotFound
from escalation.standing import count_to_acknowledge
from mailbox.parsing import Unparsable
from mailbox.words import REASONS
from outbox.tasks import nudge
from sla.engine.errors import EngineError
from sla.explain import engine_error_text

View = Callable[..., HttpResponse]
NOT_ACCEPTED = HTTPStatus.UNPROCESSABLE_ENTITY


def mail_page(act: str = "use_desk") -> Callable[[View], View]:
    """Let in who of the desk may do `act`; for everybody else there is nothing here."""

    def wrapped(view: View) -> View:
        @wraps(view)
        def entered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not (request.user.may("use_desk") and request.user.may(act)):
                raise Http404
            request.user.tenant = request.tenant  # so that nobody reads it again
            try:
                response = view(request, *args, **kwargs)
            except NotFound as error:
                raise Http404 from error
            except DomainError as error:
                shown = {"sentence": str(error), "leads_back": True}
                return show(request, "desk/refused.html", shown, status=error.status)
            if request.method == "POST" and response.status_code == HTTPStatus.FOUND:
                nudge()
            return response

        return never_cache(entered)

    return wrapped


@contextmanager
def refusals_into(form: BaseForm) -> Iterator[None]:
    """Turn a refusal into an error of the form, at the field that is at fault; nothing is saved."""
    try:
        with all_or_nothing():
            yield
    except NotFound:
        raise
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
    except EngineError as error:
        form.add_error(None, engine_error_text(error))
    except Unparsable as error:
        form.add_error(None, str(REASONS[error.code]))


def show(
    request: HttpRequest, template: str, context: dict[str, object], status: int = HTTPStatus.OK
) -> HttpResponse:
    """Render a page in the frame of the desk."""
    shared = {
        "zone": request.user.time_zone or request.tenant.time_zone,
        "to_acknowledge": count_to_acknowledge(request.user),
        "here": "mail",
    }
    return render(request, template, shared | context, status=status)
