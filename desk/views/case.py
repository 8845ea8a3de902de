"""One case, and every act on it: each act is a form of the page, performed by one action."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import NotAllowed
from desk.acts import ACTS, Act, panel_of, panels
from desk.article_links import refuse_closed_articles
from desk.errors import NewEntryMeanwhile
from desk.forms import ActForm
from desk.layout import Layout
from desk.page import NOT_ACCEPTED, NOT_SENT, UNSENT, desk_page, refusals_into, show
from desk.repeats import is_done
from desk.scene import Scene
from desk.sending import keep_typed, refuse_beside_others, refuse_placeholders
from desk.together import DRAFTED
from tickets.actions.many import lock_together
from tickets.models import Case
from tickets.queries import access_case, lock_case
from tickets.teamwork import discard_act_draft
from tickets.uploading import take

# A script that puts a form into the page that is there asks for that form only.
PART = "X-Part"
NOT_NOW = gettext_lazy("That cannot be done on this case as it is now, or not by you.")

# Does the act and says in words what was done.
Perform = Callable[[Scene, ActForm], str]


@require_safe
@desk_page
def case_page(request: HttpRequest, number: int) -> HttpResponse:
    return _case_page(request, access_case(request.user, number), {})


@require_safe
@desk_page
def why(request: HttpRequest, number: int, key: str) -> HttpResponse:
    scene = Scene(access_case(request.user, number), request.user, request.at)
    clock = scene.clock(key)
    context = {"scene": scene, "case": scene.case, "clock": clock, "receipt": clock.receipt}
    template = "desk/case/_why.html" if PART in request.headers else "desk/why.html"
    return show(request, template, context)


def case_act(code: str) -> Callable[[Perform], Callable[..., HttpResponse]]:
    """Make a view of an act: the form valid, nothing new on the case, one action, back to the case.

    Whatever is refused is shown on the form, with everything that was typed.
    """
    act = ACTS[code]

    def decorate(perform: Perform) -> Callable[..., HttpResponse]:
        @require_http_methods(["GET", "HEAD", "POST"])
        @desk_page
        @wraps(perform)
        def view(request: HttpRequest, number: int) -> HttpResponse:
            case = access_case(request.user, number)
            if request.method != "POST":
                return _asked_for(request, case, act)
            if not request.user.may(act.may):
                raise NotAllowed
            scene = Scene(case, request.user, request.at)
            form = act.form(request.POST, scene=scene, prefix=code)
            take(form, request)
            if form.is_valid():
                with refusals_into(form):
                    told = _done(act, perform, scene, form)
                    if told:
                        messages.success(request, told)
                    # To where it is told, or can be undone: a browser would go to the form else.
                    place = "told" if told else "here"
                    return redirect(f"{reverse('desk:case', args=[number])}#{place}")
            return _shown_again(request, number, code, form)

        return view

    return decorate


def _asked_for(request: HttpRequest, case: Case, act: Act) -> HttpResponse:
    """Show the form of an act by itself, as a page or for a script to put into one."""
    if UNSENT in request.GET:  # having signed in again on the way
        messages.warning(request, NOT_SENT)
        return redirect("desk:case", case.number)
    scene = Scene(case, request.user, request.at)
    if not act.is_open_to(scene):
        messages.warning(request, NOT_NOW)
        return redirect("desk:case", case.number)
    is_part = PART in request.headers
    template = "desk/case/_act.html" if is_part else "desk/case/act.html"
    shown = {"scene": scene, "case": case, "panel": panel_of(scene, act), "is_part": is_part}
    answer = show(request, template, shown)
    answer["Vary"] = f"{PART}, Cookie"
    return answer


def _done(act: Act, perform: Perform, scene: Scene, form: ActForm) -> str:
    """Perform the act, unless somebody else was faster or a button was pressed twice."""
    lock_together(scene.case.pk, act.others(scene, form))
    case = lock_case(scene.case.pk, scene.by)
    seen = form.cleaned_data["seen"]
    news = scene.lines_after(seen) if seen is not None else []
    if is_done(act, form, scene, news):
        form.forget_files()
        return _("Done already: it was sent twice, and stands on the case once.")
    if news and act.stops_on_news:
        raise NewEntryMeanwhile
    form.check_drawn(case)
    if act.code in DRAFTED:
        refuse_beside_others(act.code, scene)
        refuse_placeholders(form)
        refuse_closed_articles(form)
        told = perform(scene, form)
        discard_act_draft(case=case, act=act.code, by=scene.by)
        return told
    return perform(scene, form)


def _shown_again(request: HttpRequest, number: int, code: str, form: ActForm) -> HttpResponse:
    scene = Scene(access_case(request.user, number), request.user, request.at)
    form.show_again(scene)
    # Before anything else is read of the case: what was typed is a draft on it then.
    keep_typed(form, code, case=scene.case, by=scene.by, at=scene.at)
    news = scene.lines_after(form.cleaned_data.get("seen") or scene.case.last_seq)
    return _case_page(request, scene.case, {code: form}, scene=scene, news=news)


def _case_page(
    request: HttpRequest,
    case: Case,
    sent: dict[str, ActForm],
    *,
    scene: Scene | None = None,
    news: list | None = None,
) -> HttpResponse:
    scene = scene or Scene.of_page(case, request.user, request.at)
    found = panels(scene, sent)
    context = {
        "scene": scene,
        "case": case,
        "panels": found,
        "layout": Layout(found),
        "news": news or [],
        "form": next(iter(sent.values()), None),
    }
    return show(request, "desk/case.html", context, status=NOT_ACCEPTED if sent else 200)
