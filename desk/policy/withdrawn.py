"""The cases of a version of the policy, and new promises for the open ones."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.admin_base import guarded
from accounts.errors import DomainError, NotAllowed
from jobs.models import Job
from jobs.tasks import nudge
from sla.errors import NoPolicy
from sla.queries import access_version, current_policy
from tickets.actions.retargeting import retarget_from_version
from tickets.models import Case
from tickets.queries import cases_of_version, open_cases_following
from tickets.wording import display_number

CASES_ON_A_PAGE = 50


class RetargetForm(forms.Form):
    """From where the new promises count."""

    base = forms.ChoiceField(
        label=gettext_lazy("The new promises count"),
        choices=[
            ("change", gettext_lazy("from now")),
            ("opening", gettext_lazy("from the opening of each case; some may be late at once")),
        ],
        widget=forms.RadioSelect,
        initial="change",
    )


@dataclass(frozen=True, slots=True)
class Row:
    """A case in the list."""

    case: Case
    number: str
    is_opened_under: bool
    follows: int


class VersionCasesPages:
    """The page of the cases of a version on an admin site."""

    def __init__(self, site: AdminSite) -> None:
        self.site = site

    def urls(self) -> list[URLPattern]:
        """List the addresses, below `policy/versions/`."""
        view = require_http_methods(["GET", "HEAD", "POST"])(self.cases)
        shown = self.site.admin_view(guarded(view, _may_publish))
        route = "policy/versions/<int:number>/cases/"
        return [path(route, shown, name="policy_version_cases")]

    def cases(self, request: HttpRequest, number: int) -> HttpResponse:
        version = access_version(number)
        form = RetargetForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            job = _ordered(request, number, form)
            if job is not None:
                return redirect("admin:jobs_job_page", job.pk)
        return self._page(
            request,
            _("Cases of %(version)s") % {"version": version},
            version=version,
            form=form,
            page=_page_of(number, request.GET.get("page")),
            follow=open_cases_following(number),
            is_in_effect=_is_in_effect(request, number),
        )

    def _page(self, request: HttpRequest, title: str, **context: Any) -> HttpResponse:
        whole = {**self.site.each_context(request), "title": title, **context}
        return TemplateResponse(request, "admin/policy/version_cases.html", whole)


def _may_publish(request: HttpRequest) -> bool:
    return request.user.may("publish_policy")


def _is_in_effect(request: HttpRequest, number: int) -> bool:
    try:
        return current_policy(request.at).number == number
    except NoPolicy:  # the first version begins later
        return False


def _ordered(request: HttpRequest, number: int, form: RetargetForm) -> Job | None:
    """Order the work; what is refused is said on the form."""
    base = form.cleaned_data["base"]
    try:
        job = retarget_from_version(number=number, base=base, by=request.user, at=request.at)
    except NotAllowed as refused:
        raise PermissionDenied from refused
    except DomainError as error:
        form.add_error(None, str(error))
        return None
    nudge()
    messages.success(request, _("Ordered. This page shows how far it has come."))
    return job


def _page_of(number: int, wanted: str | None) -> Page:
    cases = cases_of_version(number).select_related("tenant", "policy_version", "company")
    page = Paginator(cases, CASES_ON_A_PAGE).get_page(wanted)
    page.object_list = [
        Row(case, display_number(case), case.is_opened_under, case.policy_version.number)
        for case in page.object_list
    ]
    return page
