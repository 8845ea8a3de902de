"""What is typed about points: which part of a statement, a sale, a correction, a decision."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.once import OnceForm
from entitlements.models import PointsLot
from entitlements.request_forms import SAY_REFERENCE, SAY_WHY_NOT
from entitlements.selling import MOST_OF_A_PACK
from entitlements.statement import last_day_text
from sla.engine.offer import Grant, Pack
from sla.engine.span import end_of_date

LONGEST_NUMBER = 9
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(9998, 12, 31)
# More than anybody sells; a figure beyond it is a slip.
MOST_POINTS = 1_000_000


class Chosen:
    """Which part of a statement an address asks for; what cannot be is left out."""

    def __init__(self, query: Mapping[str, str]) -> None:
        self.year = _number(query.get("year", ""), FIRST_DAY.year, LAST_DAY.year)
        self.before = _number(query.get("before", ""), 1, 10**LONGEST_NUMBER)


class SellForm(OnceForm):
    """A pack that was bought: paid for elsewhere, recorded here."""

    pack = forms.ChoiceField(
        label=gettext_lazy("Pack"),
        error_messages={"required": gettext_lazy("Choose a pack.")},
    )
    reference = forms.CharField(
        label=gettext_lazy("Order or invoice"),
        max_length=100,
        error_messages={"required": SAY_REFERENCE},
        help_text=gettext_lazy("Its number where it was paid; of a company it is recorded once."),
    )
    number = forms.IntegerField(
        label=gettext_lazy("Which one of the order"),
        min_value=1,
        max_value=MOST_OF_A_PACK,
        required=False,
        initial=1,
        help_text=gettext_lazy("2 for the second of the same pack on one order, and so on."),
    )
    bought_on = forms.DateField(
        label=gettext_lazy("Bought on"),
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        error_messages={"required": gettext_lazy("Say on which day it was bought.")},
    )

    def __init__(self, *arguments: Any, packs: Iterable[Pack], zone: str, at: datetime) -> None:
        super().__init__(*arguments, initial={"bought_on": at.astimezone(ZoneInfo(zone)).date()})
        self.fields["pack"].choices = [(pack.code, pack.name) for pack in packs]
        self.fields["bought_on"].help_text = _(
            "A day in %(zone)s, where the customer is: the points end counted from it."
        ) % {"zone": zone}

    def clean_number(self) -> int:
        return self.cleaned_data["number"] or 1


class GrantForm(forms.Form):
    """Points that come with the first purchase (SP-09)."""

    grant = forms.ChoiceField(label=gettext_lazy("Which grant"))
    points = forms.IntegerField(
        label=gettext_lazy("How many points"), min_value=1, max_value=MOST_POINTS, required=False
    )

    def __init__(self, *arguments: Any, grants: Sequence[Grant]) -> None:
        super().__init__(*arguments)
        self.fields["grant"].choices = [(grant.code, _grant_text(grant)) for grant in grants]
        if all(grant.points is not None for grant in grants):
            del self.fields["points"]
        else:
            self.fields["points"].help_text = _("Where the policy names no figure.")


class CorrectForm(OnceForm):
    """A change of points that a second manager has to approve."""

    points = forms.IntegerField(
        label=gettext_lazy("Points"),
        min_value=-MOST_POINTS,
        max_value=MOST_POINTS,
        help_text=gettext_lazy("50 adds fifty, -50 takes fifty away."),
        error_messages={"required": gettext_lazy("Say how many points.")},
    )
    lot = forms.TypedChoiceField(
        label=gettext_lazy("Which points"),
        required=False,
        empty_value=None,
        help_text=gettext_lazy(
            "What is taken comes out of this lot, what is added ends with it. Without one it is "
            "taken from what ends first, and added as points of their own."
        ),
    )
    ends_on = forms.DateField(
        label=gettext_lazy("Added points can be spent until"),
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        help_text=gettext_lazy("The last day. Empty: as the lot above, without one for ever."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=400,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": gettext_lazy("Say why: who approves it reads this.")},
    )

    def __init__(self, *arguments: Any, lots: Iterable[PointsLot], balance: int, zone: str) -> None:
        """Offer `lots`; `balance` is all that can be taken."""
        super().__init__(*arguments)
        self._zone, self._balance = zone, balance
        self._lots = {str(lot.pk): lot for lot in lots}
        lot = self.fields["lot"]
        lot.choices = [("", "—"), *((key, self._text(one)) for key, one in self._lots.items())]
        lot.coerce = self._lots.get

    def clean_points(self) -> int:
        points = self.cleaned_data["points"]
        if not points:
            raise forms.ValidationError(_("A correction adds or takes at least one point."))
        return points

    def clean_ends_on(self) -> date | None:
        ends_on = self.cleaned_data["ends_on"]
        if ends_on is not None and not FIRST_DAY <= ends_on <= LAST_DAY:
            raise forms.ValidationError(_("This day is beyond the calendar."))
        return ends_on

    def clean(self) -> dict[str, Any]:
        """Refuse to take more than there is: nobody could approve it."""
        cleaned = super().clean()
        points, lot = cleaned.get("points"), cleaned.get("lot")
        left = lot.remaining if lot is not None else self._balance
        if points is not None and "lot" not in self.errors and -points > left:
            told = (
                _("These points have only %(left)d left.") if lot else _("Only %(left)d are left.")
            )
            self.add_error("points", told % {"left": left})
        return cleaned

    def asked(self) -> dict[str, Any]:
        """Give what `ask_correction` takes, of a valid form."""
        typed = self.cleaned_data
        ends_on = typed["ends_on"]
        end = datetime.fromtimestamp(end_of_date(ends_on, self._zone), UTC) if ends_on else None
        return {
            "points": typed["points"],
            "lot": typed["lot"],
            "reason": typed["reason"],
            "expires_at": end,
        }

    def _text(self, lot: PointsLot) -> str:
        if lot.expires_at is None:
            return _("%(points)d left, without an end") % {"points": lot.remaining}
        day = last_day_text(lot.expires_at, self._zone)
        return _("%(points)d left, until %(day)s") % {"points": lot.remaining, "day": day}


class SettleForm(forms.Form):
    """What a payment is called where it was made."""

    reference = forms.CharField(
        label=gettext_lazy("Reference of the payment"),
        max_length=100,
        error_messages={
            "required": gettext_lazy("Say what the payment is called where it was made.")
        },
    )


class AnswerForm(forms.Form):
    """Why something is declined, in words for who asked."""

    answer = forms.CharField(
        label=gettext_lazy("Why not"),
        max_length=400,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("Who asked for it reads this."),
        error_messages={"required": SAY_WHY_NOT},
    )


def _grant_text(grant: Grant) -> str:
    if grant.points is None:
        return grant.name
    said = ngettext("%(name)s: %(points)d point", "%(name)s: %(points)d points", grant.points)
    return said % {"name": grant.name, "points": grant.points}


def _number(text: str, least: int, most: int) -> int | None:
    if not text.isascii() or not text.isdecimal() or len(text) > LONGEST_NUMBER:
        return None
    return int(text) if least <= int(text) <= most else None
