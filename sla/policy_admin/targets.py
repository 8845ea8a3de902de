"""The tables of targets, one for each clock."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.translation import gettext as _

from accounts.errors import DomainError
from sla.actions import save_targets
from sla.errors import PolicyIsFaulty
from sla.forms import targets as target_forms
from sla.pages import CLOCKS, Edited, edited
from sla.policy_admin.base import DraftPages, revision_of


class TargetPages(DraftPages):
    def pages(self) -> list[URLPattern]:
        return [
            *super().pages(),
            self.named_path("targets/<slug:clock>/", self.targets, "targets"),
        ]

    def targets(self, request: HttpRequest, clock: str) -> HttpResponse:
        if clock not in CLOCKS:
            raise Http404
        copy = edited()
        table = target_forms.TargetTable(
            request.POST or None,
            initial=[
                target_forms.initial_of(row) for row in copy.rows.targets if row.clock == clock
            ],
            form_kwargs={"policy": copy.policy},
        )
        trouble: list[str] = []
        if request.method == "POST" and table.is_valid():
            trouble = self._save_targets(request, copy, clock, table)
            if not trouble and not _has_errors(table):
                return self.saved(request, _("Targets: %(name)s") % {"name": CLOCKS[clock]})
        return self.page(
            request,
            "targets",
            _("Targets: %(name)s") % {"name": CLOCKS[clock]},
            revision=revision_of(request, copy),
            table=table,
            trouble=trouble,
            clock=clock,
            clocks=CLOCKS,
        )

    def _save_targets(
        self, request: HttpRequest, copy: Edited, clock: str, table: target_forms.BaseTargetTable
    ) -> list[str]:
        """Save a valid table; give back what stands against it and belongs to no field."""
        rows = [form.row(clock) for form in table.kept()]
        whole, first = target_forms.merged(copy.rows.targets, clock, rows)
        revision = revision_of(request, copy)
        try:
            save_targets(by=request.user, at=request.at, revision=revision, targets=whole)
        except PolicyIsFaulty as error:
            return table.show(error.faults, first)
        except DomainError as error:
            return [str(error)]
        return []


def _has_errors(table: target_forms.BaseTargetTable) -> bool:
    return any(form.errors for form in table.kept())
