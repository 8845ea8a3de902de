"""The forms of hand-overs, of the SWAT team and of escalations on the case page."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.numbers import number_in
from desk.forms import ActForm, words
from desk.scene import Scene
from desk.words import place_text
from escalation.acknowledging import Occurrence
from escalation.actions import hand_over_note
from escalation.errors import (
    AnswerMissing,
    EndNoteMissing,
    HandOverNoteMissing,
    NeedMissing,
    ReasonMissing,
    SituationMissing,
)
from escalation.models import EscalationRequest
from escalation.requests import request_words
from tickets.models import Case


class AcknowledgeForm(ActForm):
    """Nothing to fill in: what is acknowledged are the steps that the page shows."""

    steps = forms.CharField(widget=forms.HiddenInput)

    def prepare(self, scene: Scene) -> None:
        shown = scene.escalating.unacknowledged
        self.initial["steps"] = " ".join(f"{clock}:{seq}" for clock, seq in shown)

    def occurrences(self) -> list[Occurrence]:
        """List those of the steps of which nobody has taken notice meanwhile."""
        named = set(self.cleaned_data["steps"].split())
        waiting = self.scene.escalating.unacknowledged
        return [one for one in waiting if f"{one[0]}:{one[1]}" in named]


class _NotedForm(ActForm):
    """Both halves of a hand-over note, each of which is asked for (MX-27)."""

    done = words(
        gettext_lazy("Done so far"),
        rows=3,
        missing=HandOverNoteMissing.message,
        help_text=gettext_lazy("What was tried, and what came of it. Nothing yet? Say so."),
    )
    needed = words(gettext_lazy("What is needed"), rows=3, missing=NeedMissing.message)

    def said(self) -> str:
        return hand_over_note(self.cleaned_data["done"], self.cleaned_data["needed"])

    def notes(self) -> dict[str, str]:
        """Give both halves as the actions take them."""
        data = self.cleaned_data
        return {"note_done": data["done"], "note_needed": data["needed"]}


class HandOverForm(_NotedForm):
    team = forms.TypedChoiceField(label=gettext_lazy("Team"), coerce=int)
    field_order = ("team", "done", "needed")

    def prepare(self, scene: Scene) -> None:
        self.fields["team"].choices = [
            (team.pk, place_text(team.tier, team.name))
            for team in scene.teams
            if team.pk != scene.case.team_id or self.is_bound
        ]

    def drawn_for(self, case: Case) -> str:
        return f"tier {case.tier} team {case.team_id}"

    def effect(self) -> dict[str, Any]:
        return {"to_team": self.cleaned_data["team"]}


class EscalateForm(_NotedForm):
    def drawn_for(self, case: Case) -> str:
        return str(case.tier)

    def effect(self) -> dict[str, Any]:
        drawn = number_in(self.cleaned_data["drawn"])
        return {} if drawn is None else {"from_tier": drawn}


class HandBackForm(ActForm):
    reason = words(
        gettext_lazy("Why it goes back, and what is missing"),
        rows=3,
        missing=gettext_lazy("Say why it goes back."),
    )

    def drawn_for(self, case: Case) -> str:
        return f"tier {case.tier} team {case.team_id}"

    def effect(self) -> dict[str, Any]:
        return {"back": True}


class LogEscalationForm(ActForm):
    """What the customer said to whomever of the desk: the three fields of DD-25, and the way."""

    way = forms.ChoiceField(
        label=gettext_lazy("How it came"),
        widget=forms.RadioSelect,
        choices=[one for one in EscalationRequest.Way.choices if one[0] != "portal"],
        error_messages={"required": gettext_lazy("Say how it came.")},
    )
    asked_by = forms.TypedChoiceField(label=gettext_lazy("Who asks"), coerce=int)
    situation = words(gettext_lazy("How things stand"), rows=3, missing=SituationMissing.message)
    reason = words(gettext_lazy("Why they ask"), rows=3, missing=ReasonMissing.message)

    def prepare(self, scene: Scene) -> None:
        people = scene.escalating.askers
        self.fields["asked_by"].choices = [(person.pk, person.name) for person in people]
        self.initial["asked_by"] = scene.case.contact_id
        self.fields["situation"].help_text = _("The customer reads this; as they see it.")
        self.fields["reason"].help_text = scene.escalating.reach_text

    def said(self) -> str:
        return request_words(self.cleaned_data["situation"], self.cleaned_data["reason"])

    def effect(self) -> dict[str, Any]:
        return {"way": self.cleaned_data["way"]}


class AnswerEscalationForm(ActForm):
    body = words(gettext_lazy("Answer; the customer reads this"), missing=AnswerMissing.message)


class EndEscalationForm(ActForm):
    note = words(
        gettext_lazy("Why it ends; the customer reads this too"),
        rows=3,
        missing=EndNoteMissing.message,
    )


class SwatForm(ActForm):
    note = words(gettext_lazy("What for; only the desk reads this"), rows=3)


class LetSwatGoForm(ActForm):
    note = words(gettext_lazy("Why it is no longer needed; only the desk reads this"), rows=2)
