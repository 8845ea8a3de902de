"""What a vendor looks like: its colour, its logo, its flow chart. All for the entered tenant."""

import hashlib
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.colours import HEX, Palette, palette_of
from accounts.errors import Invalid, NotAllowed, NotFound
from accounts.models import Brand, Person, Tenant
from accounts.pictures import MAX_BYTES, MAX_SIDE, BadPicture, Picture, read_picture
from accounts.tenancy import current_tenant_id
from accounts.zones import check_time_zone

LOGO, FLOW_CHART = "logo", "flow_chart"
PICTURES = (LOGO, FLOW_CHART)
FIRST_DIGITS = 16  # enough to name a style sheet by

_REFUSED = {
    "too_large": _("The picture has more than %(kilobytes)d kB."),
    "too_big": _("The picture is more than %(side)d pixels wide or high."),
    "svg": _("SVG pictures are not taken, for they can carry scripts. Give a PNG, JPEG or WebP."),
    "unknown_type": _("This is no picture that is taken. Give a PNG, a JPEG or a WebP."),
    "damaged": _(
        "This picture is damaged, or something else hangs behind its end. Save it once more with "
        "a picture program."
    ),
    "moving": _("Moving pictures are not taken. Save it as a single picture."),
}


class BadUpload(Invalid):
    code = "bad_upload"


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What becomes of one picture: nothing, a new one, or none any more.

    `alt` says it in words; None leaves what is said.
    """

    content: bytes | None = None
    is_removed: bool = False
    alt: str | None = None


@dataclass(frozen=True, slots=True)
class Face:
    """Where the parts of a vendor's look are; "" for what it does not have."""

    style: str
    logo: str
    logo_alt: str
    flow_chart: str
    flow_chart_alt: str


AS_IT_IS = Uploaded()


def brand_of() -> Brand | None:
    """Find how the entered vendor looks, without its pictures; None for the product's own look."""
    return Brand.objects.defer(*PICTURES).first()


def face_of() -> Face | None:
    """Tell pages where the look of the entered vendor is; None for the product's own."""
    brand = brand_of()
    if brand is None:
        return None
    return Face(
        style=_address("style", sheet_name(brand.colour)) if brand.colour else "",
        logo=_address(LOGO, brand.logo_sha),
        logo_alt=brand.logo_alt,
        flow_chart=_address(FLOW_CHART, brand.flow_chart_sha),
        flow_chart_alt=brand.flow_chart_alt,
    )


def _address(kind: str, name: str) -> str:
    return reverse(f"brand:{kind}", args=[name]) if name else ""


def sheet_name(colour: str) -> str:
    """Name the style sheet of a colour by its content."""
    return hashlib.sha256(style_of(palette_of(colour)).encode()).hexdigest()[:FIRST_DIGITS]


def style_of(palette: Palette) -> str:
    """Write the style sheet that puts a palette in the place of the product's own colours."""
    day, night = palette.accent
    day_soft, night_soft = palette.soft
    return (
        "@layer tokens {\n  :root {\n"
        f"    --accent: light-dark({day}, {night});\n"
        f"    --accent-soft: light-dark({day_soft}, {night_soft});\n"
        f"    --action: {palette.action};\n"
        f"    --action-pressed: {palette.pressed};\n"
        "  }\n}\n"
    )


def brand_picture(kind: str, sha: str) -> tuple[bytes, str]:
    """Read a picture of the entered vendor with its type. Raises NotFound."""
    found = Brand.objects.filter(**{f"{kind}_sha": sha}).exclude(**{f"{kind}_sha": ""})
    row = found.values_list(kind, f"{kind}_type").first()
    if row is None:
        raise NotFound
    content, content_type = row
    return bytes(content), content_type


def brand_style(name: str) -> str:
    """Write the style sheet of the entered vendor's colour by its name. Raises NotFound."""
    colour = Brand.objects.exclude(colour="").values_list("colour", flat=True).first()
    if colour is None or sheet_name(colour) != name:
        raise NotFound
    return style_of(palette_of(colour))


@transaction.atomic
def save_brand(
    *,
    by: Person,
    name: str,
    time_zone: str,
    colour: str = "",
    logo: Uploaded = AS_IT_IS,
    flow_chart: Uploaded = AS_IT_IS,
    asks_rating: bool | None = None,
) -> Brand:
    """Change a vendor's name, zone and look. Pictures are judged by their bytes.

    `asks_rating`: whether customers are asked how it was; None = as it is.

    Raises NotAllowed, Invalid (the name, a colour that is no "#rrggbb"), UnknownTimeZone,
    BadUpload with the field at fault.
    """
    if not by.may("use_admin"):
        raise NotAllowed
    colour = colour.strip().lower()
    if colour and not HEX.fullmatch(colour):
        raise Invalid(_("Write the colour as # and six digits, like #1c4fb4."), field="colour")
    sent = {LOGO: logo, FLOW_CHART: flow_chart}
    pictures = {kind: _picture(kind, upload) for kind, upload in sent.items()}
    _rename(name, time_zone)
    if asks_rating is not None:
        Tenant.objects.filter(pk=current_tenant_id()).update(asks_rating=asks_rating)
    brand = _locked_or_new()
    brand.colour = colour
    for kind, upload in sent.items():
        _put(brand, kind, upload, pictures[kind])
    brand.save()
    return brand


def _rename(name: str, time_zone: str) -> None:
    check_time_zone(time_zone)
    name = " ".join(name.split())
    if not name:
        raise Invalid(_("A vendor needs a name."), field="name")
    Tenant.objects.filter(pk=current_tenant_id()).update(name=name, time_zone=time_zone)


def _picture(field: str, sent: Uploaded) -> Picture | None:
    if sent.content is None:
        return None
    try:
        return read_picture(sent.content)
    except BadPicture as bad:
        raise BadUpload(
            _REFUSED[bad.code], field=field, kilobytes=MAX_BYTES // 1024, side=MAX_SIDE
        ) from bad


def _locked_or_new() -> Brand:
    # Of two first savings at once the second waits here.
    Brand.objects.bulk_create([Brand(tenant_id=current_tenant_id())], ignore_conflicts=True)
    return Brand.objects.defer(*PICTURES).select_for_update(of=("self",), no_key=True).get()


def _put(brand: Brand, kind: str, sent: Uploaded, picture: Picture | None) -> None:
    if picture is not None:
        setattr(brand, kind, picture.content)
        setattr(brand, f"{kind}_type", picture.content_type)
        setattr(brand, f"{kind}_sha", hashlib.sha256(picture.content).hexdigest())
    elif sent.is_removed:
        setattr(brand, kind, None)
        setattr(brand, f"{kind}_type", "")
        setattr(brand, f"{kind}_sha", "")
    if sent.alt is not None:
        setattr(brand, f"{kind}_alt", sent.alt.strip())
