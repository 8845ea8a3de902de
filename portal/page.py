"""What all pages of the portal share: who may enter, and how a refusal is told."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.auth import home_of
from accounts.collisions import all_or_nothing
from accounts.errors import DomainError, NotFound
from accounts.queries import whereabouts
from outbox.tasks import nudge
from sla.engine.errors import EngineError
from sla.explain import engine_error_text
from tickets.drafts import draft_of

View = Callable[..., HttpResponse]

# A form that is shown again with what is wrong in it.
NOT_ACCEPTED = HTTPStatus.UNPROCESSABLE_ENTITY

# A script that asks for a part of the page alone says so in this header.
PART = "HX-Request"

# In an address: what was sent there did not arrive, for nobody was signed in any more.
UNSENT = "unsent"


def customer_page(view: View) -> View:
    """Let the vendor's customers in, and answer every refusal of the desk with a page in words.

    Whoever is not signed in is asked to; people of the desk are sent to the desk.
    """

    @wraps(view)
    def entered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not request.user.is_authenticated:
            return _sent_to_sign_in(request)
        if not request.user.is_customer:
            return _send_to_work(request)
        _tell_unsent(request)
        _hand_vendor(request)
        try:
            response = view(request, *args, **kwargs)
        except NotFound as error:
            raise Http404 from error
        except DomainError as error:
            return _refused(request, str(error), error.status)
        except EngineError as error:
            # What was answered so far may be at fault: it can be thrown away from here.
            has_draft = draft_of(request.user) is not None
            return _refused(request, engine_error_text(error), HTTPStatus.CONFLICT, has_draft)
        if request.method == "POST" and response.status_code == HTTPStatus.FOUND:
            # Something was done: its mail leaves now instead of at the next beat.
            nudge()
        return response

    return entered


@contextmanager
def refusals_into(form: BaseForm, *, but: tuple[type[DomainError], ...] = ()) -> Iterator[None]:
    """Turn a refusal into an error of the form, at the field that is at fault if it has it.

    Nothing is saved then. What is not there, and the refusals in `but`, go on to the caller.
    """
    try:
        with all_or_nothing():
            yield
    except (NotFound, *but):
        raise
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
    except EngineError as error:
        form.add_error(None, engine_error_text(error))


def show(
    request: HttpRequest,
    template: str,
    shown: Mapping[str, object],
    status: HTTPStatus | None = None,
) -> HttpResponse:
    """Render a page of the portal, on the customer's own clock unless `shown` names another."""
    person = request.user
    zone = whereabouts(company=person.company, person=person).time_zone
    own = {"zone": zone, "sees_points": person.may("see_points")}
    return render(request, template, {**own, **shown}, status=status)


def _sent_to_sign_in(request: HttpRequest) -> HttpResponse:
    page = request.get_full_path()
    if request.method not in ("GET", "HEAD"):
        # What was sent is gone with the session; the page to come back to says so.
        page = f"{request.path}?{UNSENT}=1"
    return redirect_to_login(page)


def _hand_vendor(request: HttpRequest) -> None:
    """Let nobody read the vendor again: every page asks for the zone of the company, or its."""
    request.user.tenant = request.tenant
    if request.user.company is not None:
        request.user.company.tenant = request.tenant


def _tell_unsent(request: HttpRequest) -> None:
    if UNSENT in request.GET and request.method == "GET":
        sentence = _("You had been signed out: what you wrote was not sent. Please write it again.")
        messages.warning(request, sentence)


def _send_to_work(request: HttpRequest) -> HttpResponse:
    if request.method not in ("GET", "HEAD"):
        raise PermissionDenied
    return redirect(home_of(request.user))


def _refused(
    request: HttpRequest, sentence: str, status: HTTPStatus, has_draft: bool = False
) -> HttpResponse:
    shown = {"sentence": sentence, "has_draft": has_draft}
    return show(request, "portal/refused.html", shown, status)
