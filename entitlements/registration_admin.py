"""Where managers decide who becomes a customer: what was said, what is known, yes or no (DD-17)."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.filters import ChoicesFieldListFilter
from django.contrib.admin.sites import AdminSite
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.admin_base import OwnPages
from accounts.domains import domain_of, is_free_mail
from accounts.errors import DomainError, NotFound
from accounts.models import Company
from accounts.zones import moment_text
from entitlements.licensing import EXPIRED, GOOD, NOT_BEGUN, UNVERIFIED
from entitlements.models import Registration
from entitlements.registration import (
    RegistrationDecided,
    accept_registration,
    decline_registration,
)
from entitlements.registration_matches import Match, licence_named, matches_of
from outbox.tasks import nudge

NEW, OTHER = "new", "other"
State = Registration.State

STANDINGS = {
    GOOD: gettext_lazy("verified, runs today"),
    EXPIRED: gettext_lazy("expired"),
    UNVERIFIED: gettext_lazy("not verified"),
    NOT_BEGUN: gettext_lazy("not begun"),
}


class AcceptForm(forms.Form):
    """To which company somebody belongs: one that matches, another by its name, or a new one."""

    company = forms.ChoiceField(
        label=gettext_lazy("Contact of which company?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose the company.")},
    )
    company_name = forms.CharField(
        label=gettext_lazy("Name of the other or new company"), max_length=200, required=False
    )
    with_domain = forms.BooleanField(required=False)

    def __init__(self, registration: Registration, matches: list[Match], data: Any = None) -> None:
        super().__init__(data, initial={"company_name": registration.company_name})
        # A name alone is no reason: anybody can write it.
        if matches and _is_strong(matches[0]):
            self.initial["company"] = str(matches[0].company.pk)
        self.known = {str(match.company.pk): match.company for match in matches}
        self.fields["company"].choices = [
            *((str(match.company.pk), _with_reasons(match)) for match in matches),
            (OTHER, _("Another company that is listed, by its exact name")),
            (NEW, _("A new company")),
        ]
        self._ask_for_domain(domain_of(registration.email))

    def _ask_for_domain(self, domain: str) -> None:
        if is_free_mail(domain):
            del self.fields["with_domain"]
            return
        self.fields["with_domain"].label = _(
            "From now on everybody with an address at %(domain)s belongs to this company"
        ) % {"domain": domain}

    def clean(self) -> dict[str, Any]:
        """Find the company that was chosen, as `chosen`; None for a new one."""
        cleaned = super().clean() or {}
        choice, name = cleaned.get("company"), (cleaned.get("company_name") or "").strip()
        if choice in (OTHER, NEW) and not name:
            self.add_error("company_name", _("Say the name of the company."))
        chosen = self.known.get(choice or "")
        if choice == OTHER and name:
            chosen = Company.objects.filter(name__iexact=name).order_by("id").first()
            if chosen is None:
                self.add_error("company_name", _("No company is listed under this name."))
        return cleaned | {"chosen": chosen, "new": name if choice == NEW else ""}


class DeclineForm(forms.Form):
    answer = forms.CharField(
        label=gettext_lazy("Your words to them"),
        help_text=gettext_lazy("They are mailed as they stand."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Say why, so that they know what to do.")},
    )


class StatesToSee(ChoicesFieldListFilter):
    """Filters by the states of those who have proven their address: the others are not listed."""

    def choices(self, changelist: ChangeList) -> Iterator[dict[str, object]]:
        for choice in super().choices(changelist):
            if choice["display"] != State.ASKED.label:
                yield choice


class RegistrationAdmin(OwnPages):
    """The inbox: who has proven an address and waits, and what became of the others."""

    list_display = ["who", "company_name", "state", "asked"]
    list_display_links = None
    list_filter = [("state", StatesToSee)]
    search_fields = ["name", "email", "company_name", "licence_number", "person__name"]
    # The ones that wait stand first.
    ordering = ["-state", "-proven_at"]

    def get_urls(self) -> list[URLPattern]:
        page = require_http_methods(["GET", "HEAD", "POST"])(self.page)
        return [
            self.named_path("", require_safe(self.inbox), "changelist"),
            self.named_path("<int:registration_id>/", page, "page"),
        ]

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Registration]:
        # Whoever has not proven the address has said nothing yet.
        rows = Registration.objects.exclude(state=State.ASKED)
        return rows.select_related("person__company", "decided_by", "tenant")

    def inbox(self, request: HttpRequest) -> HttpResponse:
        waiting = Registration.objects.filter(state=State.WAITING).count()
        title = _("Registrations: %(number)d to decide") % {"number": waiting}
        return self.changelist_view(request, {"title": title})

    @admin.display(description=gettext_lazy("who"), ordering="id")
    def who(self, registration: Registration) -> str:
        url = reverse("admin:entitlements_registration_page", args=[registration.pk])
        return format_html('<a href="{}">{}</a>', url, _name_of(registration))

    @admin.display(description=gettext_lazy("asked"), ordering="proven_at")
    def asked(self, registration: Registration) -> str:
        return moment_text(registration.asked_at, registration.tenant.time_zone)

    def page(self, request: HttpRequest, registration_id: int) -> HttpResponse:
        registration = self.get_queryset(request).filter(pk=registration_id).first()
        if registration is None:
            raise NotFound
        waits = registration.state == State.WAITING
        matches = matches_of(registration, request.at) if waits else []
        forms_of = {"accept": AcceptForm(registration, matches), "decline": DeclineForm()}
        if request.method == "POST":
            decided = self._decide(request, registration, matches, forms_of)
            if decided is not None:
                return decided
        status = 422 if request.method == "POST" else None
        shown = _shown(registration, matches, request) | {"forms": forms_of}
        context = {**self.admin_site.each_context(request), **shown}
        template = "admin/entitlements/registration/page.html"
        return TemplateResponse(request, template, context, status=status)

    def _decide(
        self,
        request: HttpRequest,
        registration: Registration,
        matches: list[Match],
        forms_of: dict[str, forms.Form],
    ) -> HttpResponse | None:
        """Accept or decline, and go to the list; None with what is wrong in the form."""
        decision = "decline" if request.POST.get("decision") == "decline" else "accept"
        if decision == "accept":
            form = AcceptForm(registration, matches, request.POST)
        else:
            form = DeclineForm(request.POST)
        forms_of[decision] = form
        if not form.is_valid():
            return None
        try:
            told = (_accept if decision == "accept" else _decline)(request, registration, form)
        except RegistrationDecided as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:entitlements_registration_page", registration.pk)
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            return None
        self.log_change(request, registration, told)
        messages.success(request, told)
        nudge()
        return redirect("admin:entitlements_registration_changelist")


def register(site: AdminSite) -> None:
    """Put the inbox of registrations into an admin site."""
    site.register(Registration, RegistrationAdmin)


def _accept(request: HttpRequest, registration: Registration, form: AcceptForm) -> str:
    person = accept_registration(
        registration_id=registration.pk,
        company=form.cleaned_data["chosen"],
        new_company=form.cleaned_data["new"],
        with_domain=form.cleaned_data.get("with_domain", False),
        by=request.user,
        at=request.at,
    )
    if person is None:
        return _("The address has an account by now. The registration is gone, and a mail says so.")
    return _("Accepted as a contact of %(company)s.") % {"company": person.company.name}


def _decline(request: HttpRequest, registration: Registration, form: DeclineForm) -> str:
    decline_registration(
        registration_id=registration.pk,
        answer=form.cleaned_data["answer"],
        by=request.user,
        at=request.at,
    )
    return _("Declined.")


def _name_of(registration: Registration) -> str:
    return registration.person.name if registration.person else registration.name


def _is_strong(match: Match) -> bool:
    return bool(match.domain) or (match.licence is not None and match.licence.standing.code == GOOD)


def _with_reasons(match: Match) -> str:
    return format_html(
        '<strong>{}</strong><span class="reg-why">{}</span>',
        match.company.name,
        "; ".join(_reasons(match)),
    )


def _reasons(match: Match) -> Iterator[str]:
    if match.licence:
        yield _("has the licence") + f" ({STANDINGS[match.licence.standing.code]})"
    if match.domain:
        yield _("%(domain)s is on its list") % {"domain": match.domain}
    if match.colleagues:
        yield ngettext(
            "%(number)d of its people has an address there",
            "%(number)d of its people have addresses there",
            match.colleagues,
        ) % {"number": match.colleagues}
    if match.by_name:
        yield _("its name is alike")


def _shown(
    registration: Registration, matches: list[Match], request: HttpRequest
) -> dict[str, object]:
    number = registration.licence_number
    named = licence_named(number, request.at) if number else None
    domain = domain_of(registration.email)
    return {
        "title": _name_of(registration),
        "opts": Registration._meta,
        "registration": registration,
        "waits": registration.state == State.WAITING,
        "matches": matches,
        "named": named,
        "standing": STANDINGS[named.standing.code] if named else "",
        "domain": domain,
        "is_free_mail": is_free_mail(domain),
        "zone": request.tenant.time_zone,
    }
