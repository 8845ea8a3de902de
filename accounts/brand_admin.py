"""The page on which a manager gives the vendor its name, its zone and its face."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin_base import WHY, ZONES, OwnPages
from accounts.brand import FLOW_CHART, LOGO, PICTURES, Uploaded, brand_of, save_brand
from accounts.changes import Line, Told, changes_of, told
from accounts.colours import is_readable, palette_of
from accounts.errors import DomainError
from accounts.models import Brand, Tenant
from accounts.pictures import JPEG, MAX_BYTES, PNG, WEBP
from accounts.places import site_url

PAGE = "admin:accounts_brand_changelist"
HISTORY_SHOWN = 20
FIRST_DIGITS = 8  # of what a picture's bytes sum up to: enough to tell two apart
TAKEN = gettext_lazy("PNG, JPEG or WebP, at most 512 kB and 4000 pixels a side.")


def _picture_field(label: str) -> forms.FileField:
    return forms.FileField(
        label=label,
        required=False,
        help_text=TAKEN,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ",".join((PNG, JPEG, WEBP))}),
    )


class BrandForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name of the vendor"), max_length=200)
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone of the vendor"), choices=ZONES)
    asks_rating = forms.BooleanField(
        label=gettext_lazy("Ask customers how it was when a case is solved"),
        required=False,
        help_text=gettext_lazy(
            "Three words to choose from, by one press in the mail or on the case. You read what "
            "they say on the case and in the reports. Of a bad one the owner of the case and the "
            "leads of its team hear by mail."
        ),
    )
    colour = forms.CharField(
        label=gettext_lazy("Colour"),
        required=False,
        max_length=7,
        help_text=gettext_lazy(
            "Of links and buttons on the customers' pages: # and six digits, like #1c4fb4. Empty: "
            "the product's own blue."
        ),
    )
    logo = _picture_field(gettext_lazy("Logo"))
    logo_removed = forms.BooleanField(label=gettext_lazy("Take the logo away"), required=False)
    logo_alt = forms.CharField(
        label=gettext_lazy("The logo in words"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("For those who cannot see it. Empty: the name of the vendor."),
    )
    flow_chart = _picture_field(gettext_lazy("Flow chart of support"))
    flow_chart_removed = forms.BooleanField(
        label=gettext_lazy("Take the flow chart away"), required=False
    )
    flow_chart_alt = forms.CharField(
        label=gettext_lazy("The flow chart in words"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("What it shows, step by step, for those who cannot see it."),
    )

    def uploaded(self, kind: str) -> Uploaded:
        """Tell what becomes of a picture. One byte more than is taken is enough to refuse it."""
        sent: UploadedFile | None = self.cleaned_data[kind]
        return Uploaded(
            content=None if sent is None else sent.read(MAX_BYTES + 1),
            is_removed=self.cleaned_data[f"{kind}_removed"],
            alt=self.cleaned_data[f"{kind}_alt"],
        )


class BrandAdmin(OwnPages):
    """One page for the one row."""

    def get_urls(self) -> list[URLPattern]:
        return [
            path("", self.admin_site.admin_view(self.face_view), name="accounts_brand_changelist")
        ]

    def face_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        brand = brand_of()
        form = BrandForm(
            request.POST or None, request.FILES or None, initial=_initial(request, brand)
        )
        if request.method == "POST" and form.is_valid() and self._saved(request, form):
            return redirect(PAGE)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Name, logo and colour"),
            "opts": self.opts,
            "form": form,
            "brand": brand,
            "portal": site_url(request.tenant),
            "why": request.POST.get(WHY, ""),
            "history": _history(brand),
            "zone": request.user.time_zone or request.tenant.time_zone,
            **_colours(brand),
        }
        return TemplateResponse(request, "admin/accounts/brand/face.html", context)

    def _saved(self, request: HttpRequest, form: BrandForm) -> bool:
        """Save, and keep what was before; what is refused is shown on the form."""
        before = _values(request.tenant, brand_of())
        try:
            brand = save_brand(
                by=request.user,
                name=form.cleaned_data["name"],
                time_zone=form.cleaned_data["time_zone"],
                colour=form.cleaned_data["colour"],
                logo=form.uploaded(LOGO),
                flow_chart=form.uploaded(FLOW_CHART),
                asks_rating=form.cleaned_data["asks_rating"],
            )
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            return False
        after = _values(Tenant.objects.get(pk=request.tenant.pk), brand)
        request.changed_lines = _lines(before, after)
        if request.changed_lines:
            self.log_change(request, brand, [])
        messages.success(request, _("Saved. Customers see it on the next page they open."))
        return True


def _initial(request: HttpRequest, brand: Brand | None) -> dict[str, Any]:
    vendor = request.tenant
    known = {
        "name": vendor.name,
        "time_zone": vendor.time_zone,
        "asks_rating": vendor.asks_rating,
    }
    if brand is None:
        return known
    texts = ("colour", "logo_alt", "flow_chart_alt")
    return known | {field: getattr(brand, field) for field in texts}


def _values(vendor: Tenant, brand: Brand | None) -> dict[str, str | bool]:
    """Read what the history keeps: texts as they are, of a picture its kind and which it is."""
    brand = brand or Brand()
    return {
        "name": vendor.name,
        "time_zone": vendor.time_zone,
        "asks_rating": vendor.asks_rating,
        "colour": brand.colour,
        **{kind: _picture_named(brand, kind) for kind in PICTURES},
        **{f"{kind}_alt": getattr(brand, f"{kind}_alt") for kind in PICTURES},
    }


def _picture_named(brand: Brand, kind: str) -> str:
    sha = getattr(brand, f"{kind}_sha")
    return f"{getattr(brand, f'{kind}_type')} {sha[:FIRST_DIGITS]}" if sha else ""


def _lines(before: dict[str, str | bool], after: dict[str, str | bool]) -> list[Line]:
    return [
        {"field": name, "before": before[name], "after": value}
        for name, value in after.items()
        if before[name] != value
    ]


def _history(brand: Brand | None) -> list[Told]:
    if brand is None:
        return []
    found = changes_of(Brand._meta.label_lower, brand.pk)
    return [told(change) for change in found[:HISTORY_SHOWN]]


def _colours(brand: Brand | None) -> dict[str, Any]:
    if brand is None or not brand.colour:
        return {}
    return {"palette": palette_of(brand.colour), "is_changed": not is_readable(brand.colour)}
