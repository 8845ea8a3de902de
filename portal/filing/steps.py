"""The steps of filing a case; those that have nothing to ask this customer are left out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.forms import BooleanField, Field
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _

from accounts.errors import NotFound
from portal.filing.draft import Filing
from portal.filing.forms import (
    DetailsForm,
    PriorityForm,
    ReleaseForm,
    SeverityForm,
    StepForm,
    WhatForm,
    WhenForm,
)
from portal.filing.situation import OfferForm, SituationForm
from tickets.uploading import FilesField


@dataclass(frozen=True)
class Step:
    """One page of questions. `applies` tells whether this filing is asked them."""

    slug: str
    title: LazyText
    form: type[StepForm]
    template: str
    applies: Callable[[Filing], bool]
    # Where all that is asked may be left empty, a draft is whole without having been there.
    is_optional: Callable[[Filing], bool] = lambda filing: False

    def is_answered(self, filing: Filing) -> bool:
        """Tell whether the draft has a valid answer to every question of the step.

        An optional question counts once it was asked: its answer may be empty. A tick that is not
        set is an answer.
        """
        form = self.form(filing, filing.answers)
        asked = (name for name, field in form.fields.items() if not _may_be_missing(field))
        if not form.is_valid():
            return False
        return self.is_optional(filing) or all(name in filing.answers for name in asked)


def _may_be_missing(field: Field) -> bool:
    return isinstance(field, BooleanField | FilesField)


STEPS = (
    Step("what", _("What is it about?"), WhatForm, "what", lambda filing: True),
    Step(
        "release",
        _("Which release do you use?"),
        ReleaseForm,
        "level",
        lambda filing: bool(filing.releases),
    ),
    Step(
        "situation",
        _("Where is it, and whom does it hit?"),
        SituationForm,
        "fields",
        lambda filing: not filing.is_wish,
        lambda filing: not filing.needs_environment,
    ),
    Step(
        "severity",
        _("How severe is it?"),
        SeverityForm,
        "level",
        lambda filing: len(filing.offered("severity")) > 1,
    ),
    Step(
        "offer",
        _("A workaround is known: which level shall it have?"),
        OfferForm,
        "offer",
        lambda filing: filing.lower_level is not None,
    ),
    Step(
        "priority",
        _("How pressing is it?"),
        PriorityForm,
        "level",
        lambda filing: len(filing.offered("priority")) > 1,
    ),
    Step(
        "when",
        _("When shall it be done?"),
        WhenForm,
        "fields",
        lambda filing: filing.is_slot_wanted,
    ),
    Step("details", _("What happens?"), DetailsForm, "details", lambda filing: True),
)


def steps_of(filing: Filing) -> list[Step]:
    """List the steps that this filing is asked, in order."""
    return [step for step in STEPS if step.applies(filing)]


def find_step(slug: str) -> Step:
    """Find a step by its place in the address. Raises NotFound."""
    found = next((step for step in STEPS if step.slug == slug), None)
    if found is None:
        raise NotFound
    return found


def first_open_step(filing: Filing) -> Step | None:
    """Find the first step that is not answered yet, None when all are."""
    return next((step for step in steps_of(filing) if not step.is_answered(filing)), None)


def typed(step: Step, data: Mapping[str, Any], filing: Filing) -> dict[str, str]:
    """Take from what was sent the step's own answers, valid or not, so that nothing is lost."""
    form = step.form(filing)
    # PostgreSQL stores no NUL character; nobody types one.
    answers = (name for name, field in form.fields.items() if not isinstance(field, FilesField))
    return {name: str(data.get(name, "")).replace("\0", "") for name in answers}
