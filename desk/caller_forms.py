"""The second form of a case for a caller: the case itself."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from django import forms
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.queries import desk_people
from accounts.zones import moment_text
from desk.calling import ByChannel, Call, Check, Gate
from desk.case_files import caller_box
from desk.errors import CostsMore, OutsideHours
from desk.forms import MomentInput, words
from desk.who_calls import NOTHING, TOKEN_LENGTH, UNKNOWN
from desk.words import AXIS_LABELS
from entitlements.gate_rules import ChannelCost
from sla.engine.policy import Policy
from sla.words import quoted
from tickets.errors import SubjectMissing
from tickets.filing import Wish
from tickets.models import Case
from tickets.uploading import FilesField
from tickets.wallclock import FORESEEN, read_wall_time

SUBJECT_LENGTH = Case._meta.get_field("subject").max_length
# What decides beside the chosen level which one counts.
SITUATION = ("environment", "affected", "workaround", "takes_offer", "is_security")


class CaseForm(forms.Form):
    """The case itself, for a call that is known. `token`: two presses of the button, one case.

    `told` is the key of the check that its writer has read.
    """

    token = forms.CharField(widget=forms.HiddenInput, max_length=TOKEN_LENGTH)
    told = forms.CharField(widget=forms.HiddenInput, required=False)
    # The cost that its writer has read out.
    points = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        max_length=SUBJECT_LENGTH,
        error_messages={"required": SubjectMissing.message},
    )
    body = words(gettext_lazy("What the caller said; they can read this"), rows=8)
    availability = words(
        gettext_lazy("Who can be reached at the customer's, and how"), rows=2, required=False
    )
    scheduled_for = forms.CharField(
        label=gettext_lazy("Agreed time"), required=False, widget=MomentInput
    )
    files = FilesField(gettext_lazy("Files; the customer can have them"))
    environment = forms.ChoiceField(
        label=gettext_lazy("On which system"),
        required=False,
        choices=[UNKNOWN, *Case.Environment.choices],
    )
    affected = forms.ChoiceField(
        label=gettext_lazy("Who is affected"),
        required=False,
        choices=[UNKNOWN, *Case.Affected.choices],
    )
    workaround = words(gettext_lazy("Workaround, if the caller knows one"), rows=2, required=False)
    takes_offer = forms.BooleanField(
        label=gettext_lazy("The caller takes the lower level that is offered for a workaround"),
        required=False,
    )
    is_security = forms.BooleanField(
        label=gettext_lazy("A security matter: seen by those it concerns only"), required=False
    )
    # MX-15
    transferred_to = forms.TypedChoiceField(
        label=gettext_lazy("The call was put through at once to"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=gettext_lazy("They own the case then, and the customer has been answered."),
    )
    lets = forms.MultipleChoiceField(
        label=gettext_lazy("Let through"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    let_through = words(
        gettext_lazy("Let it through all the same, because"),
        rows=2,
        required=False,
        max_length=400,
        help_text=gettext_lazy("Kept with your name. Where points are short, nothing is charged."),
    )

    def __init__(self, data: Mapping | None, *, call: Call, token: str) -> None:
        token = token or get_random_string(TOKEN_LENGTH)
        super().__init__(data, initial={"token": token})
        self.call = call
        self.check: Check | None = None
        self.use_required_attribute = False
        self.fields["files"].put_in(caller_box(call.by, token, call.policy, call.at))
        self._ask_levels(call.policy)
        self._ask_who(call)
        self._ask_slot(call)
        self._ask_situation(call)
        if not call.may_let_through or not self.gate.refusals:
            del self.fields["let_through"], self.fields["lets"]
        else:
            self.fields["lets"].choices = self.gate.refusals
        self.initial["points"] = self.gate.points

    def _ask_levels(self, policy: Policy) -> None:
        for axis in policy.axes:
            levels = policy.levels(axis)
            self.fields[axis] = forms.ChoiceField(
                label=AXIS_LABELS[axis],
                widget=forms.RadioSelect,
                choices=[(level.code, level.name) for level in levels],
                error_messages={"required": _("Choose one of these.")},
            )

    def _ask_situation(self, call: Call) -> None:
        levels = [level for axis in call.policy.axes for level in call.policy.levels(axis)]
        if not any(level.workaround_to for level in levels):
            del self.fields["takes_offer"]
        needed = [level.name for level in levels if level.environments]
        if needed:
            self.fields["environment"].help_text = _(
                "Some systems only: %(levels)s. Elsewhere another level counts."
            ) % {"levels": ", ".join(needed)}
        able = [one for one in desk_people() if one.may("reply_as_agent")]
        named = [(one.pk, one.name) for one in able]
        self.fields["transferred_to"].choices = [NOTHING, *named]

    def _ask_who(self, call: Call) -> None:
        asking = call.levels_asking_who
        if asking:
            named = [f"{AXIS_LABELS[level.axis]} {quoted(level.name)}" for level in asking]
            self.fields["availability"].help_text = _("Needed for: %(levels)s.") % {
                "levels": ", ".join(named)
            }
        else:
            del self.fields["availability"]

    def _ask_slot(self, call: Call) -> None:
        if not call.has_slots:
            del self.fields["scheduled_for"]
        else:
            self.fields["scheduled_for"].help_text = _(
                "Only for work at an agreed time. On the caller's clock (%(zone)s)."
            ) % {"zone": call.where.time_zone}

    @property
    def levels(self) -> dict[str, str | None]:
        """Give the levels as far as they are chosen, and what they depend on (MX-11, MX-13)."""
        situation = {name: self[name].value() for name in SITUATION if name in self.fields}
        return {axis: self[axis].value() for axis in self.call.policy.axes} | situation

    @cached_property
    def axes(self) -> list[dict[str, Any]]:
        """List the axes to choose on, each with its cards."""
        return [
            {
                "field": self[axis],
                "cards": self.call.cards(axis, self.levels),
                "note": self._beside(axis),
            }
            for axis in self.call.policy.axes
        ]

    @cached_property
    def gate(self) -> Gate:
        """Say what the gate has against the case as it stands, and what it costs."""
        return self.call.gate(self.levels)

    @cached_property
    def costs(self) -> list[ChannelCost]:
        """List what each channel costs, the dearer and the cheaper."""
        return self.call.costs(self.levels)

    @cached_property
    def channels(self) -> list[ByChannel]:
        """List what each channel promises, once the levels are chosen."""
        return self.call.channels(self.levels)

    @property
    def promise(self) -> str:
        """Give the promise that stands beside no level: of a check, or where there are none."""
        if self.check is not None:
            return self.check.promise
        return "" if self.call.policy.axes else self.call.promise(self.call.wish({}))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if set(self.call.policy.axes) <= data.keys():
            wish = self.call.wish(data)
            self._check_ticks(data)
            if not data.get("availability", "").strip() and self.call.asks_who_can_be_reached(wish):
                self.add_error("availability", _("Name somebody who can be reached, and how."))
        return data

    def _check_ticks(self, data: Mapping[str, Any]) -> None:
        """Ask for the ticks that belong to a reason: each refusal is let through by its own."""
        if data.get("let_through", "").strip() and not data.get("lets"):
            self.add_error("lets", _("Tick what you let through."))

    def wish(self) -> Wish:
        """Give the wish of a valid form. Raises NotAMoment, NoSuchLocalTime, TooFarAhead."""
        data = self.cleaned_data
        wish = self.call.wish(data)
        text = data.get("scheduled_for")
        if not text or not self.call.is_slot_wanted(wish):
            return wish
        zone = self.call.where.time_zone
        end = self.call.opened_at + FORESEEN
        agreed = read_wall_time(text, zone, field="scheduled_for", not_after=end)
        return replace(wish, scheduled_for=agreed)

    def is_told(self, wish: Wish) -> bool:
        """Tell whether all of a wish was read before; what was not is noted, to be shown now.

        Raises CostsMore, and OutsideHours where that is an agreed time which moves.
        """
        self._check_cost()
        check = self.call.check(wish)
        if check is None or self.cleaned_data["told"] == check.key:
            return True
        self.check = check
        self.data = self.data.copy()
        self.data["told"] = check.key
        if check.moved_to is not None:
            moved = moment_text(check.moved_to, self.call.where.time_zone)
            raise OutsideHours(field="scheduled_for", moved=moved)
        return False

    def _check_cost(self) -> None:
        """Refuse what costs more than was read. Raises CostsMore."""
        read, points = self.cleaned_data["points"], self.gate.points
        if read is not None and points > read and not self.cleaned_data.get("let_through"):
            self.data = self.data.copy()
            self.data["points"] = points
            raise CostsMore(points=points)

    def _beside(self, axis: str) -> str:
        others = [other for other in self.call.policy.axes if other != axis]
        if not others:
            return ""
        names = ", ".join(str(AXIS_LABELS[other]) for other in others)
        chosen = [self.call.policy.level(other, self.levels[other]) for other in others]
        if not all(chosen):
            return _(
                "What is promised depends on this and on the other choice (%(others)s): it is "
                "shown before the case opens."
            ) % {"others": names}
        levels = ", ".join(level.name for level in chosen if level is not None)
        return _("The promises hold together with %(others)s “%(levels)s”.") % {
            "others": names,
            "levels": levels,
        }
