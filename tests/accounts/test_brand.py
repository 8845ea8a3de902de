"""What a vendor looks like: what is taken, what is refused in words, and to whom it is shown."""

import re
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.brand import BadUpload, Uploaded, brand_of, save_brand
from accounts.colours import contrast, is_readable, palette_of
from accounts.errors import Invalid, NotAllowed, UnknownTimeZone
from accounts.models import Brand, Tenant
from accounts.pictures import MAX_BYTES, BadPicture, read_picture
from accounts.tenancy import tenant
from tests.pictures import JPEG_END, jpeg, jpeg_segment, png, png_of, webp, webp_of
from tests.portal.pages import words

PAGE = "/admin/accounts/brand/"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
GIF = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00;"
)


def sent(**changes: object) -> dict[str, object]:
    """Fill in the form as it stands at first."""
    return {"name": "cn-alpha-vendor", "time_zone": "Europe/Paris", "colour": ""} | changes


def a_file(content: bytes, name: str = "logo.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/png")


@pytest.fixture
def manager(alpha, browse):
    return browse(alpha.tenant, alpha.manager)


@pytest.mark.parametrize(
    ("content", "content_type", "size"),
    [
        (png(3, 2), "image/png", (3, 2)),
        (png(3, 2, text=b"Comment\x00made here"), "image/png", (3, 2)),
        (jpeg(40, 30), "image/jpeg", (40, 30)),
        (webp(40, 30), "image/webp", (40, 30)),
        (png(4000, 1), "image/png", (4000, 1)),
    ],
)
def test_picture_is_known_by_its_bytes(content, content_type, size):
    picture = read_picture(content)

    assert (picture.content_type, (picture.width, picture.height)) == (content_type, size)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "unknown_type"),
        (GIF, "unknown_type"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "unknown_type"),
        (SVG, "svg"),
        (b"\xef\xbb\xbf <!-- hello -->\n" + SVG, "svg"),
        (b'<?xml version="1.0"?>' + SVG, "svg"),
        (SVG.decode().encode("utf-16"), "svg"),
        (b"\x1f\x8b\x08\x00rest of an svgz", "svg"),
        (png(4001, 1), "too_big"),
        (jpeg(65_535, 65_535), "too_big"),
        (webp(1, 16_384), "too_big"),
        (png(0, 1), "damaged"),
        (png() + b"\x00" * MAX_BYTES, "too_large"),
    ],
    ids=str,
)
def test_what_is_no_picture_that_is_taken_is_refused(content, code):
    with pytest.raises(BadPicture) as refused:
        read_picture(content)

    assert refused.value.code == code


@pytest.mark.parametrize("made", [png, jpeg, webp])
def test_picture_with_something_else_behind_its_end_is_refused(made):
    with pytest.raises(BadPicture) as refused:
        read_picture(made() + SVG)

    assert refused.value.code == "damaged"


@pytest.mark.parametrize("made", [png, jpeg, webp])
def test_truncated_picture_is_refused_wherever_it_was_cut(made):
    whole = made(20, 10)

    for length in range(12, len(whole)):
        with pytest.raises(BadPicture):
            read_picture(whole[:length])


def test_picture_within_a_picture_of_another_kind_is_refused():
    with pytest.raises(BadPicture):
        read_picture(png()[:8] + jpeg())
    with pytest.raises(BadPicture):
        read_picture(b"\xff\xd8\xff\xe0" + png())


def test_png_with_a_wrong_checksum_is_refused():
    whole = bytearray(png(20, 10))
    whole[20] ^= 1

    with pytest.raises(BadPicture) as refused:
        read_picture(bytes(whole))

    assert refused.value.code == "damaged"


def test_jpeg_without_a_frame_is_refused():
    with pytest.raises(BadPicture):
        read_picture(b"\xff\xd8\xff\xe0\x00\x02" + JPEG_END)


FRAME = struct.pack(">BHHB", 8, 1, 2, 1) + b"\x01\x11\x00"
HUGE = jpeg(4000, 4000)
VP8X = b"\x00" * 4 + (3).to_bytes(3, "little") + (1).to_bytes(3, "little")
VP8L = webp(4, 2)[20:]
IHDR = struct.pack(">IIBBBBB", 2, 1, 8, 0, 0, 0, 0)
IDAT = zlib.compress(b"\x00\x80\x80")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(jpeg()[:-2] + HUGE[2:], "damaged", id="two frames"),
        pytest.param(HUGE[:-2] + jpeg()[2:], "damaged", id="two frames, the larger one first"),
        pytest.param(b"\xff\xd8" + jpeg_segment(0xC0, FRAME) + JPEG_END, "damaged", id="no scan"),
        pytest.param(
            png_of((b"IHDR", IHDR), (b"IHDR", IHDR), (b"IDAT", IDAT), (b"IEND", b"")),
            "damaged",
            id="two headers",
        ),
        pytest.param(
            png_of((b"IHDR", IHDR), (b"IDAT", zlib.compress(bytes(50_000_000))), (b"IEND", b"")),
            "damaged",
            id="data of 50 MB in 2 pixels",
        ),
        pytest.param(
            png_of((b"IHDR", IHDR), (b"IDAT", IDAT[:-2]), (b"IEND", b"")), "damaged", id="cut data"
        ),
        pytest.param(
            png_of((b"IHDR", IHDR), (b"IDAT", IDAT + b"PK"), (b"IEND", b"")),
            "damaged",
            id="something behind the data",
        ),
        pytest.param(png_of((b"IHDR", IHDR), (b"IDAT", IDAT)), "damaged", id="no end"),
        pytest.param(
            png_of((b"IHDR", IHDR), (b"IDAT", IDAT), (b"fdAT", IDAT), (b"IEND", b"")),
            "moving",
            id="moving png",
        ),
        pytest.param(webp_of((b"VP8X", VP8X)), "damaged", id="extended webp without data"),
        pytest.param(
            webp_of((b"VP8X", VP8X), (b"VP8L", webp(16_000, 16_000)[20:])),
            "damaged",
            id="extended webp with data of another size",
        ),
        pytest.param(
            webp_of((b"VP8L", VP8L), (b"VP8L", VP8L)), "damaged", id="webp with two pictures"
        ),
        pytest.param(webp_of((b"VP8X", VP8X), (b"ANMF", b"")), "moving", id="moving webp"),
    ],
)
def test_picture_says_its_size_once_and_holds_no_more(content, code):
    with pytest.raises(BadPicture) as refused:
        read_picture(content)

    assert refused.value.code == code


def test_extended_webp_with_its_picture_is_taken():
    picture = read_picture(webp_of((b"VP8X", VP8X), (b"VP8L", VP8L)))

    assert (picture.width, picture.height) == (4, 2)


@pytest.mark.parametrize("colour", ["#1c4fb4", "#ffff00", "#ffffff", "#000000", "#00aa88"])
def test_palette_of_any_colour_can_be_read_by_day_and_by_night(colour):
    palette = palette_of(colour)
    day, night = palette.accent

    grounds = [*(("#ffffff", "#f4f5f8", "#eceff4", palette.soft[0]))]
    assert min(contrast(day, ground) for ground in grounds) >= 4.5
    grounds = ["#171b22", "#0f1217", "#1f242d", palette.soft[1]]
    assert min(contrast(night, ground) for ground in grounds) >= 4.5
    assert contrast("#ffffff", palette.action) >= 4.5
    assert contrast("#ffffff", palette.pressed) >= 4.5


def test_readable_colour_stays_as_it_is():
    assert is_readable("#1c4fb4")
    assert palette_of("#1c4fb4").action == "#1c4fb4"
    assert not is_readable("#ffcc00")


def test_contrast_is_counted_as_the_rules_do():
    assert round(contrast("#000000", "#ffffff"), 2) == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


def test_manager_gives_the_vendor_its_face(alpha, manager, browse):
    answer = manager.post(
        PAGE,
        sent(
            name="Harbor Software",
            time_zone="America/New_York",
            colour="#00AA88",
            logo=a_file(png()),
            logo_alt="An anchor",
            flow_chart=a_file(webp(), "chart.txt"),
            flow_chart_alt="First line, then second line.",
        ),
    )

    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    page = browse(alpha.tenant).get("/account/login/").content.decode()
    assert 'alt="An anchor"' in page
    assert Tenant.objects.get(slug="alpha").name == "Harbor Software"
    with tenant(alpha.tenant):
        brand = brand_of()
    style = browse(alpha.tenant).get(f"/brand/{page.split('/brand/')[1][:16]}.css")
    assert b"--action: #0" in style.content
    for name, sha, content_type in (
        ("logo", brand.logo_sha, "image/png"),
        ("flow-chart", brand.flow_chart_sha, "image/webp"),
    ):
        picture = browse(alpha.tenant).get(f"/brand/{name}/{sha}/")
        assert picture.status_code == 200
        assert picture["Content-Type"] == content_type
        assert picture["X-Content-Type-Options"] == "nosniff"
        assert picture["Cache-Control"] == "public, max-age=31536000, immutable"


def test_weak_colour_is_made_readable_and_it_is_said(manager):
    manager.post(PAGE, sent(colour="#ffcc00"))

    assert "#ffcc00 alone is too weak to be read" in words(manager.get(PAGE))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"logo": a_file(SVG, "logo.svg")}, "SVG pictures are not taken, for they can carry"),
        ({"logo": a_file(GIF)}, "This is no picture that is taken"),
        ({"logo": a_file(b"")}, "This is no picture that is taken"),
        ({"logo": a_file(png() + b"PK\x03\x04")}, "something else hangs behind its end"),
        ({"flow_chart": a_file(png(5000, 1))}, "more than 4000 pixels wide or high"),
        ({"flow_chart": a_file(png() + b"0" * MAX_BYTES)}, "more than 512 kB"),
        ({"colour": "blue"}, "# and six digits"),
        ({"colour": "#12345"}, "# and six digits"),
        ({"name": "   "}, "This field is required"),
        ({"time_zone": "Mars/Olympus"}, "Mars/Olympus is not one of the available choices"),
    ],
)
def test_what_cannot_be_taken_is_refused_in_words_and_nothing_is_saved(
    alpha, manager, change, told
):
    answer = manager.post(PAGE, sent(**change))

    assert told in words(answer)
    with tenant(alpha.tenant):
        assert not Brand.objects.exists()


def test_picture_is_taken_away_and_the_words_stay(alpha, manager):
    manager.post(PAGE, sent(logo=a_file(png()), logo_alt="An anchor"))
    manager.post(PAGE, sent(logo_removed="on", logo_alt="An anchor"))

    with tenant(alpha.tenant):
        brand = Brand.objects.get()
        assert (brand.logo, brand.logo_sha, brand.logo_alt) == (None, "", "An anchor")


def test_saving_without_a_picture_leaves_the_one_that_is_there(alpha, manager):
    manager.post(PAGE, sent(logo=a_file(png())))
    manager.post(PAGE, sent(colour="#1c4fb4"))

    with tenant(alpha.tenant):
        assert bytes(Brand.objects.get().logo) == png()


def test_one_vendors_pictures_are_not_anothers(alpha, beta, manager, browse):
    manager.post(PAGE, sent(colour="#00aa88", logo=a_file(png())))
    page = manager.get(PAGE).content.decode()
    logo = "/brand/logo/" + page.split("/brand/logo/")[1].split('"')[0]

    assert manager.get(logo).status_code == 200
    assert browse(beta.tenant).get(logo).status_code == 404
    assert "brand/logo" not in browse(beta.tenant, beta.manager).get(PAGE).content.decode()
    assert "/brand/" not in browse(beta.tenant).get("/account/login/").content.decode()


@pytest.mark.parametrize("path", ["logo/", "flow-chart/", ""])
@pytest.mark.parametrize("name", ["0" * 64, "x"])
def test_there_is_nothing_under_another_name(alpha, manager, browse, path, name):
    manager.post(PAGE, sent(colour="#00aa88"))

    address = f"/brand/{path}{name}/" if path else f"/brand/{name}.css"
    assert browse(alpha.tenant).get(address).status_code == 404


def test_changed_colour_has_another_address(manager, alpha, browse):
    visitor = browse(alpha.tenant)
    styles = []
    for colour in ("#00aa88", "#aa0088"):
        manager.post(PAGE, sent(colour=colour))
        page = visitor.get("/account/login/").content.decode()
        styles.append(page.split('href="/brand/')[1].split('"')[0])

    assert styles[0] != styles[1]
    assert visitor.get(f"/brand/{styles[0]}").status_code == 404
    assert visitor.get(f"/brand/{styles[1]}").status_code == 200


def test_only_managers_change_it(alpha, browse):
    with tenant(alpha.tenant), pytest.raises(NotAllowed):
        save_brand(by=alpha.lead, name="Mine", time_zone="Europe/Paris")

    assert browse(alpha.tenant, alpha.lead).get(PAGE).status_code == 404


def test_action_refuses_what_a_form_cannot_send(alpha):
    with tenant(alpha.tenant):
        for change, refusal in (
            ({"time_zone": "Mars/Olympus"}, UnknownTimeZone),
            ({"name": " "}, Invalid),
            ({"colour": "#12345x"}, Invalid),
            ({"logo": Uploaded(content=zlib.compress(png()))}, BadUpload),
        ):
            with pytest.raises(refusal):
                save_brand(by=alpha.manager, **{"name": "A", "time_zone": "Europe/Paris"} | change)


def test_page_shows_the_host_and_where_the_other_settings_are(manager):
    page = words(manager.get(PAGE))

    assert "http://alpha.localhost:8000/" in page
    assert "the contact for renewals and phone numbers belong to the policy" in page


def test_manager_decides_whether_customers_are_asked_how_it_was(alpha, manager):
    before = manager.get(PAGE).content.decode()

    manager.post(PAGE, sent())
    after = manager.get(PAGE).content.decode()
    manager.post(PAGE, sent(asks_rating="on"))

    tick = re.compile(r'<input[^>]* name="asks_rating"[^>]* checked')
    assert tick.search(before)
    assert not tick.search(after)
    assert Tenant.objects.get(slug="alpha").asks_rating
