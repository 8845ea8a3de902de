"""The texts of messages in the admin: which there are, whom they go to, the vendor's own words."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.admin_base import guarded
from accounts.changes import Told, changes_of, told
from accounts.errors import DomainError, NotAllowed
from desk.mail_samples import Sample, Shown, sample_of, shown_as_given, shown_in_html, shown_with
from outbox.letter_pages import letter_page
from outbox.text_models import MailText
from outbox.texts import (
    LONGEST_BODY,
    LONGEST_SUBJECT,
    About,
    access_about,
    check_text,
    described,
    given_body,
    newest_text,
    own_texts,
    restore_text,
    save_text,
)

NOT_ACCEPTED = 422
SIDES = dict(MailText.Side.choices)
HISTORY_SHOWN = 20


class TextForm(forms.Form):
    """A subject and a body. What the outbox refuses is shown at its field."""

    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=LONGEST_SUBJECT, strip=True)
    body = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=LONGEST_BODY,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "true"}),
    )
    why = forms.CharField(
        label=gettext_lazy("Why you change it"),
        help_text=gettext_lazy("Kept in the history; nobody has to say."),
        max_length=500,
        required=False,
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *arguments: Any, place: dict[str, str], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.place = place

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            self.refused(lambda: check_text(**self.place, **self.words()))
        return cleaned

    def words(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("subject", "body")}

    def refused(self, act: Any) -> bool:
        """Do something; a refusal is put at the field that it is about."""
        try:
            act()
        except NotAllowed as refusal:
            raise PermissionDenied from refusal
        except DomainError as refusal:
            field = refusal.field if refusal.field in self.fields else None
            self.add_error(field, str(refusal))
            return True
        return False


@dataclass(frozen=True)
class Version:
    """One kind as one side gets it in one language; `own` if the vendor has words of its own."""

    side: str
    language: str
    url: str
    own: MailText | None


@dataclass(frozen=True)
class Row:
    """One kind of message in the list."""

    kind: str
    about: About
    versions: tuple[Version, ...]


class MailTextPages:
    """The pages of the texts on an admin site."""

    def __init__(self, site: AdminSite) -> None:
        self.site = site

    def urls(self) -> list[URLPattern]:
        """List the addresses, below `mail-texts/`."""
        methods = require_http_methods(["GET", "HEAD", "POST"])
        one = "<slug:kind>/<slug:side>/<slug:language>/"
        return [
            self._named("", require_safe(self.list), "list"),
            self._named(one, methods(self.edit), "edit"),
            self._named(f"{one}html/", methods(self.html), "html"),
        ]

    def list(self, request: HttpRequest) -> HttpResponse:
        rows = list(_rows())
        only_own = request.GET.get("only") == "own"
        listed = [row for row in rows if not only_own or any(one.own for one in row.versions)]
        groups = [
            (name, list(group)) for name, group in groupby(listed, key=lambda row: row.about.group)
        ]
        return self._page(
            request,
            "list",
            _("Texts of messages"),
            groups=groups,
            only_own=only_own,
            has_languages=len(settings.LANGUAGES) > 1,
            number=len(rows),
            own=sum(bool(one.own) for row in rows for one in row.versions),
        )

    def edit(self, request: HttpRequest, kind: str, side: str, language: str) -> HttpResponse:
        about = access_about(kind, side, language)
        place = {"kind": kind, "side": side, "language": language}
        own = newest_text(**place)
        form = TextForm(request.POST or None, place=place, initial=_initial(own, language))
        wanted = request.POST.get("act", "")
        if request.method == "POST" and self._done(request, form, wanted):
            return redirect("admin:mail_texts_edit", **place)
        return self._edited(request, about, place, own, form)

    def html(self, request: HttpRequest, kind: str, side: str, language: str) -> HttpResponse:
        """Show a text as it arrives in HTML: what was typed, if it is sent, else what counts."""
        about = access_about(kind, side, language)
        place = {"kind": kind, "side": side, "language": language}
        form = TextForm(request.POST or None, place=place)
        form.is_valid()
        sample = sample_of(about=about, by=request.user, **place)
        shown = _preview(sample, newest_text(**place), form) or shown_as_given(sample)
        return letter_page(shown_in_html(sample, shown))

    def _edited(
        self,
        request: HttpRequest,
        about: About,
        place: dict[str, str],
        own: MailText | None,
        form: TextForm,
    ) -> HttpResponse:
        sample = sample_of(about=about, by=request.user, **place)
        return self._page(
            request,
            "edit",
            str(about.title),
            NOT_ACCEPTED if form.errors else 200,
            about=about,
            side=SIDES[place["side"]],
            language=_language(place["language"]),
            has_languages=len(settings.LANGUAGES) > 1,
            others=_others(about, place),
            html_url=reverse("admin:mail_texts_html", kwargs=place),
            own=own if own and not own.is_given else None,
            form=form,
            placeholders=about.all_placeholders.items(),
            sample=sample,
            given=shown_as_given(sample),
            preview=_preview(sample, own, form),
            is_unsaved=form.is_bound,
            history=_history(place),
            zone=request.user.time_zone or request.tenant.time_zone,
        )

    def _done(self, request: HttpRequest, form: TextForm, wanted: str) -> bool:
        """Save the text, or put the given one back; False where the page is to be shown again."""
        who = {"by": request.user, "at": request.at}
        if wanted == "restore":
            return _restored(request, form.place, who)
        if wanted != "save" or not form.is_valid():
            return False
        if form.refused(lambda: save_text(**form.place, **form.cleaned_data, **who)):
            return False
        messages.success(request, _("Saved. It counts from the next message on."))
        return True

    def _page(
        self, request: HttpRequest, name: str, title: str, status: int = 200, **context: Any
    ) -> HttpResponse:
        whole = {**self.site.each_context(request), "title": title, **context}
        return TemplateResponse(request, f"admin/mail_texts/{name}.html", whole, status=status)

    def _named(self, route: str, view: Any, name: str) -> URLPattern:
        shown = self.site.admin_view(guarded(view, lambda request: request.user.may("use_admin")))
        return path(f"mail-texts/{route}", shown, name=f"mail_texts_{name}")


def edit_url(kind: str, side: str, language: str) -> str:
    """Write the address of a text."""
    return reverse("admin:mail_texts_edit", args=[kind, side, language])


def _restored(request: HttpRequest, place: dict[str, str], who: dict[str, Any]) -> bool:
    """Put the given text back, whatever was typed. A refusal is said above the text that counts."""
    seen = request.POST.get("seen", "")
    is_key = seen.isdecimal() and len(seen) < 19
    said = {"why": request.POST.get("why", ""), "seen": int(seen) if is_key else None}
    try:
        restore_text(**place, **said, **who)
    except NotAllowed as refusal:
        raise PermissionDenied from refusal
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The given text is back, from the next message on."))
    return True


def _rows() -> Iterator[Row]:
    own = own_texts()
    for kind, about in described().items():
        versions = (
            Version(SIDES[side], name, edit_url(kind, side, code), own.get((kind, side, code)))
            for side in about.sides
            for code, name in settings.LANGUAGES
        )
        yield Row(kind, about, tuple(versions))


def _others(about: About, place: dict[str, str]) -> list[tuple[str, str, bool]]:
    """List the same kind for the other side and in other languages: words, address, is it this."""
    names = dict(settings.LANGUAGES)
    found = []
    for side in about.sides:
        for code, name in names.items():
            words = _("to %(side)s") % {"side": SIDES[side]}
            if len(names) > 1:
                words = _("to %(side)s, %(language)s") % {"side": SIDES[side], "language": name}
            here = (side, code) == (place["side"], place["language"])
            found.append((words, edit_url(place["kind"], side, code), here))
    return found


def _language(code: str) -> str:
    return str(dict(settings.LANGUAGES)[code])


def _initial(own: MailText | None, language: str) -> dict[str, object]:
    """Begin with the own text, or with one that says what the given one does."""
    seen = {"seen": own.pk if own else None}
    if own and not own.is_given:
        return {"subject": own.subject, "body": own.body, **seen}
    with translation.override(language):
        greeting = _("Hello %(name)s,") % {"name": "{name}"}
    return {"subject": "{subject}", "body": given_body(greeting), **seen}


def _preview(sample: Sample, own: MailText | None, form: TextForm) -> Shown | None:
    """Fill what was typed if it can be; else the text that counts."""
    if form.is_bound and not form.errors:
        return shown_with(sample, **form.words())
    if own and not own.is_given:
        return shown_with(sample, own.subject, own.body)
    return None


def _history(place: dict[str, str]) -> list[Told]:
    row = "{kind}/{side}/{language}".format(**place)
    label = MailText._meta.label_lower
    return [told(change) for change in changes_of(label, row)[:HISTORY_SHOWN]]
