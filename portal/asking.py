"""When will I hear back? The question: what a promise depends on, as a form with an address."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import DomainError
from entitlements.releases import releases_of
from portal.filing.draft import CHANNEL, Filing
from sla.queries import current_policy
from sla.words import AXIS_NAMES
from tickets.filing import Wish, channels_offered
from tickets.wallclock import FORESEEN, read_wall_time

PRESETS = ("case_type", "product", "channel")
AXES = ("severity", "priority")


class PromiseForm(forms.Form):
    """All has a preset or may stay open, so that an empty address is answered as well."""

    case_type = forms.ChoiceField(label=gettext_lazy("What is it?"))
    product = forms.ChoiceField(label=gettext_lazy("Product"))
    severity = forms.ChoiceField(required=False)
    priority = forms.ChoiceField(required=False)
    channel = forms.ChoiceField(label=gettext_lazy("How you reach us"))
    when = forms.CharField(
        label=gettext_lazy("When"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )

    def __init__(self, asked: Mapping[str, str], filing: Filing) -> None:
        offered = _offered(filing)
        preset = {name: parts[0].code for name, parts in offered.items() if parts}
        super().__init__(preset | {name: asked[name] for name in asked if asked[name]})
        self.filing, self.offered = filing, offered
        for name in (*PRESETS, *AXES):
            self._offer(name)
        self.fields["when"].help_text = _(
            "Empty: now. Else a date and a time on the clock of %(zone)s."
        ) % {"zone": filing.zone}

    def _offer(self, name: str) -> None:
        is_level = name in AXES
        parts = self.filing.offered(name) if is_level else self.offered[name]
        if len(parts) < 2:
            del self.fields[name]
            return
        field = self.fields[name]
        field.choices = [(part.code, part.name) for part in parts]
        if is_level:
            axis = str(AXIS_NAMES[name])
            field.label = axis.capitalize()
            field.choices = [("", _("not known yet")), *field.choices]

    def clean_when(self) -> datetime | None:
        text = self.cleaned_data["when"]
        if not text:
            return None
        try:
            limit = self.filing.at + FORESEEN
            moment = read_wall_time(text, self.filing.zone, field="when", not_after=limit)
            current_policy(moment)
        except DomainError as error:
            raise forms.ValidationError(str(error), code=error.code) from error
        return moment

    @property
    def asked_at(self) -> datetime:
        return self.cleaned_data.get("when") or self.filing.at

    def wish(self) -> Wish:
        """Say what is asked about; what there is no choice about is as it must be."""
        product = self._product()
        return Wish(
            company=self.filing.by.company,
            contact=self.filing.by,
            channel=self._chosen("channel") or CHANNEL,
            product=product,
            # Which release it is decides about no time: what holds for the newest is told.
            release=releases_of(product).first() if product else None,
            case_type=self._chosen("case_type"),
            severity=self._level("severity"),
            priority=self._level("priority"),
        )

    def _chosen(self, name: str) -> str | None:
        parts = self.offered[name]
        only = parts[0].code if len(parts) == 1 else None
        return self.cleaned_data.get(name) or only

    def _product(self) -> Any:
        code = self._chosen("product")
        return next((product for product in self.filing.products if product.code == code), None)

    def _level(self, axis: str) -> str | None:
        offered = self.filing.offered(axis)
        return offered[0].code if len(offered) == 1 else self.cleaned_data.get(axis) or None


def _offered(filing: Filing) -> dict[str, list[Any]]:
    """List what may be chosen, the preset first."""
    channels = channels_offered(filing.weighed)
    return {
        "case_type": _preset_first(filing.policy.case_types, lambda part: part.default),
        "product": list(filing.products),
        "channel": _preset_first(channels, lambda part: part.code == CHANNEL),
    }


def _preset_first(parts: Iterable[Any], is_preset: Any) -> list[Any]:
    return sorted(parts, key=lambda part: not is_preset(part))
