"""What a company admin fills in about the company's own people."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import roles
from accounts.colleagues import Rights
from accounts.models import Company, Person, Site

ROLES = {
    roles.CONTACT: _("Colleague"),
    roles.COMPANY_ADMIN: _("Admin of the company"),
}
ROLE_TEXTS = {
    roles.CONTACT: _("Reports cases and works with support on them."),
    roles.COMPANY_ADMIN: _(
        "Sees all cases and all points, invites colleagues and decides what each may do."
    ),
}


class RightsForm(forms.Form):
    """What a colleague is, and what they may do beyond reading their own cases."""

    role = forms.ChoiceField(
        label=_("What are they?"), choices=list(ROLES.items()), widget=forms.RadioSelect
    )
    may_file = forms.BooleanField(
        label=_("May report new cases"),
        required=False,
        help_text=_("Without it they read and answer what is there."),
    )
    sees_company = forms.BooleanField(
        label=_("Sees all cases of the company"),
        required=False,
        help_text=_("And may answer on them. Without it they see their own."),
    )
    sees_points = forms.BooleanField(label=_("Sees the points and where they went"), required=False)
    site = forms.TypedChoiceField(
        label=_("Site"),
        required=False,
        empty_value=None,
        help_text=_("Its time zone counts for their cases, where it has one."),
    )

    field_order = ("name", "email", "role", "may_file", "sees_company", "sees_points", "site")

    def __init__(
        self, *arguments: Any, company: Company, has_points: bool = True, **options: Any
    ) -> None:
        super().__init__(*arguments, **options)
        sites = {str(site.pk): site for site in Site.objects.filter(company=company)}
        self._offer_sites(sites)
        if not has_points:
            # Nothing is to be seen: what was decided stays as it is.
            del self.fields["sees_points"]

    def _offer_sites(self, sites: dict[str, Site]) -> None:
        if not sites:
            del self.fields["site"]
            return
        field = self.fields["site"]
        named = sorted(sites.items(), key=lambda pair: pair[1].name)
        field.choices = [
            ("", pgettext_lazy("site", "none")),
            *((key, site.name) for key, site in named),
        ]
        field.coerce = sites.get

    def rights(self, before: Rights) -> Rights:
        """Give the rights of a valid form; what it does not ask about stays as before."""
        said = self.cleaned_data
        return Rights(
            role=said["role"],
            sees_company=said["sees_company"],
            may_file=said["may_file"],
            sees_points=said.get("sees_points", before.sees_points),
            site=said.get("site", before.site),
        )

    @property
    def role_cards(self) -> list[tuple[Any, object]]:
        """List the radio buttons of the roles with what each of them means."""
        return [(radio, ROLE_TEXTS[radio.data["value"]]) for radio in self["role"]]


class InviteForm(RightsForm):
    name = forms.CharField(
        label=_("Name"),
        max_length=Person._meta.get_field("name").max_length,
        error_messages={"required": _("Write the name of your colleague.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=Person._meta.get_field("email").max_length,
        help_text=_("The invitation goes there, with a link to choose a password."),
        error_messages={"required": _("Write the e-mail address of your colleague.")},
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


def initial_of(rights: Rights) -> dict[str, Any]:
    """Give what a form begins with."""
    return {
        "role": rights.role,
        "may_file": rights.may_file,
        "sees_company": rights.sees_company,
        "sees_points": rights.sees_points,
        "site": str(rights.site.pk) if rights.site else "",
    }
