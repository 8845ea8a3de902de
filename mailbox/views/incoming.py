"""Mail that waits for a person, and what became of the rest."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.change_models import Change
from accounts.changes import keep_change
from mailbox import actions, keeping, verdicts
from mailbox.forms import BinForm, EscalateForm, JoinForm, OpenForm, ReleaseForm
from mailbox.models import RawMail
from mailbox.page import NOT_ACCEPTED, mail_page, refusals_into, show
from mailbox.queries import LISTS, access_mail, mails_on
from mailbox.words import reason_of
from tickets.wording import display_number

ON_A_PAGE = 50
LIST_NAMES = {
    "waiting": gettext_lazy("Waiting for you"),
    "refused": gettext_lazy("Not taken"),
    "ignored": gettext_lazy("Nobody was told"),
    "taken": gettext_lazy("On a case"),
    "binned": gettext_lazy("Thrown away"),
}


@dataclass(frozen=True)
class Act:
    """One thing to do about a mail: its form, and what the button does."""

    title: str | Promise
    button: str | Promise
    may: str
    form: type[forms.Form]
    do: Callable[[dict[str, Any], Mapping[str, Any]], str]
    needs_words: bool = True


def _join(given: dict[str, Any], data: Mapping[str, Any]) -> str:
    vouched = bool(data.get("vouched"))
    case = actions.join_mail(number=data["number"], vouched=vouched, **given)
    return _("It is on %(number)s now.") % {"number": display_number(case)}


def _open(given: dict[str, Any], data: Mapping[str, Any]) -> str:
    case = actions.open_from_mail(contact=data["contact"], **given)
    return _("It is the case %(number)s now.") % {"number": display_number(case)}


def _escalate(given: dict[str, Any], data: Mapping[str, Any]) -> str:
    words = {name: data[name] for name in ("number", "situation", "reason")}
    case = actions.log_escalation_of(**words, **given)
    return _("The escalation of %(number)s is logged.") % {"number": display_number(case)}


def _bin(given: dict[str, Any], data: Mapping[str, Any]) -> str:
    actions.bin_mail(reason=data["reason"], **given)
    return _("It is thrown away.")


def _release(given: dict[str, Any], data: Mapping[str, Any]) -> str:
    actions.release_mail(vouched=bool(data.get("vouched")), **given)
    return _("It is read once more, in a few seconds.")


ACTS: Mapping[str, Act] = {
    "escalate": Act(
        gettext_lazy("Log the escalation"),
        gettext_lazy("Log the escalation"),
        "log_escalation",
        EscalateForm,
        _escalate,
    ),
    "join": Act(
        gettext_lazy("Put it onto a case"),
        gettext_lazy("Put it onto the case"),
        "log_call",
        JoinForm,
        _join,
    ),
    "open": Act(
        gettext_lazy("Open a case with it"),
        gettext_lazy("Open the case"),
        "open_for_caller",
        OpenForm,
        _open,
    ),
    "release": Act(
        gettext_lazy("Let it be read once more"),
        gettext_lazy("Read it once more"),
        "log_call",
        ReleaseForm,
        _release,
        needs_words=False,
    ),
    "bin": Act(
        gettext_lazy("Throw it away"),
        gettext_lazy("Throw it away"),
        "log_call",
        BinForm,
        _bin,
        needs_words=False,
    ),
}


@mail_page()
@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    wanted = request.GET.get("list", "")
    name = wanted if wanted in LISTS else "waiting"
    page = Paginator(mails_on(name, request.user), ON_A_PAGE).get_page(request.GET.get("page"))
    shown = {
        "page": page,
        "rows": [(row, reason_of(row)) for row in page],
        "list": name,
        "lists": LIST_NAMES.items(),
        "list_name": LIST_NAMES[name],
    }
    return show(request, "incoming/list.html", shown)


@mail_page()
@require_safe
def mail(request: HttpRequest, mail_id: int) -> HttpResponse:
    return _page(request, access_mail(request.user, mail_id))


@mail_page()
@require_POST
def act(request: HttpRequest, mail_id: int, act: str) -> HttpResponse:
    row = access_mail(request.user, mail_id)
    chosen = ACTS.get(act)
    if chosen is None or not request.user.may(chosen.may):
        raise Http404
    form = chosen.form(request.POST, mail=row)
    if form.is_valid():
        with refusals_into(form):
            given = {"mail_id": row.pk, "by": request.user, "at": request.at}
            messages.success(request, chosen.do(given, form.cleaned_data))
    if form.errors:
        return _page(request, access_mail(request.user, mail_id), sent=(act, form))
    return redirect("incoming:list")


@mail_page("use_admin")
@require_POST
def raw(request: HttpRequest, mail_id: int) -> HttpResponse:
    """Give a mail as it came, to save; that somebody had it is noted."""
    row = access_mail(request.user, mail_id)
    try:
        content = keeping.read(row.tenant_id, row.uuid)
    except FileNotFoundError as gone:
        raise Http404 from gone
    keep_change(
        act=Change.Act.CHANGED,
        model=actions.MODEL,
        row=row.pk,
        named=row.subject or row.sender or str(row.pk),
        by=request.user,
        at=request.at,
        words=_("Downloaded as it came"),
    )
    response = HttpResponse(content, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="mail-{row.pk}.txt"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "no-store"
    return response


def _page(
    request: HttpRequest, row: RawMail, sent: tuple[str, forms.Form] | None = None
) -> HttpResponse:
    parsed = row.parsed or {}
    shown = {
        "mail": row,
        "parsed": parsed,
        "why": reason_of(row),
        "recipients": ", ".join(row.envelope_to or _to(parsed)),
        "results": [one["value"] for one in parsed.get("authentication", [])],
        "acts": _acts(request, row, sent),
        "refused": sent[1].non_field_errors() if sent else [],
        "is_vouched": row.vouched_by_id is not None,
    }
    return show(request, "incoming/mail.html", shown, status=NOT_ACCEPTED if sent else 200)


def _acts(
    request: HttpRequest, row: RawMail, sent: tuple[str, forms.Form] | None
) -> list[tuple[str, Act, forms.Form]]:
    """Prepare the forms of what can be done; the one that fits the reason first."""
    if row.state not in actions.JOINABLE:
        return []
    found = []
    for code, one in ACTS.items():
        is_wish = code != "escalate" or row.why == verdicts.ESCALATION
        if is_wish and request.user.may(one.may) and (row.parsed or not one.needs_words):
            form = sent[1] if sent is not None and sent[0] == code else one.form(mail=row)
            found.append((code, one, form))
    return found


def _to(parsed: Mapping[str, Any]) -> list[str]:
    return [one["address"] for one in parsed.get("to", [])]
