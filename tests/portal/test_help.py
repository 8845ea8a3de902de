"""Help in the portal: open as far as each article says so; never in the way of a case."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import add_person
from accounts.tenancy import tenant
from knowledge.actions import Draft, Place, publish_article, write_article
from knowledge.models import Category, Deflection, Feedback
from knowledge.shelving import Upload
from tests.entitlements.lifecycle.storage import add_table
from tests.knowledge.writing import WRITTEN_AT, document, published, shelf, training
from tests.portal.pages import all_cases, fill_in, send, words
from tickets.models import CaseDraft


@pytest.fixture
def helped(alpha, beta):
    """Write three articles at alpha, and a look-alike at beta."""
    with tenant(beta.tenant):
        published(beta, f"{beta.canary}Import hangs", audience="public")
    with tenant(alpha.tenant):
        category = shelf(alpha, "When it fails")
        about = {"category": category, "about": ((alpha.product, None),)}
        return {
            "public": published(alpha, "Import hangs", audience="public", **about),
            "customer": published(alpha, "Import hangs at 80 %", **about),
            "internal": published(alpha, "Import hangs: ask the lab", audience="internal", **about),
        }


@pytest.mark.parametrize("who", [None, "contact", "agent"])
def test_everybody_finds_what_is_theirs(alpha, beta, helped, browse, who):
    client = browse(alpha.tenant, getattr(alpha, who) if who else None)
    seen = {None: {"public"}, "contact": {"public", "customer"}}.get(who, set(helped))
    pages = ["/help/", "/help/?q=import", f"/help/category/{helped['public'].category_id}/"]

    for page in pages:
        response = client.get(page)
        listed = {kind for kind, one in helped.items() if f'/help/{one.pk}/"' in response.text}
        assert (page, listed) == (page, seen)
        assert beta.canary not in response.text


def test_stranger_is_asked_to_sign_in_whether_or_not_there_is_something(alpha, helped, browse):
    client = browse(alpha.tenant)

    for key in (helped["customer"].pk, helped["internal"].pk, 987654):
        assert client.get(f"/help/{key}/")["Location"] == f"/account/login/?next=/help/{key}/"
    customer = browse(alpha.tenant, alpha.contact)
    assert customer.get(f"/help/{helped['internal'].pk}/").status_code == 404


def test_article_shows_its_text_its_products_and_what_is_related(alpha, helped, browse):
    page = words(browse(alpha.tenant, alpha.contact).get(f"/help/{helped['public'].pk}/"))

    assert "Start the engine again." in page
    assert f"{alpha.canary}product" in page
    assert "Related articles Import hangs at 80 %" in page
    assert "As of 2 February 2026" in page


def test_dd_12_customer_says_whether_it_helped_and_may_think_again(alpha, helped, browse):
    client, page = browse(alpha.tenant, alpha.contact), f"/help/{helped['public'].pk}/"

    client.post(f"{page}feedback/", {"is_helpful": "yes"})
    done = client.post(f"{page}feedback/", {"is_helpful": "no", "words": "Where is that?"})
    refused = client.post(f"{page}feedback/", {"words": "x" * 2000})

    assert done["Location"] == f"{page}#helpful"
    assert refused.status_code == 422
    with tenant(alpha.tenant):
        assert [(one.is_helpful, one.words) for one in Feedback.objects.all()] == [
            (False, "Where is that?")
        ]
    assert "You said that it did not help." in words(client.get(page))


def test_dd_13_documents_by_release_and_a_file_only_to_save(alpha, browse):
    with tenant(alpha.tenant):
        releases = add_table(alpha.product)
        document(alpha, "Guide", release=None)
        document(alpha, "Notes of 7.6", release=releases["7.6.0"])
        kept = document(
            alpha,
            "Notes of 7.8",
            release=releases["7.8.0"],
            address="",
            upload=Upload("notes.html", b"<script>"),
            audience="customer",
        )
    client = browse(alpha.tenant, alpha.contact)

    page = words(client.get("/help/documents/"))
    file = client.get(f"/help/documents/{kept.pk}/")

    places = [page.index(title) for title in ("Notes of 7.8", "Notes of 7.6", "Guide")]
    assert places == sorted(places)
    assert file.content == b"<script>"
    assert file["Content-Disposition"] == 'attachment; filename="notes.html"'
    assert file["Content-Type"] == "application/octet-stream"
    assert "Notes of 7.8" not in words(browse(alpha.tenant).get("/help/documents/"))


def test_dd_14_dd_41_trainings_ahead_are_shown_on_the_readers_clock_and_are_free(
    alpha, browse, set_desk_time
):
    set_desk_time(datetime(2030, 3, 4, 9, tzinfo=UTC))
    with tenant(alpha.tenant):
        training(alpha, "Over", datetime(2030, 3, 4, 6, tzinfo=UTC))
        training(alpha, "Basics", datetime(2030, 3, 5, 13, tzinfo=UTC))

    page = words(browse(alpha.tenant, alpha.contact).get("/help/training/"))

    # Berlin, where the company is.
    assert "Basics Tue 5 Mar 2030, 14:00 CET" in page.replace("\xa0", " ")
    assert "free of charge" in page
    assert "Over" not in page


def test_pages_take_as_many_statements_for_50_articles_as_for_one(alpha, helped, browse):
    client, key = browse(alpha.tenant, alpha.contact), helped["public"].category_id

    def asked(path):
        with CaptureQueriesContext(connection) as statements:
            assert client.get(path).status_code == 200
        return len(statements)

    paths = ["/help/", "/help/?q=import", f"/help/category/{key}/"]
    few = [asked(path) for path in paths]
    with tenant(alpha.tenant):
        category = Category.objects.get(pk=key)
        for number in range(50):
            published(alpha, f"Import {number}", category=category)

    assert [asked(path) for path in paths] == few


# While a case is filed


SUBJECT = "Weekly import hangs"


@pytest.fixture
def world(vendor):
    """Have an article at Metalogix that tells of the subject."""
    world = vendor("metalogix")
    with tenant(world.tenant):
        lead = add_person(name="Lea Lead", role="lead", tier=1, email="lea@desk.test")
        draft = Draft("When the weekly import hangs", "Start it again.")
        article = write_article(draft=draft, place=Place(), by=lead, at=WRITTEN_AT)
        publish_article(article_id=article.pk, revision=1, by=lead, at=WRITTEN_AT)
    world.article = article
    return world


def saved(world):
    with tenant(world.tenant):
        return list(Deflection.objects.values_list("subject", "person__name", "product__name"))


def test_dd_15_suggestions_come_as_the_subject_is_typed_and_keep_nothing(world, browse):
    client = browse(world.tenant, world.contact)

    part = client.get("/file/suggestions/", {"subject": SUBJECT})
    nothing = client.get("/file/suggestions/", {"subject": "We"})

    assert "1 article that may help When the weekly import hangs" in words(part)
    assert 'form="solved-form"' in part.text
    assert words(nothing) == ""
    with tenant(world.tenant):
        assert not CaseDraft.objects.exists()


def test_dd_15_without_a_script_they_stand_on_the_next_step_and_never_in_the_way(world, browse):
    client = browse(world.tenant, world.contact)
    answers = {"case_type": "problem", "subject": SUBJECT}

    on = client.post("/file/what/", answers)["Location"]
    page = client.get(on)
    seen_before = client.post("/file/what/", answers | {"looked": "1"})["Location"]
    fill_in(client, "metalogix")
    sent = send(client)

    assert on == f"{seen_before}?help=1"
    assert "Before you go on" in words(page)
    assert "None of these: go on with the case" in words(page)
    assert "Before you go on" not in words(client.get(seen_before))
    assert sent.status_code == 302
    assert [case.subject for case in all_cases(world)] == [SUBJECT]
    assert saved(world) == []


def test_dd_15_this_solved_it_ends_the_draft_and_counts_once(world, browse):
    client = browse(world.tenant, world.contact)
    client.post("/file/what/", {"case_type": "problem", "subject": SUBJECT})

    for _press in range(2):
        done = client.post("/file/solved/", {"article": world.article.pk})

    assert done["Location"] == f"/help/{world.article.pk}/"
    assert saved(world) == [(SUBJECT, "carla", "Archive Manager")]
    assert all_cases(world) == []
    with tenant(world.tenant):
        assert not CaseDraft.objects.exists()


def test_article_opened_while_filing_asks_whether_it_solves_it(world, browse):
    client = browse(world.tenant, world.contact)

    page = client.get(f"/help/{world.article.pk}/", {"filing": SUBJECT})

    assert "Does this solve what you were about to report?" in words(page)
    client.post("/file/solved/", {"article": world.article.pk, "subject": SUBJECT})
    assert saved(world) == [(SUBJECT, "carla", "Archive Manager")]
