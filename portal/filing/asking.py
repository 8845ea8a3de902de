"""Asking a named person to let a draft through, or for points, when the gate says no (SC-19)."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from entitlements.gate import Holdings
from entitlements.gate_rules import CAN_BE_OVERRIDDEN
from entitlements.models import EntitlementRequest, GateOverride
from entitlements.request_words import code_names
from portal.filing.draft import Filing
from portal.filing.forms import Data
from portal.points import people_to_ask, people_who_except, request_text
from sla.engine.parts import Refusal
from sla.engine.policy import Policy

WORDS_LENGTH = EntitlementRequest._meta.get_field("words").max_length
EXCEPTION = "override"
PACK = "pack:"


class AskForm(forms.Form):
    """What is asked of whom, for the draft that was refused."""

    what = forms.ChoiceField(
        label=gettext_lazy("What do you ask for?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what you ask for.")},
    )
    asked_of = forms.TypedChoiceField(
        label=gettext_lazy("Whom do you ask?"), coerce=int, required=False, empty_value=None
    )
    words = forms.CharField(
        label=gettext_lazy("Your words to them"),
        max_length=WORDS_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, filing: Filing, data: Data = None) -> None:
        super().__init__(data, auto_id="ask_%s")
        self.filing = filing
        choices = _what_can_be_asked(filing)
        self.fields["what"].choices = choices
        self.initial["what"] = choices[0][0] if choices else ""
        named = [(person.pk, self._named(person)) for person in self.people]
        self.fields["asked_of"].choices = [("", _("Whoever sees to it")), *named]
        self.initial["asked_of"] = named[0][0] if named else ""

    @cached_property
    def people(self) -> list[Person]:
        """List whom any of this can be asked of: for points more people than for an exception."""
        points = people_to_ask(self.filing.by) if self._is_about_points else []
        return list({person.pk: person for person in [*points, *self._excepting]}.values())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        asked = cleaned.get("asked_of")
        deciding = {person.pk for person in self._excepting}
        if cleaned.get("what") == EXCEPTION and asked and asked not in deciding:
            told = _("They do not decide about exceptions: ask somebody else for this.")
            self.add_error("asked_of", told)
        return cleaned

    @property
    def _is_about_points(self) -> bool:
        return any(what != EXCEPTION for what, _name in self.fields["what"].choices)

    @cached_property
    def _excepting(self) -> list[Person]:
        return people_who_except()

    def _named(self, person: Person) -> str:
        named = {"name": person.name, "role": person.get_role_display()}
        if not self._is_about_points or person in self._excepting:
            return _("%(name)s, %(role)s") % named
        return _("%(name)s, %(role)s: for points, not for an exception") % named

    def request(self) -> dict[str, object]:
        """Give what a valid form asks for, as `ask_for_entitlement` takes it."""
        what, asked = self.cleaned_data["what"], self.cleaned_data["asked_of"]
        filing = self.filing
        return {
            "kind": "pack" if what.startswith(PACK) else "override",
            "pack": what.removeprefix(PACK) if what.startswith(PACK) else "",
            "codes": () if what.startswith(PACK) else codes_in_the_way(filing),
            "subject": filing.answers.get("subject", ""),
            "channel": filing.wish.channel,
            "words": self.cleaned_data["words"].strip(),
            "asked_of": next((person for person in self.people if person.pk == asked), None),
        }


@dataclass(frozen=True)
class Asked:
    """A request that waits for its answer, and the name of what was asked for."""

    request: EntitlementRequest
    what: str


def codes_in_the_way(filing: Filing) -> tuple[str, ...]:
    """List the refusals that a manager can let through."""
    return tuple(dict.fromkeys(refusal.code for refusal in _can_be_let_through(filing)))


def ask_form(filing: Filing, data: Data = None) -> AskForm | None:
    """Make the form for a draft that was refused; None where asking would not help."""
    if not codes_in_the_way(filing) or not filing.by.may("ask_for_entitlement"):
        return None
    return AskForm(filing, data)


def waiting_requests(filing: Filing) -> list[Asked]:
    """List what this customer has asked for and nobody has answered yet."""
    waiting = EntitlementRequest.objects.filter(
        asked_by=filing.by, state=EntitlementRequest.State.WAITING
    )
    found = waiting.select_related("asked_of").order_by("asked_at", "pk")
    return [Asked(one, request_text(one, filing.policy)) for one in found]


def exceptions_that_do_not_fit(filing: Filing) -> list[tuple[GateOverride, list[str]]]:
    """List the exceptions that this customer has and that leave something refused, in words."""
    if not filing.weighed.refusals:
        return []
    found = Holdings(filing.by.company).overrides(filing.by, filing.at)
    return [(one, code_names(one.codes)) for one in found]


def _can_be_let_through(filing: Filing) -> list[Refusal]:
    return [one for one in filing.weighed.refusals if one.code in CAN_BE_OVERRIDDEN]


def _what_can_be_asked(filing: Filing) -> list[tuple[str, str]]:
    short = next((one for one in _can_be_let_through(filing) if one.code == "points_short"), None)
    packs = _packs_for(filing.policy, short.params["missing"]) if short else []
    return [*packs, (EXCEPTION, _("An exception: let this case through as it is"))]


def _packs_for(policy: Policy, missing: int) -> list[tuple[str, str]]:
    """List the packs that would do, else all of them."""
    enough = [pack for pack in policy.packs if pack.points >= missing]
    return [(f"{PACK}{pack.code}", pack.name) for pack in enough or policy.packs]
