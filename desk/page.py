"""What all pages of the desk share: who may enter, and how a refusal is told."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import wraps
from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from accounts.collisions import all_or_nothing
from accounts.errors import DomainError, NotAllowed, NotFound
from accounts.models import Person
from accounts.pulses import TICK, pulses
from escalation.standing import count_to_acknowledge
from outbox.tasks import nudge
from sla.engine.errors import EngineError
from sla.errors import NoPolicy
from sla.explain import engine_error_text

View = Callable[..., HttpResponse]

# A form that is shown again with what is wrong in it.
NOT_ACCEPTED = HTTPStatus.UNPROCESSABLE_ENTITY
# In the address to which a form leads back that was sent after its writer was signed out.
UNSENT = "unsent"
NOT_SENT = _(
    "Not sent: you were signed out while you wrote. Nothing of it was saved; write it again."
)
BEGIN_WITH_POLICY = _(
    "No support policy is in effect yet, so the desk has no queue and takes no case. It begins "
    "with the policy: publish a version here."
)


def desk_page(view: View) -> View:
    """Let the people of the desk in, and answer every refusal with a page in words.

    Whoever is not signed in is asked to; for customers there is nothing here. Where a form has done
    something, what is to leave is delivered as soon as that is committed.
    """

    @wraps(view)
    def entered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(_way_back(request))
        if not request.user.may("use_desk"):
            raise Http404
        request.user.tenant = request.tenant  # so that nobody reads it again
        try:
            response = view(request, *args, **kwargs)
        except NotFound as error:
            raise Http404 from error
        except DomainError as error:
            return _told(request, error)
        except EngineError as error:
            return _refused(request, engine_error_text(error), HTTPStatus.CONFLICT)
        if request.method == "POST" and response.status_code == HTTPStatus.FOUND:
            nudge()
        return response

    return entered


@contextmanager
def refusals_into(form: BaseForm) -> Iterator[None]:
    """Turn a refusal into an error of the form, at the field that is at fault if it has it.

    Nothing is saved then.
    """
    try:
        with all_or_nothing():
            yield
    except (NotFound, NotAllowed):
        raise
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
    except EngineError as error:
        form.add_error(None, engine_error_text(error))


def zone_of(person: Person) -> str:
    """Name the zone in which a person of the desk reads the clock: their own, else the vendor's."""
    return person.time_zone or person.tenant.time_zone


def show(
    request: HttpRequest, template: str, context: dict[str, object], status: int = HTTPStatus.OK
) -> HttpResponse:
    """Render a page of the desk, with moments in the zone of the person who reads it.

    A page that has counted what its reader has to acknowledge gives that as `to_acknowledge`.
    """
    shared = {"zone": zone_of(request.user), "unwatched_since": unwatched_since(request.at)}
    if "to_acknowledge" not in context:
        shared["to_acknowledge"] = count_to_acknowledge(request.user)
    return render(request, template, shared | context, status=status)


def unwatched_since(at: datetime) -> datetime | None:
    """Find since when nobody watches the clocks, in desk time; None while they are watched.

    On a new installation on which no tick has ever been it is `at`.
    """
    tick = pulses()[TICK]
    return at - timedelta(seconds=tick.seconds or 0) if tick.is_missing else None


def _way_back(request: HttpRequest) -> str:
    query = request.GET.copy()
    if request.method == "POST":
        query[UNSENT] = "yes"
    return f"{request.path}?{query.urlencode()}" if query else request.path


def _told(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Tell of a refusal; whoever can mend that nothing is in effect is led to the policy."""
    is_begun = not isinstance(error, NoPolicy)
    is_read = request.method in ("GET", "HEAD")
    if not is_begun and is_read and request.user.may("edit_policy"):
        messages.info(request, BEGIN_WITH_POLICY)
        return redirect("admin:sla_policydraft_changelist")
    return _refused(request, str(error), error.status, leads_back=is_begun)


def _refused(
    request: HttpRequest, sentence: str, status: HTTPStatus, *, leads_back: bool = True
) -> HttpResponse:
    shown = {"sentence": sentence, "leads_back": leads_back}
    return show(request, "desk/refused.html", shown, status=status)
