"""The knowledge base at the desk: writing, publishing, figures; and articles beside a case."""

from datetime import UTC, date, datetime

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tenancy import tenant
from knowledge.actions import give_feedback, note_solved
from knowledge.models import Article, Category, Document, DocumentFile, TrainingDate
from tests.desk.conftest import MONDAY
from tests.knowledge.writing import WRITTEN_AT, document, published, shelf, written
from tests.portal.pages import words
from tickets.macros import save_macro

TEXT = {
    "title": "Import hangs",
    "summary": "What to do.",
    "body": "# Start\n\nPress **again**.",
    "audience": "customer",
    "language": "en",
    "category": "",
    "review_on": "2030-01-31",
}


@pytest.fixture
def client(alpha, browse):
    return browse(alpha.tenant, alpha.agent)


@pytest.fixture
def leading(alpha, browse):
    return browse(alpha.tenant, alpha.lead)


def only_article(twin):
    with tenant(twin.tenant):
        return Article.objects.select_related("live").get()


def test_agent_writes_looks_first_and_saves_and_a_lead_publishes(alpha, client, leading):
    about = f"{alpha.product.pk}"
    look = client.post("/desk/help/new/", TEXT | {"about": about, "preview": "yes"})
    with tenant(alpha.tenant):
        assert not Article.objects.exists()
    client.post("/desk/help/new/", TEXT | {"about": about})
    article = only_article(alpha)
    page = f"/desk/help/{article.pk}/"
    shut = client.post(f"{page}publish/", {"revision": 1})
    leading.post(f"{page}publish/", {"revision": 1, "note": "First"})
    again = leading.post(f"{page}publish/", {"revision": 1})

    assert "<h2>Start</h2>" in look.text
    assert "<strong>again</strong>" in look.text
    assert shut.status_code == 403
    assert (only_article(alpha).live.number, article.review_on) == (1, date(2030, 1, 31))
    assert "What is published says this already." in words(again)
    assert "Version 1 readers see this" in words(client.get(page))
    assert "Press again ." in words(client.get(f"{page}versions/1/"))


def test_what_a_version_changed_is_marked_word_by_word(alpha, client, leading):
    with tenant(alpha.tenant):
        article = published(alpha, body="Press <once>.")
    base = f"/desk/help/{article.pk}/"
    new = TEXT | {"body": "Press <twice>.", "audience": "internal", "summary": ""}
    leading.post(f"{base}write/", new | {"revision": 1})
    leading.post(f"{base}publish/", {"note": "It takes two.", "revision": 2})

    page = client.get(f"{base}versions/2/changes/").text

    assert "Press &lt;<del>once</del><ins>twice</ins>&gt;." in page
    assert "Who may read it" in page
    assert "all of it is new" in client.get(f"{base}versions/1/changes/").text
    assert client.get(f"{base}versions/2/changes/?since=7").status_code == 404


def test_second_writer_is_told_and_can_save_after_looking(alpha, client, leading):
    with tenant(alpha.tenant):
        article = written(alpha)
    page = f"/desk/help/{article.pk}/write/"
    leading.post(page, TEXT | {"revision": 1, "title": "Of the lead"})

    refused = client.post(page, TEXT | {"revision": 1, "title": "Of the agent"})
    shown = refused.context["form"]["revision"].value()
    client.post(page, TEXT | {"revision": shown, "title": "Of both"})

    assert refused.status_code == 422
    assert f"{alpha.canary}lead has saved this article since you opened it." in words(refused)
    assert only_article(alpha).title == "Of both"


def test_list_is_narrowed_by_words_state_and_category(alpha, beta, client):
    with tenant(beta.tenant):
        published(beta, f"{beta.canary}Import hangs")
    with tenant(alpha.tenant):
        category = shelf(alpha, "Failures")
        published(alpha, "Published one", body="The import.", category=category)
        written(alpha, "A draft of the import", review_on=date(2020, 1, 1))

    def listed(query):
        response = client.get(f"/desk/help/{query}")
        assert beta.canary not in response.text
        return sorted(row["article"].title for row in response.context["rows"])

    assert listed("") == ["A draft of the import", "Published one"]
    assert listed("?q=import") == ["A draft of the import", "Published one"]
    assert listed("?state=draft") == ["A draft of the import"]
    assert listed("?state=review") == ["A draft of the import"]
    assert listed("?state=changed") == []
    assert listed(f"?category={category.pk}") == ["Published one"]
    assert listed("?state=nonsense") == ["A draft of the import", "Published one"]


def test_list_takes_as_many_statements_for_50_articles_as_for_one(alpha, client):
    def asked():
        with CaptureQueriesContext(connection) as statements:
            client.get("/desk/help/?q=import")
        return len(statements)

    with tenant(alpha.tenant):
        published(alpha, "Import 0", category=shelf(alpha, "Failures"))
    few = asked()
    with tenant(alpha.tenant):
        category = Category.objects.get()
        for number in range(1, 50):
            published(alpha, f"Import {number}", category=category)

    assert asked() == few


def test_dd_15_page_says_whom_it_helped_and_which_cases_it_saved(alpha, client):
    with tenant(alpha.tenant):
        article = published(alpha)
        said = {"article_id": article.pk, "at": WRITTEN_AT}
        give_feedback(**said, is_helpful=True, by=alpha.contact)
        give_feedback(**said, is_helpful=False, words="Where?", by=alpha.colleague)
        note_solved(**said, subject="Hangs", product=None, by=alpha.contact)

    page = words(client.get(f"/desk/help/{article.pk}/"))

    assert "helped 1 of 2" in page
    assert "1 case was not filed" in page
    assert f"{alpha.canary}colleague, {alpha.canary}company" in page
    assert "Where?" in page


def test_lead_keeps_categories_documents_and_trainings(alpha, leading):
    leading.post("/desk/help/categories/new/", {"name": "Failures", "parent": "", "place": 1})
    leading.post(
        "/desk/help/documents/new/",
        {
            "title": "Guide",
            "kind": "documentation",
            "about": f"{alpha.product.pk}",
            "address": "https://documents.test/guide.pdf",
            "audience": "public",
            "published_on": "2030-01-01",
        },
    )
    leading.post(
        "/desk/help/training/new/",
        {
            "title": "Basics",
            "starts_at": "2030-03-05T14:00",
            "ends_at": "2030-03-05T16:00",
            "place": "online",
            "is_free": "on",
            "language": "en",
        },
    )
    late = leading.post(
        "/desk/help/training/new/",
        {
            "title": "Backwards",
            "starts_at": "2030-03-05T14:00",
            "ends_at": "2030-03-05T13:00",
            "place": "online",
            "language": "en",
        },
    )

    with tenant(alpha.tenant):
        category, paper, held = (
            model.objects.get() for model in (Category, Document, TrainingDate)
        )
        assert (paper.product, paper.address) == (alpha.product, "https://documents.test/guide.pdf")
        # Paris, where the vendor is.
        assert (held.starts_at, held.is_free) == (datetime(2030, 3, 5, 13, tzinfo=UTC), True)
    assert "It would end before it begins." in words(late)
    for path, row in (("categories", category), ("documents", paper), ("training", held)):
        leading.post(f"/desk/help/{path}/{row.pk}/", {"remove": "yes"})
    with tenant(alpha.tenant):
        assert not any(model.objects.exists() for model in (Category, Document, TrainingDate))


def test_dd_13_small_file_is_kept_and_gives_way_to_an_address(alpha, leading):
    said = {
        "title": "Notes",
        "kind": "release_notes",
        "about": f"{alpha.product.pk}",
        "address": "",
        "audience": "public",
        "published_on": "2030-01-01",
    }
    neither = leading.post("/desk/help/documents/new/", said)
    leading.post("/desk/help/documents/new/", said | {"file": ContentFile(b"%PDF", "notes.pdf")})
    with tenant(alpha.tenant):
        paper = Document.objects.get()
    page = f"/desk/help/documents/{paper.pk}/"
    kept = leading.post(page, said | {"title": "Notes of 9"})
    shown, file = words(leading.get(page)), leading.get(f"/help/documents/{paper.pk}/")
    leading.post(page, said | {"address": "https://documents.test/9"})

    assert "Give an address or a file, one of the two." in words(neither)
    assert kept.status_code == 302
    assert "Its file is notes.pdf (4 bytes)." in shown.replace("\xa0", " ")
    assert file.content == b"%PDF"
    with tenant(alpha.tenant):
        assert not DocumentFile.objects.exists()
    moved = leading.get(f"/help/documents/{paper.pk}/")
    assert moved["Location"] == "https://documents.test/9"


def test_document_that_a_customer_may_not_have_is_kept_by_who_may(alpha, browse):
    with tenant(alpha.tenant):
        paper = document(alpha, "Guide", audience="customer")

    assert browse(alpha.tenant).get(f"/help/documents/{paper.pk}/").status_code == 302
    agent = browse(alpha.tenant, alpha.agent)
    assert agent.post(f"/desk/help/documents/{paper.pk}/", {"remove": "yes"}).status_code == 403


# Beside a case


@pytest.fixture
def beside(desk):
    """Have an article for customers and one of the desk that tell of the case's subject."""
    case = desk.file(subject="Weekly import hangs")
    with tenant(desk.twin.tenant):
        open_one = published(desk.twin, "Weekly import hangs")
        closed = published(desk.twin, "Weekly import: ask the lab", audience="internal")
    return case, open_one, closed


def address(twin, article):
    return f"http://{twin.tenant.slug}.localhost{settings.SITE_PORT}/help/{article.pk}/"


def test_articles_with_the_words_of_the_subject_stand_beside_the_case(desk, beside):
    case, open_one, closed = beside

    page = desk.page(case)

    assert "Weekly import: ask the lab INTERNAL" in words(page)
    assert address(desk.twin, open_one) in page.text
    assert page.text.count("data-inside>") == 1


@pytest.mark.parametrize("act", ["reply", "ask", "solve"])
def test_address_of_an_internal_article_is_not_sent_to_a_customer(desk, beside, act):
    case, open_one, closed = beside
    text = f"Look there: {address(desk.twin, closed)}"

    refused = desk.act(case, act, body=text)
    sent = desk.act(case, act, body=f"Look there: {address(desk.twin, open_one)}")
    desk.act(case, "note", body=text)

    assert refused.status_code == 422
    assert "The customer cannot open “Weekly import: ask the lab”" in words(refused)
    assert sent.status_code == 302
    assert desk.notes(case) == [text]


def test_nor_does_a_macro_or_a_change_of_many_say_it(desk, beside):
    case, _open_one, closed = beside
    told = {"says": "reply", "words": f"Look there: {address(desk.twin, closed)}"}
    with tenant(desk.twin.tenant):
        macro = save_macro(
            macro_id=None,
            title="Look",
            steps={"solve": told["words"]},
            is_shared=False,
            by=desk.twin.agent,
            at=MONDAY,
        )

    asked = desk.client().get(f"/desk/cases/{case.number}/macro/", {"macro": macro.pk})
    many = desk.client().post("/desk/many/", {"case": [case.number]} | told)

    refused = "The customer cannot open “Weekly import: ask the lab”"
    assert refused in words(asked)
    assert "Do all of this now" not in words(asked)
    assert (many.status_code, refused in words(many)) == (422, True)
