"""The two forms of a case for a caller: who calls about what, then the case itself."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import DomainError
from accounts.models import Company, Person
from accounts.queries import people_of_company, whereabouts
from accounts.zones import moment_text
from desk.calling import ByChannel, Call, Check, Gate
from desk.case_files import caller_box
from desk.errors import CostsMore, OutsideHours
from desk.forms import MomentInput, words
from desk.page import zone_of
from desk.words import AXIS_LABELS
from entitlements.gate_rules import ChannelCost
from entitlements.models import Product, Release
from entitlements.queries import products_covered
from sla.engine.policy import Policy
from sla.queries import current_policy
from tickets.actions.opening import LOGGED_WITHIN
from tickets.errors import LoggedTooLate, SubjectMissing
from tickets.filing import Wish
from tickets.models import Case
from tickets.queries import access_case
from tickets.uploading import FilesField
from tickets.wallclock import FORESEEN, read_wall_time, wall_time_value

SUBJECT_LENGTH = Case._meta.get_field("subject").max_length
NOTHING = ("", "—")
UNKNOWN = ("", gettext_lazy("not known"))
PHONE = "phone"
TOKEN_LENGTH = 32


class CallerForm(forms.Form):
    """Who calls about what: all that the promises depend on, but the levels."""

    contact = forms.TypedChoiceField(label=gettext_lazy("Who calls"), coerce=int)
    site = forms.TypedChoiceField(
        label=gettext_lazy("From which site"), coerce=int, required=False, empty_value=None
    )
    product = forms.TypedChoiceField(
        label=gettext_lazy("Product"), coerce=int, required=False, empty_value=None
    )
    release = forms.TypedChoiceField(
        label=gettext_lazy("Release in use"), coerce=int, required=False, empty_value=None
    )
    case_type = forms.ChoiceField(label=gettext_lazy("Type"), required=False)
    channel = forms.ChoiceField(label=gettext_lazy("How it came in"))
    occurred_at = forms.CharField(
        label=gettext_lazy("When the call came in"), required=False, widget=MomentInput
    )
    # The closed case that the new one is about (SC-18).
    origin = forms.IntegerField(required=False, widget=forms.HiddenInput)
    # Part of the next page's address: whoever goes back to it comes back to the same case.
    visit = forms.CharField(required=False, max_length=TOKEN_LENGTH, widget=forms.HiddenInput)

    def __init__(
        self, data: Mapping | None, *, company: Company, by: Person, at: datetime, initial: Mapping
    ) -> None:
        super().__init__(data, initial=initial)
        self.company, self.by, self.at = company, by, at
        self.use_required_attribute = False
        policy = current_policy(at).policy
        self.people = {person.pk: person for person in people_of_company(company)}
        self.sites = {site.pk: site for site in company.sites.order_by("name", "id")}
        today = whereabouts(company=company).date_at(at)
        self.products = {row.pk: row for row in products_covered(company, today)}
        self._offer("contact", [(person.pk, _caller(person)) for person in self.people.values()])
        self._offer("site", [NOTHING, *_named(self.sites.values())], least=2)
        # One product is no choice: the call is about it.
        self._offer("product", [NOTHING, *_named(self.products.values())], least=3)
        self.releases = {row.pk: row for row in _releases(self.products.values())}
        self._offer("release", [UNKNOWN, *_versions(self.releases.values())], least=2)
        self._offer("case_type", [(kind.code, kind.name) for kind in policy.case_types], least=2)
        self._offer("channel", [(channel.code, channel.name) for channel in policy.channels])
        self.initial.setdefault("channel", PHONE)
        self.initial.setdefault("visit", get_random_string(TOKEN_LENGTH))
        self.fields["occurred_at"].help_text = _(
            "On the clock of %(zone)s. Empty: now. The promise counts from then."
        ) % {"zone": zone_of(by)}

    def clean_occurred_at(self) -> datetime | None:
        text = self.cleaned_data["occurred_at"]
        if not text or text == wall_time_value(self.at, zone_of(self.by)):
            return None
        try:
            moment = read_wall_time(text, zone_of(self.by), field="occurred_at")
        except DomainError as refusal:
            raise forms.ValidationError(str(refusal), code=refusal.code) from refusal
        if moment > self.at:
            raise forms.ValidationError(_("That moment has not come yet."), code="in_the_future")
        if self.at - moment > LOGGED_WITHIN:
            late = LoggedTooLate(days=LOGGED_WITHIN.days)
            raise forms.ValidationError(str(late), code=late.code)
        try:
            current_policy(moment)
        except DomainError as refusal:  # so long ago that no policy was in force
            raise forms.ValidationError(str(refusal), code=refusal.code) from refusal
        return moment

    def clean_origin(self) -> Case | None:
        number = self.cleaned_data["origin"]
        return access_case(self.by, number) if number else None

    def clean_release(self) -> int | None:
        chosen = self.releases.get(self.cleaned_data["release"])
        product = self.cleaned_data.get("product")
        if chosen is not None and product not in (None, chosen.product_id):
            raise forms.ValidationError(_("Choose a release of this product."), code="of_another")
        return self.cleaned_data["release"]

    def is_refused(self) -> bool:
        """Say at the fields what is refused whatever will be typed; tell whether anything is."""
        for field, sentence in self.call().early_refusals():
            self.add_error(field if field in self.fields else None, sentence)
        return bool(self.errors)

    def call(self) -> Call:
        """Give what a valid form says."""
        data = self.cleaned_data
        product = self.products.get(data.get("product"))
        if "product" not in self.fields and len(self.products) == 1:
            product = next(iter(self.products.values()))
        release = self.releases.get(data.get("release"))
        return Call(
            by=self.by,
            at=self.at,
            company=self.company,
            contact=self.people[data["contact"]],
            channel=data["channel"],
            site=self.sites.get(data.get("site")),
            product=product or (release.product if release else None),
            case_type=data.get("case_type") or None,
            occurred_at=data["occurred_at"],
            release=release,
            origin=data["origin"],
        )

    def _offer(self, name: str, choices: list[tuple[Any, Any]], least: int = 0) -> None:
        if len(choices) < least:
            del self.fields[name]
        else:
            self.fields[name].choices = choices


def _caller(person: Person) -> str:
    details = ", ".join(part for part in (person.phone, person.email) if part)
    named = f"{person.name} ({details})" if details else person.name
    return named if person.may_file else _("%(person)s - may not file cases") % {"person": named}


def _releases(products: Iterable[Product]) -> QuerySet[Release]:
    of_products = Release.objects.filter(product__in=list(products))
    return of_products.select_related("product").order_by("product__name", "-version_key")


def _versions(releases: Iterable[Release]) -> list[tuple[int, str]]:
    return [(row.pk, f"{row.product.name} {row.version}") for row in releases]


def _named(rows: Iterable[Any]) -> list[tuple[int, str]]:
    return [(row.pk, row.name) for row in rows]


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
        if not call.may_let_through or not self.gate.refusals:
            del self.fields["let_through"]
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

    def _ask_who(self, call: Call) -> None:
        asking = call.levels_asking_who
        if asking:
            named = [f"{AXIS_LABELS[level.axis]} “{level.name}”" for level in asking]
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
        """Give the levels as far as they are chosen: none is before the caller has said."""
        return {axis: self[axis].value() for axis in self.call.policy.axes}

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
            if not data.get("availability", "").strip() and self.call.asks_who_can_be_reached(wish):
                self.add_error("availability", _("Name somebody who can be reached, and how."))
        return data

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
