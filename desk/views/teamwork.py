"""Working on a case together: drafts, presence, undoing, texts, tags, macros."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import DomainError, NotAllowed, NotFound
from accounts.models import Person
from accounts.numbers import number_in
from accounts.zones import moment_text
from desk.acts import ACTS
from desk.forms import ActForm
from desk.page import NOT_ACCEPTED, NOT_SENT, desk_page, show, zone_of
from desk.scene import Scene
from desk.teamwork_forms import TagForm
from desk.teamwork_words import STEP_LABELS, here_text, step_value
from desk.together import DRAFTED, Together, typed_into
from tickets.actions.holding import take_back
from tickets.actions.macros import run_macro
from tickets.actions.tagging import add_tag, remove_tag
from tickets.canned import Filled, access_canned, canned_for, fill
from tickets.looks import note_look
from tickets.macros import GOES_ON, access_macro, plan_macro
from tickets.models import CannedReply, Case
from tickets.presence import note_leaving, note_presence, present_on_cases
from tickets.queries import access_case, visible_cases
from tickets.teamwork import WORDS, drafts_of, keep_act_draft
from tickets.teamwork_errors import IsOfOneCustomer
from tickets.uploading import take

# A script that keeps what is typed says so, and is told in a sentence instead of with a page.
QUIETLY = "X-Quietly"
LISTED = 100
# Where a page says what was done.
TOLD = "told"

View = Callable[[HttpRequest, Case], HttpResponse]


def case_form(view: View) -> Callable[..., HttpResponse]:
    """Make a page of a form of a case that leads back to it; asked for plainly it does nothing."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @desk_page
    @wraps(view)
    def posted(request: HttpRequest, number: int) -> HttpResponse:
        case = access_case(request.user, number)
        if request.method != "POST":  # having signed in again on the way
            messages.warning(request, NOT_SENT)
            return redirect("desk:case", number)
        return view(request, case)

    return posted


@case_form
def draft(request: HttpRequest, case: Case) -> HttpResponse:
    """Keep what is typed into one of the forms of the case page."""
    form = _form_of(request, case)
    _keep(form, request, case)
    told = _("Draft kept at %(time)s.") % {"time": _time(request)}
    if QUIETLY in request.headers:
        return JsonResponse({"said": told})
    messages.success(request, told)
    return _back(case, TOLD)


@case_form
def insert(request: HttpRequest, case: Case) -> HttpResponse:
    """Put a text for reuse below what is typed, with its values filled in; as a draft."""
    form = _form_of(request, case)
    chosen = number_in(request.POST.get("canned") or request.POST.get(f"{form.prefix}-canned", ""))
    if chosen is None:
        _keep(form, request, case)
        messages.warning(request, _("Choose a text first."))
        return _back(case, TOLD)
    filled = _filled(request, access_canned(request.user, chosen), case, form.prefix)
    try:
        filled.check()
    except IsOfOneCustomer as error:
        if QUIETLY in request.headers:
            return JsonResponse({"text": "", "said": str(error)})
        _keep(form, request, case)
        messages.warning(request, str(error))
        return _back(case, form.prefix)
    if QUIETLY in request.headers:
        return JsonResponse({"text": filled.text, "said": _missing(filled.missing)})
    form.put(
        WORDS, f"{form.data.get(form.add_prefix(WORDS), '').rstrip()}\n\n{filled.text}".strip()
    )
    _keep(form, request, case)
    if filled.missing:
        messages.warning(request, _missing(filled.missing))
    return _back(case, form.prefix)


@require_safe
@desk_page
def texts(request: HttpRequest, number: int) -> HttpResponse:
    """Show the texts for reuse as they would read on this case."""
    case = access_case(request.user, number)
    act = request.GET.get("act", _first_act(request.user))
    _check(request, act)
    shown = [(canned, _filled(request, canned, case, act)) for canned in canned_for(request.user)]
    context = {"case": case, "act": act, "texts": shown, "drafts": _kept(request, case, act)}
    return show(request, "desk/teamwork/texts.html", context)


@case_form
def undo(request: HttpRequest, case: Case) -> HttpResponse:
    """Take back what is about to be sent."""
    asked = number_in(request.POST.get("held", ""))
    if asked is None:
        raise NotFound
    try:
        take_back(held_id=asked, by=request.user, at=request.at)
    except NotFound:
        raise
    except DomainError as error:
        messages.warning(request, str(error))
        return redirect("desk:case", case.number)
    messages.success(request, _("Taken back: nothing was sent. What you wrote is a draft again."))
    return _back(case, TOLD)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def presence(request: HttpRequest, number: int) -> HttpResponse:
    """Tell who else is on a case (GET), or take note that somebody looks, writes, left (POST)."""
    case = access_case(request.user, number)
    if request.method == "POST":
        if request.POST.get("gone"):
            note_leaving(case=case, by=request.user)
        else:
            writing = request.POST.get("writing") == "1"
            note_presence(case=case, by=request.user, is_writing=writing)
            seen = request.POST.get("seen", "")
            if _is_key(seen):
                note_look(case=case, by=request.user, seq=int(seen))
        return HttpResponse(status=204)
    seen = request.GET.get("seen", "")
    team = Together(
        case, request.user, request.at, seen=int(seen) if _is_key(seen) else case.last_seq
    )
    etag = f'"{team.mark}"'
    same = get_conditional_response(request, etag=etag)
    if same is not None:
        return same
    answer = show(request, "desk/teamwork/_here.html", {"case": case, "team": team})
    answer["ETag"], answer["Cache-Control"] = etag, "private, no-cache"
    return answer


@require_safe
@desk_page
def listed_presence(request: HttpRequest) -> JsonResponse:
    """Tell who is on the cases of a list, by their numbers."""
    asked = [int(one) for one in request.GET.get("cases", "").split(",")[:LISTED] if _is_key(one)]
    found = dict(visible_cases(request.user).filter(number__in=asked).values_list("pk", "number"))
    here = present_on_cases(found, besides=request.user)
    return JsonResponse({found[key]: here_text(people) for key, people in here.items()})


@case_form
def tag(request: HttpRequest, case: Case) -> HttpResponse:
    """Put a tag on a case, or take one off."""
    if not request.user.may("tag_cases"):
        raise NotAllowed
    gone = request.POST.get("remove", "")
    if _is_key(gone):
        remove_tag(case_id=case.pk, tag_id=int(gone), by=request.user)
        return _back(case, "tags")
    form = TagForm(request.POST)
    try:
        if form.is_valid():
            add_tag(case_id=case.pk, name=form.cleaned_data["tag"], by=request.user)
        else:
            messages.warning(request, form.errors["tag"][0])
    except (NotFound, NotAllowed):
        raise
    except DomainError as error:
        messages.warning(request, str(error))
    return _back(case, "tags")


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def macro(request: HttpRequest, number: int) -> HttpResponse:
    """Show what a macro would do on a case; do all of it when that is confirmed."""
    case = access_case(request.user, number)
    sent = request.POST if request.method == "POST" else request.GET
    asked, seen = sent.get("macro", ""), sent.get("seen", "")
    if not _is_key(asked):
        messages.warning(request, _("Choose a macro first."))
        return redirect("desk:case", number)
    chosen = access_macro(request.user, int(asked))
    refused = ""
    if request.method == "POST":
        try:
            run_macro(
                macro_id=chosen.pk,
                case_id=case.pk,
                mark=sent.get("mark", ""),
                seen=int(seen) if _is_key(seen) else 0,
                by=request.user,
                at=request.at,
            )
        except (NotFound, NotAllowed):
            raise
        except DomainError as error:
            refused = str(error)
        else:
            messages.success(request, _("Done: “%(title)s”.") % {"title": chosen.title})
            return redirect("desk:case", number)
        case = access_case(request.user, number)
    return _macro_page(request, case, chosen, refused)


def _macro_page(request: HttpRequest, case: Case, chosen: object, refused: str) -> HttpResponse:
    scene = Scene(case, request.user, request.at)
    plan = plan_macro(chosen, case, by=request.user)
    readers = {"reply": scene.everybody, "ask": scene.readers, "solve": scene.readers}
    context = {
        "case": case,
        "macro": chosen,
        "plan": plan,
        "steps": [
            (STEP_LABELS[one.step], step_value(one, scene.policy), one, readers.get(one.step, ""))
            for one in plan.steps
        ],
        "refused": refused,
        "changes_level": any(
            one.step in ("severity", "priority", "case_type") for one in plan.todo
        ),
    }
    status = NOT_ACCEPTED if refused else 200
    return show(request, "desk/teamwork/macro.html", context, status=status)


def _filled(request: HttpRequest, canned: CannedReply, case: Case, act: str) -> Filled:
    return fill(canned.body, case, by=request.user, goes_on=act in GOES_ON)


def _form_of(request: HttpRequest, case: Case) -> ActForm:
    act = request.POST.get("act", "")
    _check(request, act)
    scene = Scene(case, request.user, request.at)
    form = ACTS[act].form(request.POST, scene=scene, prefix=act)
    take(form, request)
    return form


def _keep(form: ActForm, request: HttpRequest, case: Case) -> None:
    typed = typed_into(form)
    keep_act_draft(case=case, act=form.prefix, by=request.user, answers=typed, at=request.at)


def _kept(request: HttpRequest, case: Case, act: str) -> dict[str, object]:
    kept = drafts_of(request.user, case).get(act)
    return kept.answers if kept else {}


def _first_act(person: Person) -> str:
    """Give the first form with words that a person has; a note is everybody's at the desk."""
    return next(act for act in DRAFTED if person.may(ACTS[act].may))


def _check(request: HttpRequest, act: str) -> None:
    if act not in DRAFTED:
        raise NotFound
    if not request.user.may(ACTS[act].may):
        raise NotAllowed


def _missing(names: tuple[str, ...]) -> str:
    if not names:
        return ""
    told = _("This case has no value for %(names)s: write it yourself, or take it out.")
    return told % {"names": ", ".join(names)}


def _time(request: HttpRequest) -> str:
    return moment_text(request.at, zone_of(request.user))


def _back(case: Case, anchor: str) -> HttpResponse:
    return redirect(f"{reverse('desk:case', args=[case.number])}#{anchor}")


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 16
