"""The page on which an operator makes a vendor."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.admin_base import ZONES
from accounts.errors import DomainError
from accounts.models import Tenant
from supportdesk.operators.inviting import make_vendor
from supportdesk.operators.page import operator_page

NOT_ACCEPTED = 422


class NewVendorForm(forms.Form):
    slug = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=63,
        help_text=gettext_lazy("Small letters, digits and dashes: it becomes the host name."),
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=ZONES)
    case_prefix = forms.CharField(
        label=gettext_lazy("Case prefix"),
        max_length=8,
        help_text=gettext_lazy("Up to eight capitals before every case number."),
    )
    manager_name = forms.CharField(label=gettext_lazy("First manager's name"), max_length=200)
    manager_email = forms.EmailField(
        label=gettext_lazy("First manager's e-mail address"),
        max_length=254,
        help_text=gettext_lazy("A link to set a password is sent there."),
    )


@operator_page("make_tenants")
@require_http_methods(["GET", "HEAD", "POST"])
def new_vendor(request: HttpRequest) -> HttpResponse:
    form = NewVendorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        vendor = _made(request, form)
        if vendor is not None:
            told = _("%(vendor)s is there. Its first manager gets a mail with a link.")
            messages.success(request, told % {"vendor": vendor.name})
            return redirect("landing")
    status = NOT_ACCEPTED if form.errors else None
    return render(request, "operators/new_vendor.html", {"form": form}, status=status)


def _made(request: HttpRequest, form: NewVendorForm) -> Tenant | None:
    """Make the vendor; what is refused is shown on the form."""
    try:
        return make_vendor(by=request.user, **form.cleaned_data)
    except DomainError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    return None
