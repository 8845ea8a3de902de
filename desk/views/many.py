"""Changing many cases alike: choose what, look at what it would do, do it, read what came of it."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.errors import DomainError, NotAllowed, NotFound
from desk.many import Preview, Report
from desk.many_forms import ManyForm, typed_of
from desk.page import NOT_ACCEPTED, desk_page, refusals_into, show
from desk.queue import listed
from jobs.actions import cancel_job
from jobs.models import Job
from jobs.tasks import nudge
from sla.queries import current_policy
from tickets.actions.bulk import KIND, UNDO_SECONDS, do_bulk, may_be_undone, undo_bulk
from tickets.bulk import MOST_CASES, access_bulk, placeholders_in, prepare, rows_of
from tickets.bulk_errors import NothingChosen, TooManyChosen
from tickets.bulk_models import BulkChange
from tickets.filters import address_of
from tickets.models import Case
from tickets.queries import visible_cases

REFRESH_SECONDS = 2
SHOWN = 10
State = BulkChange.State


@dataclass(frozen=True)
class Chosen:
    """The cases that were ticked, or all that the list had: how they were chosen, and which."""

    query: str
    is_all: bool
    cases: list[Case]

    @property
    def shown(self) -> list[Case]:
        return self.cases[:SHOWN]

    @property
    def more(self) -> int:
        return len(self.cases) - len(self.shown)

    @property
    def told(self) -> str:
        count = len(self.cases)
        words = ngettext("Change %(count)d case", "Change %(count)d cases", count)
        return words % {"count": count}


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def choose(request: HttpRequest) -> HttpResponse:
    """Ask what is to be done on the cases that were ticked in the queue."""
    if not request.user.may("change_many"):
        raise NotAllowed
    again = _again(request)
    try:
        chosen = _chosen(request, again)
    except (NothingChosen, TooManyChosen) as error:
        messages.warning(request, str(error))
        return redirect(_queue(request.POST.get("query") or request.GET.get("query", "")))
    policy = current_policy(request.at).policy
    sent = request.POST if request.method == "POST" else None
    form = ManyForm(sent, by=request.user, policy=policy, initial=typed_of(again) if again else {})
    if sent is not None and form.is_valid():
        with refusals_into(form):
            bulk = prepare(
                case_ids=[case.pk for case in chosen.cases],
                changes=form.changes(),
                by=request.user,
                at=request.at,
                **form.texts(),
            )
            return redirect("desk:many_change", bulk.pk)
    status = NOT_ACCEPTED if form.errors else 200
    shown = {"form": form, "chosen": chosen, "here": "queue"}
    return show(request, "desk/many/choose.html", shown, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def change(request: HttpRequest, bulk_id: int) -> HttpResponse:
    """Show what a change would do, how far it is, or what came of it; do it, or undo it."""
    bulk = access_bulk(request.user, bulk_id)
    if request.method == "POST":
        return _posted(request, bulk)
    if bulk.state == State.PLANNED:
        preview = Preview(bulk, request.user, current_policy(request.at).policy)
        shown = {"preview": preview, "bulk": bulk, "here": "queue"}
        return show(
            request, "desk/many/preview.html", shown | {"names": placeholders_in(bulk.words)}
        )
    return _report(request, bulk)


def _posted(request: HttpRequest, bulk: BulkChange) -> HttpResponse:
    does = request.POST.get("do", "")
    who = {"by": request.user, "at": request.at}
    try:
        if does == "change":
            do_bulk(bulk_id=bulk.pk, **who)
        elif does == "undo":
            undo_bulk(bulk_id=bulk.pk, **who)
        elif does == "stop":
            _stop(request, bulk)
    except (NotFound, NotAllowed):
        raise
    except DomainError as error:
        messages.warning(request, str(error))
    nudge()
    return redirect("desk:many_change", bulk.pk)


def _report(request: HttpRequest, bulk: BulkChange) -> HttpResponse:
    job = _job_of(bulk) if bulk.is_under_way else None
    shown = {
        "bulk": bulk,
        "report": Report(bulk, list(rows_of(bulk, request.user))),
        "job": job,
        "may_undo": may_be_undone(bulk),
        "undo_seconds": UNDO_SECONDS,
        "here": "queue",
    }
    answer = show(request, "desk/many/report.html", shown)
    if job is not None and job.is_active:
        answer["Refresh"] = REFRESH_SECONDS
        nudge()
    return answer


def _job_of(bulk: BulkChange) -> Job | None:
    return Job.objects.filter(kind=KIND, params__bulk=bulk.pk).order_by("-pk").first()


def _stop(request: HttpRequest, bulk: BulkChange) -> None:
    job = _job_of(bulk)
    if job is None:
        raise NotFound
    cancel_job(job_id=job.pk, by=request.user, at=request.at)
    messages.success(request, _("Stopped. What is changed already stays changed."))


def _again(request: HttpRequest) -> BulkChange | None:
    """Find the change that was looked at and is to be written anew. Raises NotFound."""
    number = request.GET.get("again", "")
    bulk = access_bulk(request.user, int(number)) if _is_number(number) else None
    return bulk if bulk is not None and bulk.state == State.PLANNED else None


def _chosen(request: HttpRequest, again: BulkChange | None) -> Chosen:
    """Read which cases are meant. Raises NothingChosen, TooManyChosen, NotFound for a view."""
    if again is not None:
        seen = visible_cases(request.user).filter(bulk_rows__bulk=again)
        return Chosen("", False, list(seen.select_related("company").order_by("number")))
    sent = request.POST if request.method == "POST" else request.GET
    query, is_all = sent.get("query", ""), bool(sent.get("all"))
    if is_all:
        cases = listed(request.user, address_of(query), request.at)
    else:
        numbers = [int(one) for one in sent.getlist("case") if _is_number(one)]
        seen = visible_cases(request.user).filter(number__in=numbers[: MOST_CASES + 1])
        cases = seen.select_related("company").order_by("number")
    found = list(cases[: MOST_CASES + 1])
    if not found:
        raise NothingChosen
    if len(found) > MOST_CASES:
        raise TooManyChosen(most=MOST_CASES)
    return Chosen(query, is_all, found)


def _queue(query: str) -> str:
    return f"{reverse('desk:queue')}?{address_of(query).query}"


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10
