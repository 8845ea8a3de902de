"""Filing a case: one step a page, each kept on the server, then all answers once more."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal import reading
from portal.filing.asking import (
    AskForm,
    ask_form,
    exceptions_that_do_not_fit,
    waiting_requests,
)
from portal.filing.cards import level_cards, offer_cards, type_cards
from portal.filing.costs import phone_facts, side_costs
from portal.filing.draft import Filing, read_filing
from portal.filing.forms import LevelForm, ReleaseForm, SendForm, StepForm
from portal.filing.releases import release_cards
from portal.filing.sending import AlreadySent, NotAllAnswered, send_draft
from portal.filing.shown import key_of
from portal.filing.situation import OfferForm
from portal.filing.steps import Step, find_step, first_open_step, steps_of, typed
from portal.filing.summary import summary_of
from portal.outlook import channel_outlooks, type_outlooks
from portal.page import NOT_ACCEPTED, PART, customer_page, refusals_into, show
from portal.suggesting import LOOK, LOOKED, suggestions_for
from tickets.actions.attaching import FILING, drop_uploads
from tickets.drafts import discard_draft, draft_of, keep_draft
from tickets.uploading import take

# Where the subject is asked for, by which articles are suggested.
SUBJECT_STEP = "what"


@customer_page
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    filing = filing_of(request)
    if filing.standing_refusals():
        return show_refused(request, filing)
    return redirect(_next_page(filing))


@customer_page
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, slug: str) -> HttpResponse:
    asked, filing = find_step(slug), filing_of(request)
    if not asked.applies(filing):
        return redirect(_next_page(filing))
    if PART in request.headers and request.method != "POST":
        return _channels_part(request, asked, filing)
    if request.method != "POST":
        return _step_page(request, asked, asked.form(filing), filing)
    answers = typed(asked, request.POST, filing)
    keep_draft(by=request.user, answers=answers, at=request.at)
    form = asked.form(filing, answers)
    take(form, request)
    if not form.is_valid():
        return _step_page(request, asked, form, filing, status=NOT_ACCEPTED)
    return redirect(_way_on(request, asked))


@customer_page
@require_safe
def check(request: HttpRequest) -> HttpResponse:
    filing = filing_of(request)
    if first_open_step(filing) is not None:
        return redirect(_next_page(filing))
    return _check_page(request, filing)


@customer_page
def send(request: HttpRequest) -> HttpResponse:
    form = SendForm(request.POST)
    if not form.is_valid():
        return redirect("portal:file")
    try:
        with refusals_into(form, but=(AlreadySent, NotAllAnswered)):
            sent = {"draft_id": form.cleaned_data["draft"], "shown": form.cleaned_data["shown"]}
            case = send_draft(by=request.user, at=request.at, **sent)
            return redirect("portal:filed", case.number)
    except AlreadySent:
        return _sent_before(request)
    except NotAllAnswered:
        return redirect("portal:check")
    return _check_page(request, filing_of(request), form=form)


@customer_page
def discard(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return redirect("portal:file")
    discard_draft(by=request.user)
    drop_uploads(draft=FILING, case=None, by=request.user)
    messages.info(request, _("The draft is gone. Nothing was sent."))
    return redirect("portal:home")


@customer_page
def untie(request: HttpRequest) -> HttpResponse:
    """Let the draft be about no closed case any more; all that was typed stays."""
    if request.method == "POST" and draft_of(request.user) is not None:
        keep_draft(by=request.user, answers={"origin": ""}, at=request.at)
    return redirect("portal:file")


def show_refused(
    request: HttpRequest, filing: Filing, asking: AskForm | None = None
) -> HttpResponse:
    """Show why the draft cannot be sent, with the form to ask for what is missing.

    `asking` is that form where it was not accepted.
    """
    refusals = filing.standing_refusals()
    if not refusals and first_open_step(filing) is None:
        return _check_page(request, filing, asking=asking)
    shown = {
        "refusals": refusals or filing.in_the_way,
        "phones": filing.weighed.phones,
        "has_draft": bool(filing.answers),
        **phone_facts(filing),
        **_asking(filing, asking),
    }
    status = NOT_ACCEPTED if asking else None
    return show(request, "portal/file/not_here.html", shown, status=status)


def _asking(filing: Filing, form: AskForm | None = None) -> dict[str, object]:
    return {
        "ask_form": form or ask_form(filing),
        "asked": waiting_requests(filing),
        "unfit": exceptions_that_do_not_fit(filing),
    }


def filing_of(request: HttpRequest) -> Filing:
    """Read the draft of whoever asks."""
    draft = draft_of(request.user)
    return read_filing(by=request.user, answers=draft.answers if draft else {}, at=request.at)


def _next_page(filing: Filing) -> str:
    """Find where to go on: the first step that is not answered, else the check of them all."""
    missing = first_open_step(filing)
    return reverse("portal:step", args=[missing.slug]) if missing else reverse("portal:check")


def _way_on(request: HttpRequest, asked: Step) -> str:
    """Find the page after a step; articles are shown there that no script has shown before."""
    filing, is_change = filing_of(request), "change" in request.POST
    page = _page_after(asked, filing, is_change=is_change)
    if asked.slug != SUBJECT_STEP or is_change or LOOKED in request.POST:
        return page
    return f"{page}?{LOOK}=1" if suggestions_for(filing) else page


def _looks_now(request: HttpRequest, asked: Step) -> bool:
    return LOOK in request.GET and asked.slug != SUBJECT_STEP


def _page_after(asked: Step, filing: Filing, *, is_change: bool) -> str:
    slugs = [step.slug for step in steps_of(filing)]
    following = slugs[slugs.index(asked.slug) + 1 :] if asked.slug in slugs else []
    if is_change or not following:
        return _next_page(filing)
    return reverse("portal:step", args=[following[0]])


def _page_before(asked: Step, filing: Filing, *, is_change: bool) -> str:
    slugs = [step.slug for step in steps_of(filing)]
    place = slugs.index(asked.slug)
    if is_change:
        return reverse("portal:check")
    return reverse("portal:step", args=[slugs[place - 1]]) if place else reverse("portal:home")


def _step_page(
    request: HttpRequest,
    asked: Step,
    form: StepForm,
    filing: Filing,
    status: HTTPStatus | None = None,
) -> HttpResponse:
    is_change = "change" in request.GET or "change" in request.POST
    steps = steps_of(filing)
    shown = {
        "step": asked,
        "steps": steps,
        "place": steps.index(asked) + 1,
        "form": form,
        "is_change": is_change,
        "has_draft": bool(filing.answers) or form.is_bound,
        "back": _page_before(asked, filing, is_change=is_change),
        "asks_level": isinstance(form, LevelForm),
        "channels": channel_outlooks(filing.foreseen, by=filing.by, at=filing.at),
        "in_the_way": filing.in_the_way,
        "origin": filing.origin,
        "checklist": filing.checklist,
        "suggested": suggestions_for(filing) if _looks_now(request, asked) else (),
        "subject": filing.answers.get("subject", ""),
        **side_costs(filing),
        **_cards(form, filing),
    }
    response = show(request, f"portal/file/{asked.template}.html", shown, status=status)
    patch_vary_headers(response, [PART])
    return response


def _channels_part(request: HttpRequest, asked: Step, filing: Filing) -> HttpResponse:
    """Answer the script: what every channel promises with what is chosen now. Keeps nothing."""
    chosen = {name: code for name, code in typed(asked, request.GET, filing).items() if code}
    asking = read_filing(by=filing.by, answers={**filing.answers, **chosen}, at=filing.at)
    shown = {
        "channels": channel_outlooks(asking.foreseen, by=asking.by, at=asking.at),
        "is_part": True,
        **side_costs(asking),
    }
    response = show(request, "portal/file/_promised.html", shown)
    patch_vary_headers(response, [PART])
    return response


def _cards(form: StepForm, filing: Filing) -> dict[str, object]:
    if isinstance(form, LevelForm):
        others = [axis for axis in filing.policy.axes if axis != form.axis]
        return {
            "field": form[form.axis],
            "cards": level_cards(form),
            "beside": [level for level in filing.levels if level.axis in others],
        }
    if isinstance(form, OfferForm):
        return {"field": form["offer"], "cards": offer_cards(form)}
    if isinstance(form, ReleaseForm):
        return {"field": form["release"], "cards": release_cards(form)}
    if "case_type" in form.fields:
        outlooks = type_outlooks(filing.foreseen, by=filing.by, at=filing.at)
        return {"cards": type_cards(form["case_type"], filing.policy.case_types, outlooks)}
    return {}


def _check_page(
    request: HttpRequest,
    filing: Filing,
    *,
    form: SendForm | None = None,
    asking: AskForm | None = None,
) -> HttpResponse:
    shown = {
        "summary": summary_of(filing),
        "origin": filing.origin,
        "draft": draft_of(request.user),
        "shown": key_of(filing),
        "form": form or asking,
        **side_costs(filing),
        **(_asking(filing, asking) if filing.weighed.refusals else {}),
    }
    status = NOT_ACCEPTED if form or asking else None
    return show(request, "portal/file/check.html", shown, status=status)


def _sent_before(request: HttpRequest) -> HttpResponse:
    messages.info(request, _("This has been sent already; it was not sent a second time."))
    newest = reading.newest_case_of(request.user)
    return redirect("portal:case", newest.number) if newest else redirect("portal:home")
