"""Articles: who writes, who publishes, what readers see, and what it was good for."""

from datetime import timedelta

import pytest

from accounts.errors import NameTaken, NotAllowed, NotFound
from knowledge.actions import (
    Draft,
    Place,
    change_article,
    give_feedback,
    note_solved,
    publish_article,
    withdraw_article,
    write_article,
)
from knowledge.errors import (
    CategoryInUse,
    ChangedMeanwhile,
    LinkOrFile,
    NothingToPublish,
    ReleaseOfAnother,
    SaysNothing,
    TooDeep,
)
from knowledge.models import Deflection, Feedback
from knowledge.queries import (
    Worth,
    access_live,
    access_version,
    deflections,
    documents_for,
    readable_articles,
    shelves,
    worth_of,
)
from knowledge.shelving import Upload, remove_category
from knowledge.text import render
from tests.entitlements.lifecycle.storage import add_table
from tests.knowledge.writing import WRITTEN_AT, document, published, shelf, written

LATER = WRITTEN_AT + timedelta(days=1)


def titles(reader):
    return sorted(article.live.title for article in readable_articles(reader))


def change(article, by, body="Another text.", revision=1, **changes):
    draft = Draft(**{"title": article.title, "body": body, "audience": article.audience} | changes)
    return change_article(
        article_id=article.pk, draft=draft, place=Place(), revision=revision, by=by, at=LATER
    )


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        (None, ["public"]),
        ("contact", ["customer", "public"]),
        ("company_admin", ["customer", "public"]),
        ("agent", ["customer", "internal", "public"]),
        ("account_manager", ["customer", "internal", "public"]),
    ],
)
def test_dd_12_readers_see_the_articles_of_their_audience_and_no_draft(alpha, entered, who, seen):
    for audience in ("public", "customer", "internal"):
        published(alpha, audience, audience=audience)
    written(alpha, "draft", audience="public")

    assert titles(getattr(alpha, who) if who else None) == seen


def test_readers_see_the_old_text_until_the_new_one_is_published(alpha, entered):
    article = published(alpha)

    change(article, alpha.agent)
    before = access_live(alpha.contact, article.pk).live
    publish_article(article_id=article.pk, revision=2, note="Why", by=alpha.lead, at=LATER)
    after = access_live(alpha.contact, article.pk).live

    assert (before.number, before.body) == (1, "Start the engine again.")
    assert (after.number, after.body, after.note) == (2, "Another text.", "Why")
    assert access_version(article.pk, 1).body == "Start the engine again."


def test_audience_of_the_working_text_is_not_that_of_the_readers(alpha, entered):
    article = published(alpha, audience="internal")

    change(article, alpha.agent, audience="public")

    assert titles(None) == []


def test_what_somebody_else_has_saved_is_not_overwritten_nor_published_unseen(alpha, entered):
    article = published(alpha)
    change(article, alpha.agent)

    with pytest.raises(ChangedMeanwhile):
        change(article, alpha.lead, revision=1)
    with pytest.raises(ChangedMeanwhile):
        publish_article(article_id=article.pk, revision=1, by=alpha.lead, at=LATER)


def test_withdrawn_article_is_gone_for_readers_and_can_come_back(alpha, entered):
    article = published(alpha)

    withdraw_article(article_id=article.pk, by=alpha.lead, at=LATER)
    with pytest.raises(NotFound):
        access_live(alpha.agent, article.pk)
    publish_article(article_id=article.pk, revision=2, by=alpha.lead, at=LATER)

    assert access_live(alpha.contact, article.pk).live.number == 2


def test_agent_writes_and_does_not_publish_and_a_dispatcher_does_neither(alpha, entered):
    article = written(alpha)

    with pytest.raises(NotAllowed):
        publish_article(article_id=article.pk, revision=1, by=alpha.agent, at=LATER)
    with pytest.raises(NotAllowed):
        change(article, alpha.dispatcher)
    with pytest.raises(NotAllowed):
        withdraw_article(article_id=article.pk, by=alpha.agent, at=LATER)


def test_what_says_nothing_new_is_not_published_again(alpha, entered):
    article = published(alpha)

    with pytest.raises(NothingToPublish):
        publish_article(article_id=article.pk, revision=1, by=alpha.lead, at=LATER)


@pytest.mark.parametrize("draft", [Draft(" ", "Text"), Draft("Title", "\x00 \n")])
def test_article_without_words_is_refused(alpha, entered, draft):
    with pytest.raises(SaysNothing):
        write_article(draft=draft, place=Place(), by=alpha.agent, at=LATER)


def test_release_belongs_to_its_product(alpha, entered):
    release = add_table(alpha.product)["7.8.0"]
    other = type(alpha.product).objects.create(tenant=alpha.tenant, code="x", name="X")

    with pytest.raises(ReleaseOfAnother):
        written(alpha, about=((other, release),))


def test_feedback_is_one_of_each_person_and_the_last_one_counts(alpha, entered):
    article = published(alpha)

    for reader in (alpha.contact, alpha.colleague):
        give_feedback(article_id=article.pk, is_helpful=True, by=reader, at=LATER)
    give_feedback(
        article_id=article.pk, is_helpful=False, words=" No. ", by=alpha.contact, at=LATER
    )

    assert worth_of([article])[article.pk] == Worth(helped=1, did_not=1, solved=0)
    assert Feedback.objects.get(person=alpha.contact).words == "No."


def test_dd_15_case_that_was_not_filed_is_counted_once_a_day(alpha, entered):
    article = published(alpha)
    said = {"article_id": article.pk, "subject": "It hangs", "product": alpha.product}

    for at in (LATER, LATER, LATER + timedelta(days=1)):
        note_solved(**said, by=alpha.contact, at=at)
    note_solved(**said, by=alpha.colleague, at=LATER)

    assert deflections(LATER, LATER + timedelta(hours=1)) == 2
    assert deflections(WRITTEN_AT, LATER) == 0
    assert Deflection.objects.count() == 3


def test_article_of_the_desk_solves_nothing_for_a_customer(alpha, entered):
    article = published(alpha, audience="internal")

    with pytest.raises(NotFound):
        note_solved(article_id=article.pk, subject="", product=None, by=alpha.contact, at=LATER)


def test_categories_are_two_deep_and_shown_where_there_is_something(alpha, entered):
    top = shelf(alpha, "Top")
    below = shelf(alpha, "Below", top)
    shelf(alpha, "Empty")
    published(alpha, category=below)
    published(alpha, "For the desk", category=top, audience="internal")

    (seen,) = shelves(alpha.contact)
    with pytest.raises(TooDeep):
        shelf(alpha, "Third", below)
    with pytest.raises(NameTaken):
        shelf(alpha, "Below", top)
    with pytest.raises(CategoryInUse):
        remove_category(category_id=top.pk, by=alpha.lead)

    assert (seen.category.name, seen.articles, seen.total) == ("Top", 0, 1)
    assert [(one.category.name, one.articles) for one in seen.below] == [("Below", 1)]
    assert shelves(None) == []


def test_dd_13_documents_stand_by_product_the_newest_release_first(alpha, entered):
    releases = add_table(alpha.product)
    document(alpha, "Old notes", release=releases["7.6.0"])
    document(alpha, "New notes", release=releases["7.8.0"], audience="customer")
    document(alpha, "For both", release=None)
    with pytest.raises(LinkOrFile):
        document(alpha, "Neither", address="")
    with pytest.raises(LinkOrFile):
        document(alpha, "Both", upload=Upload("a.pdf", b"%PDF"))

    # What is of no release comes first here; the page puts it last.
    assert [one.title for one in documents_for(alpha.contact)] == [
        "For both",
        "New notes",
        "Old notes",
    ]
    assert [one.title for one in documents_for(None)] == ["For both", "Old notes"]


@pytest.mark.parametrize(
    ("typed", "drawn"),
    [
        ("# Title\n## Part", "<h2>Title</h2>\n<h3>Part</h3>"),
        ("### Part\n##### Deep", "<h2>Part</h2>\n<h4>Deep</h4>"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("a <b onclick='x'>b</b>", "<p>a &lt;b onclick='x'&gt;b&lt;/b&gt;</p>"),
        ("[a](javascript:alert(1))", "<p>[a](javascript:alert(1))</p>"),
        ("[a](data:text/html;base64,x)", "<p>[a](data:text/html;base64,x)</p>"),
        (
            "[a](https://x.test/ 'b')",
            '<p><a href="https://x.test/" title="b" rel="noopener noreferrer">a</a></p>',
        ),
        (
            "![p](https://x.test/p.png)",
            '<p>!<a href="https://x.test/p.png" rel="noopener noreferrer">p</a></p>',
        ),
        ("```\n<pre>\n```", '<pre tabindex="0"><code>&lt;pre&gt;\n</code></pre>'),
    ],
)
def test_text_is_drawn_safely(typed, drawn):
    assert render(typed).strip() == drawn
