"""The pages on which an operator makes a vendor, and invites its first manager again."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.admin_base import ZONES
from accounts.errors import DomainError, NameTaken
from accounts.models import Tenant
from accounts.places import site_url
from accounts.queries import vendors
from supportdesk.operators.inviting import check_first_manager, invite_again, make_vendor
from supportdesk.operators.page import operator_page

NOT_ACCEPTED = 422


def validators_of(field: str) -> list[Callable[[str], None]]:
    """Give what a field of a vendor is checked by, for the form to tell of every fault at once."""
    return list(Tenant._meta.get_field(field).validators)


class ManagerForm(forms.Form):
    """A vendor's first manager."""

    manager_name = forms.CharField(label=gettext_lazy("First manager's name"), max_length=200)
    manager_email = forms.EmailField(
        label=gettext_lazy("First manager's e-mail address"),
        max_length=254,
        help_text=gettext_lazy("A link to set a password is sent there."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "manager_name" in cleaned and "manager_email" in cleaned:
            try:
                check_first_manager(cleaned["manager_name"], cleaned["manager_email"])
            except DomainError as refusal:
                _tell(self, refusal)
        return cleaned


class NewVendorForm(ManagerForm):
    """A vendor with its first manager; every fault is told at once."""

    field_order = ("slug", "name", "time_zone", "case_prefix", "manager_name", "manager_email")

    slug = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=63,
        validators=validators_of("slug"),
        help_text=gettext_lazy("Small letters, digits and dashes: it becomes the host name."),
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=ZONES)
    case_prefix = forms.CharField(
        label=gettext_lazy("Case prefix"),
        max_length=8,
        validators=validators_of("case_prefix"),
        help_text=gettext_lazy("One to eight capitals before every case number."),
    )

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"]
        if Tenant.objects.filter(slug=slug).exists():
            raise forms.ValidationError(str(NameTaken(name=slug)))
        return slug


@operator_page("make_tenants")
@require_http_methods(["GET", "HEAD", "POST"])
def new_vendor(request: HttpRequest) -> HttpResponse:
    form = NewVendorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        vendor = _made(request, form)
        if vendor is not None:
            _tell_what_follows(request, vendor, form.cleaned_data["manager_email"])
            return redirect("landing")
    status = NOT_ACCEPTED if form.errors else None
    return render(request, "operators/new_vendor.html", {"form": form}, status=status)


@operator_page("make_tenants")
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest, slug: str) -> HttpResponse:
    vendor = vendors().filter(slug=slug).first()
    if vendor is None:
        raise Http404
    form = ManagerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        invite_again(by=request.user, vendor=vendor, **form.cleaned_data)
        told = _(
            "If no manager of %(vendor)s has set a password yet, a mail with a link goes to "
            "%(address)s."
        )
        words = {"vendor": vendor.name, "address": form.cleaned_data["manager_email"]}
        messages.success(request, told % words)
        return redirect("landing")
    status = NOT_ACCEPTED if form.errors else None
    shown = {"form": form, "invited_to": vendor}
    return render(request, "operators/invite.html", shown, status=status)


def _tell_what_follows(request: HttpRequest, vendor: Tenant, address: str) -> None:
    told = _(
        "%(vendor)s is there. A mail with a link to set a password goes to %(address)s; its first "
        "manager then begins with the support policy, at %(place)s. Until a version is published "
        "nobody can file a case there. If the mail does not arrive, invite the manager again from "
        "this list."
    )
    place = site_url(vendor, "/admin/")
    messages.success(request, told % {"vendor": vendor.name, "address": address, "place": place})


def _tell(form: forms.Form, refusal: DomainError) -> None:
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))


def _made(request: HttpRequest, form: NewVendorForm) -> Tenant | None:
    """Make the vendor; what is refused is shown on the form."""
    try:
        return make_vendor(by=request.user, **form.cleaned_data)
    except DomainError as refusal:
        _tell(form, refusal)
    return None
