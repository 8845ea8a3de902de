"""The targets of each clock: as a grid of plans and levels, and as a list of rules."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.translation import gettext as _

from accounts.errors import DomainError
from sla.actions import save_targets
from sla.editing import save_section
from sla.engine.policy import Policy
from sla.engine.sections import TARGET_ROW
from sla.errors import PolicyIsFaulty
from sla.forms import targets as target_forms
from sla.forms.grid import GridForm, narrowed_by
from sla.grid import grid_of, narrowing_axes, telling_axes
from sla.grid_writing import TooManyCombinations, Unwritable, write_grid
from sla.pages import CLOCKS, Edited, edited
from sla.policy_admin.base import DraftPages, revision_of
from sla.policy_admin.sections import change_text
from sla.registry import codes_of_axis
from sla.words import AXIS_NAMES, axis_parts


class TargetPages(DraftPages):
    def pages(self) -> list[URLPattern]:
        return [
            *super().pages(),
            self.named_path("grid/<slug:clock>/", self.grid, "grid"),
            self.named_path("targets/<slug:clock>/", self.targets, "targets"),
        ]

    def grid(self, request: HttpRequest, clock: str) -> HttpResponse:
        if clock not in CLOCKS:
            raise Http404
        copy = edited()
        choices = _narrowings(copy.policy)
        narrowed = narrowed_by(request.GET, choices, _usual(copy.policy, clock))
        form = GridForm(copy.policy, grid_of(copy.policy, clock, narrowed), request.POST or None)
        trouble: list[str] = []
        if request.method == "POST" and "fill" in request.POST:
            form = _filled(request, form)
        elif request.method == "POST" and form.is_valid():
            trouble = _save_grid(request, copy, form)
            if not trouble and not form.error_count():
                return self.saved(request, change_text(_title(clock), copy.policy))
        return self.page(
            request,
            "grid",
            _title(clock),
            revision=revision_of(request, copy),
            form=form,
            trouble=trouble,
            is_faulty=bool(trouble or form.error_count()),
            clock=clock,
            clocks=CLOCKS,
            narrowings=_shown(copy.policy, choices, narrowed),
        )

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
            trouble = _save_targets(request, copy, clock, table)
            if not trouble and not _has_errors(table):
                return self.saved(request, change_text(_title(clock), copy.policy))
        return self.page(
            request,
            "targets",
            _title(clock),
            revision=revision_of(request, copy),
            table=table,
            trouble=trouble,
            clock=clock,
            clocks=CLOCKS,
            products=codes_of_axis("product"),
            cards=target_forms.cards(table, clock, copy.policy),
        )


def _title(clock: str) -> str:
    return _("Targets: %(name)s") % {"name": CLOCKS[clock]}


def _narrowings(policy: Policy) -> dict[str, list[str]]:
    return {
        axis: [part.code for part in axis_parts(policy, axis)] for axis in narrowing_axes(policy)
    }


def _usual(policy: Policy, clock: str) -> dict[str, str]:
    """Choose what to look at where every rule is about some of the cases only: the preset ones."""
    usual = {}
    for axis in telling_axes(policy, clock):
        named = {code for row in policy.targets if row.clock == clock for code in row.when[axis]}
        parts = [part for part in axis_parts(policy, axis) if part.code in named]
        preset = [part.code for part in parts if getattr(part, "default", False)]
        usual[axis] = (preset or [part.code for part in parts])[0]
    return usual


def _shown(
    policy: Policy, choices: Mapping[str, list[str]], narrowed: Mapping[str, str]
) -> list[dict[str, Any]]:
    return [
        {
            "axis": axis,
            "name": AXIS_NAMES[axis],
            "parts": axis_parts(policy, axis),
            "chosen": narrowed.get(axis, ""),
        }
        for axis in choices
    ]


def _filled(request: HttpRequest, form: GridForm) -> GridForm:
    copied = form.filled(request.POST)
    if copied is None:
        return form
    messages.info(request, _("Filled in, but not saved yet."))
    return GridForm(form.policy, form.grid, copied)


def _save_grid(request: HttpRequest, copy: Edited, form: GridForm) -> list[str]:
    """Save a valid grid; give back what stands against it and belongs to no cell."""
    revision = revision_of(request, copy)
    try:
        targets = write_grid(copy.policy, form.grid, form.changes())
    except TooManyCombinations:
        return [
            _(
                "The rules of this clock tell too many kinds of cases apart for a grid. "
                "Change it in the list of all rules of this clock."
            )
        ]
    except Unwritable:
        return [
            _(
                "Rules for some of these cases stand in the way, so that the grid cannot say this "
                "without changing them too. Change it in the list of all rules of this clock."
            )
        ]
    sections = {"targets": [TARGET_ROW.write(row) for row in targets]}
    try:
        save_section(by=request.user, at=request.at, revision=revision, sections=sections)
    except PolicyIsFaulty as error:
        return form.show(error.faults, targets)
    except DomainError as error:
        return [str(error)]
    return []


def _save_targets(
    request: HttpRequest, copy: Edited, clock: str, table: target_forms.BaseTargetTable
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
