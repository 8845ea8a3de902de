"""The working copy in the admin: an overview, and the pages on which its parts are edited."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.translation import gettext as _

from sla.checklist import checklist
from sla.findings import findings_of
from sla.overview import overview_groups
from sla.pages import edited
from sla.policy_admin.calendars import CalendarPages
from sla.policy_admin.holidays import HolidayPages
from sla.policy_admin.languages import LanguagePages
from sla.policy_admin.lint import LintPages, day_of_vendor, groups
from sla.policy_admin.publishing import PublishPages
from sla.policy_admin.sections import SectionPages
from sla.policy_admin.start import StartPages
from sla.policy_admin.targets import TargetPages


class PolicyDraftAdmin(
    StartPages,
    TargetPages,
    SectionPages,
    CalendarPages,
    HolidayPages,
    LanguagePages,
    PublishPages,
    LintPages,
):
    def pages(self) -> list[URLPattern]:
        return [self.named_path("", self.overview, "changelist"), *super().pages()]

    def overview(self, request: HttpRequest) -> HttpResponse:
        copy = edited()
        return self.page(
            request,
            "overview",
            _("Support policy"),
            edited=copy,
            groups=overview_groups(copy),
            checklist=checklist(copy.policy),
            findings=[
                (group.heading, len(group.lines))
                for group in groups(copy.policy, findings_of(copy.policy, day_of_vendor(request)))
            ],
        )
