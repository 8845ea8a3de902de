"""The first form of a case for a caller: who calls about what."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import DomainError
from accounts.models import Company, Person
from accounts.queries import people_of_company, whereabouts
from desk.calling import Call
from desk.forms import MomentInput
from desk.page import zone_of
from entitlements.models import Product, Release
from entitlements.queries import products_covered
from sla.queries import current_policy
from tickets.actions.opening import LOGGED_WITHIN
from tickets.errors import LoggedTooLate
from tickets.models import Case
from tickets.queries import access_case
from tickets.wallclock import read_wall_time, wall_time_value

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
        if "case_type" in self.fields:
            self.fields["case_type"].is_asked_at_times = True
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
