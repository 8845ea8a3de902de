"""The forms of the case page about questions, absence, merging, incidents and fixes."""

import re
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from desk.forms import REASON_MISSING, ActForm, MomentInput, keep_files_here, words
from desk.forms import QuestionForm as PlainQuestionForm
from desk.forms import SolutionForm as PlainSolutionForm
from desk.scene import Scene
from entitlements.models import Release
from tickets.actions.defects import today_of_vendor
from tickets.life_errors import TitleMissing
from tickets.models import Case, CaseEvent, ContactAttempt
from tickets.questions import secret_in
from tickets.wallclock import read_wall_time, wall_time_value
from tickets.wording import display_number

ITEM_LENGTH = 200
_NUMBER = re.compile(r"(?:[A-Za-z]{1,8}-)?(\d{1,9})")
NO_NUMBER = gettext_lazy("Give a number as it stands on the case, such as %(example)s.")


class CaseNumbers(forms.CharField):
    """Numbers of cases as people write them, with commas or spaces; gives integers."""

    def clean(self, value: Any) -> list[int]:
        found = [_NUMBER.fullmatch(part) for part in re.split(r"[\s,;]+", super().clean(value))]
        if not all(found) or not found:
            raise forms.ValidationError(str(NO_NUMBER) % {"example": "MX-1042"}, code="no_number")
        return list(dict.fromkeys(int(match.group(1)) for match in found if match))


class CaseNumber(CaseNumbers):
    """One such number."""

    def clean(self, value: Any) -> int:
        numbers = super().clean(value)
        if len(numbers) != 1:
            raise forms.ValidationError(gettext_lazy("Give one number only."), code="one_number")
        return numbers[0]


class QuestionForm(PlainQuestionForm):
    """What is asked: words, lines of the checklist or one's own, and why (DD-28, DD-34)."""

    items = forms.MultipleChoiceField(
        label=gettext_lazy("Ask for"), required=False, widget=forms.CheckboxSelectMultiple
    )
    own = forms.CharField(
        label=gettext_lazy("Ask for more, one thing a line"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Never a password, a PIN or a key."),
    )
    why = forms.CharField(
        label=gettext_lazy("Why we need it; the customer reads this"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    no_secret = forms.BooleanField(
        label=gettext_lazy("This asks for no secret"),
        required=False,
        help_text=gettext_lazy("It is kept with the question that you confirmed it."),
    )

    def visible_fields(self) -> list[forms.BoundField]:
        """List the fields; the tick only where the words read like a request for a secret."""
        shown = super().visible_fields()
        is_asked = "no_secret" in self.initial or (self.is_bound and self._reads_like_a_secret())
        return [field for field in shown if is_asked or field.name != "no_secret"]

    def _reads_like_a_secret(self) -> bool:
        said, own = [[self[name].value() or ""] for name in ("body", "why")], self["own"].value()
        is_said = any(secret_in(words) for words in said)
        return is_said or bool(secret_in([own or ""], is_list=True))

    def effect(self) -> dict[str, Any]:
        return {"no_secret": True} if self.cleaned_data["no_secret"] else {}

    def prepare(self, scene: Scene) -> None:
        listed = scene.life.checklist
        if listed:
            self.fields["items"].choices = [(words, words) for words in listed]
        else:
            del self.fields["items"]

    def clean_own(self) -> str:
        lines = self.cleaned_data["own"].splitlines()
        if any(len(line.strip()) > ITEM_LENGTH for line in lines):
            raise forms.ValidationError(
                _("A line has %(most)d characters at most.") % {"most": ITEM_LENGTH}, code="long"
            )
        return self.cleaned_data["own"]

    def asked_for(self) -> list[str]:
        """List what is asked for, the policy's lines first."""
        own = (line.strip() for line in self.cleaned_data["own"].splitlines())
        return [*self.cleaned_data.get("items", ()), *(line for line in own if line)]


class SolutionForm(PlainSolutionForm):
    """A solution; on an incident it can be that of the cases that hang on it as well."""

    with_children = forms.BooleanField(required=False)

    def prepare(self, scene: Scene) -> None:
        keep_files_here(self, scene)
        count = scene.life.spread.cases if scene.case.is_incident else 0
        if not count:
            del self.fields["with_children"]
            return
        self.initial["with_children"] = True
        self.fields["with_children"].help_text = _(
            "The solution is sent to the customer of each. Without this they hear nothing of it, "
            "and their cases stay open."
        )
        self.fields["with_children"].label = ngettext(
            "Solve the %(count)d case that hangs on it too",
            "Solve the %(count)d cases that hang on it too",
            count,
        ) % {"count": count}

    def solves_children(self) -> bool:
        return self.cleaned_data.get("with_children", False)


class TakeBackForm(ActForm):
    body = words(gettext_lazy("Words to the customer"), rows=2, required=False)


class AwayForm(ActForm):
    keeps_words = False
    last_day = forms.DateField(
        label=gettext_lazy("Last day on which nobody is there"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": gettext_lazy("Give the last day.")},
    )

    def effect(self) -> dict[str, Any]:
        return {"last_day": self.cleaned_data["last_day"].isoformat()}


class AttemptForm(ActForm):
    way = forms.ChoiceField(
        label=gettext_lazy("How"), widget=forms.RadioSelect, choices=ContactAttempt.Way.choices
    )
    occurred_at = forms.CharField(label=gettext_lazy("When"), required=False, widget=MomentInput)
    note = words(gettext_lazy("Whom you asked for; only the desk reads this"), rows=2)
    offers_lower = forms.BooleanField(required=False)

    def prepare(self, scene: Scene) -> None:
        self.initial["way"] = ContactAttempt.Way.PHONE
        self.initial["occurred_at"] = wall_time_value(scene.at, scene.zone)
        self.fields["occurred_at"].help_text = _("On the clock of %(zone)s. Empty: now.") % {
            "zone": scene.zone
        }
        lower = scene.life.lower
        if lower is None:
            del self.fields["offers_lower"]
            return
        self.fields["offers_lower"].label = _("Offer “%(level)s” while nobody is at hand") % {
            "level": lower.level.name
        }
        self.fields["offers_lower"].help_text = "; ".join(
            scene.judged.promises(lower.axis, lower.level.code)
        )

    def effect(self) -> dict[str, Any]:
        return {"way": self.cleaned_data["way"]}

    def moment(self) -> datetime | None:
        """Read when it was. Raises NotAMoment, NoSuchLocalTime."""
        text = self.cleaned_data["occurred_at"]
        if not text or text == wall_time_value(self.scene.at, self.scene.zone):
            return None
        return read_wall_time(text, self.scene.zone, field="occurred_at")


class ApproveForm(ActForm):
    body = words(gettext_lazy("Words to the customer"), rows=2, required=False)


class DeclineReopenForm(ActForm):
    body = words(
        gettext_lazy("Why it is another problem; the customer reads this"),
        rows=3,
        missing=REASON_MISSING,
    )


class MergeForm(ActForm):
    into = CaseNumber(label=gettext_lazy("Number of the case in which it goes on"))

    def effect(self) -> dict[str, Any]:
        return {"into": self.cleaned_data["into"]}


class LinkForm(ActForm):
    other = CaseNumber(label=gettext_lazy("Number of the other case"))

    def effect(self) -> dict[str, Any]:
        return {"other": self.cleaned_data["other"]}


class UnlinkForm(ActForm):
    other = forms.TypedChoiceField(label=gettext_lazy("Which case"), coerce=int)

    def prepare(self, scene: Scene) -> None:
        linked = scene.life.linked
        self.fields["other"].choices = [(case.number, _named(case, scene)) for case in linked]

    def effect(self) -> dict[str, Any]:
        return {"other": self.cleaned_data["other"]}


class PressForm(ActForm):
    """Nothing to fill in: the button does it."""


class JoinForm(ActForm):
    incident = forms.TypedChoiceField(label=gettext_lazy("Incident"), coerce=int)

    def prepare(self, scene: Scene) -> None:
        found = scene.life.incidents
        self.fields["incident"].choices = [(case.number, _named(case, scene)) for case in found]

    def drawn_for(self, case: Case) -> str:
        return f"incident {case.incident_id}"

    def effect(self) -> dict[str, Any]:
        return {"incident": self.cleaned_data["incident"]}


class HangForm(ActForm):
    cases = CaseNumbers(
        label=gettext_lazy("Numbers of cases"),
        help_text=gettext_lazy("With commas. The customer of each is told."),
    )

    # It leaves its entries on the other cases.
    def leaves(self, event: CaseEvent) -> bool:
        return False


class DefectForm(ActForm):
    defect = forms.TypedChoiceField(
        label=gettext_lazy("Known fault"), required=False, coerce=int, empty_value=None
    )
    title = forms.CharField(
        label=gettext_lazy("Or a new one, in a few words; customers read them"),
        required=False,
        max_length=200,
    )

    def prepare(self, scene: Scene) -> None:
        known = [
            (one.pk, one.title) for one in scene.life.defects if one.pk != scene.case.defect_id
        ]
        self.fields["defect"].choices = [("", _("a new one")), *known]

    def drawn_for(self, case: Case) -> str:
        return f"defect {case.defect_id}"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("defect") and not data.get("title", "").strip():
            self.add_error("title", TitleMissing.message)
        return data

    def effect(self) -> dict[str, Any]:
        known = self.cleaned_data["defect"]
        return {"defect": known} if known else {}


class PromiseFixForm(ActForm):
    keeps_words = False
    release = forms.TypedChoiceField(label=gettext_lazy("Release"), coerce=int)
    note = forms.CharField(label=gettext_lazy("Note for customers"), required=False, max_length=400)

    def prepare(self, scene: Scene) -> None:
        found = scene.life.releases
        today = today_of_vendor(scene.at)
        named = [(one.pk, _release_named(one, scene.case, today)) for one in found]
        self.fields["release"].choices = named
        self.fields["release"].help_text = _(
            "Of one that is out already the customers are told at once that the fix is in it."
        )

    def effect(self) -> dict[str, Any]:
        return {"release": self.cleaned_data["release"]}


class TrackForm(ActForm):
    """A new issue, in words for engineers, or one that there is."""

    tracker = forms.TypedChoiceField(label=gettext_lazy("Tracker"), coerce=int)
    issue = forms.CharField(
        label=gettext_lazy("Key, number or address of an issue that there is"),
        required=False,
        max_length=500,
    )
    title = forms.CharField(
        label=gettext_lazy("Or a new one, in a few words"), required=False, max_length=200
    )
    body = forms.CharField(
        label=gettext_lazy("What the engineers have to know"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "It leaves this desk as you write it. The address of the case is added."
        ),
    )

    def prepare(self, scene: Scene) -> None:
        named = [(one.pk, f"{one.name} ({one.project})") for one in scene.life.trackers]
        self.fields["tracker"].choices = named

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("issue", "").strip() and not data.get("title", "").strip():
            self.add_error("title", TitleMissing.message)
        return data


class UntrackForm(ActForm):
    keeps_words = False
    link = forms.TypedChoiceField(label=gettext_lazy("Issue"), coerce=int)

    def prepare(self, scene: Scene) -> None:
        self.fields["link"].choices = [(one.pk, str(one)) for one in scene.life.issues]

    def effect(self) -> dict[str, Any]:
        return {"link": self.cleaned_data["link"]}


class DropFixForm(ActForm):
    keeps_words = False
    note = words(gettext_lazy("Why; customers read this"), rows=2, missing=REASON_MISSING)


def _release_named(release: Release, case: Case, today: date) -> str:
    """Name a release with its day, and say where the customer has a newer one."""
    is_out = release.released_on <= today
    told = _("%(version)s, out since %(day)s") if is_out else _("%(version)s, planned for %(day)s")
    named = told % {
        "version": release.version,
        "day": date_format(release.released_on, "j M Y"),
    }
    used = case.release
    if used is None or used.product_id != release.product_id:
        return named
    if used.version_key <= release.version_key:
        return named
    return _("%(named)s: older than %(used)s, which the customer has") % {
        "named": named,
        "used": used.version,
    }


def _named(case: Case, scene: Scene) -> str:
    case.tenant = scene.by.tenant
    return f"{display_number(case)} {case.subject}"
