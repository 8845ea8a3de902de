"""Finding articles: words, their beginnings and forms, in two languages; and only one's own."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tenancy import tenant
from entitlements.models import Product
from knowledge.actions import Draft, Place, change_article
from knowledge.search import search_articles, suggest_articles
from tests.knowledge.writing import WRITTEN_AT, published


@pytest.fixture
def base(alpha, entered):
    published(
        alpha,
        "Replication of long paths",
        summary="Files are skipped without a word.",
        body="Set the option LongPaths for engine 5.5.2 and run the policies again.",
    )
    published(
        alpha,
        "Drucker druckt jede Seite zweimal",
        body="In den Einstellungen steht eine falsche Anzahl.",
        language="de",
        audience="public",
    )
    published(alpha, "Reading the log", body="The replication writes E17.", audience="internal")
    return alpha


LOOKED_UP = " UNION ALL ".join(
    f"SELECT * FROM {function}('replication', '{{public,customer}}', 9)"
    for function in ("search_articles", "suggest_articles")
)


def found(reader, text):
    return [article.live.title for article in search_articles(reader, text)]


LONG, PRINTER, LOG = (
    "Replication of long paths",
    "Drucker druckt jede Seite zweimal",
    "Reading the log",
)


@pytest.mark.parametrize(
    ("asked", "titles"),
    [
        ("replicating", [LONG]),  # another form of the word
        ("repl", [LONG]),  # its beginning
        ("the skipped files", [LONG]),  # words that say nothing count for nothing
        ("5.5.2", [LONG]),
        ("longpaths policy", [LONG]),
        ("replication printer", []),  # all words are wanted
        ("Seiten", [PRINTER]),
        ("eine Einstellung", [PRINTER]),
        ("the", []),
        ("' ) | :*", []),
        ("\x00", []),
        ("e17", []),  # for the desk only
    ],
)
def test_dd_12_customer_finds_articles_by_words(base, asked, titles):
    assert found(base.contact, asked) == titles


def test_title_goes_before_text_and_the_desk_finds_what_is_internal(base):
    assert found(base.agent, "replication") == [LONG, LOG]


def test_stranger_finds_what_is_public_and_nobody_the_working_text(base):
    article = published(base, "Backup", audience="public")
    draft = Draft("Backup", "A secret word.", audience="public")
    change_article(
        article_id=article.pk, draft=draft, place=Place(), revision=1, by=base.agent, at=WRITTEN_AT
    )

    assert found(None, "Seite") == [PRINTER]
    assert found(None, "replication") == []
    assert found(base.agent, "secret") == []


def test_dd_15_subject_finds_what_has_half_of_its_words_of_the_product_or_of_all(base):
    other = Product.objects.create(tenant=base.tenant, code="x", name="X")
    published(base, "Replication of the other product", about=((other, None),))

    def suggested(subject, product=None):
        return [one.live.title for one in suggest_articles(base.contact, subject, product)]

    assert suggested("Replication policy skips files", base.product) == [LONG]
    assert suggested("Replication skips files with long paths since Monday") == [LONG]
    assert "Replication of the other product" in suggested("Replication stops", other)
    assert suggested("Nothing at all like it") == []


def test_look_alike_vendor_is_not_searched(base, beta):
    # A vendor cannot be entered from inside another: the function asks which one is.
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.tenant', %s, true)", [str(beta.tenant.pk)])
        cursor.execute(LOOKED_UP)
        foreign = cursor.fetchall()
        cursor.execute("SELECT set_config('app.tenant', '', true)")
        cursor.execute(LOOKED_UP)
        nobody = cursor.fetchall()
        cursor.execute("SELECT set_config('app.tenant', %s, true)", [str(base.tenant.pk)])
        cursor.execute(LOOKED_UP)
        own = cursor.fetchall()

    assert len(own) == 2
    assert (foreign, nobody) == ([], [])


def test_suggestions_are_two_statements_however_many_there_are(alpha, entered):
    for number in range(12):
        published(alpha, f"Import hangs {number}", about=((alpha.product, None),))

    with CaptureQueriesContext(
        connection,
    ) as asked:
        articles = suggest_articles(alpha.agent, "Import hangs", alpha.product)
        shown = [(one.live.title, one.live.summary, one.category) for one in articles]

    assert (len(shown), len(asked)) == (5, 2)


def test_words_go_with_the_version(alpha):
    with tenant(alpha.tenant):
        article = published(alpha, "Nightly export")
    with tenant(alpha.tenant), connection.cursor() as cursor:
        cursor.execute(
            "SELECT words @@ 'export'::tsquery FROM knowledge_articleversion WHERE article_id = %s",
            [article.pk],
        )

        assert cursor.fetchall() == [(True,)]


def test_words_are_looked_up_in_their_index_also_where_nothing_was_analyzed(base):
    def asked(statement):
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone()

    scans = (
        "SELECT pg_stat_get_xact_numscans('version_by_words'::regclass),"
        " pg_stat_get_xact_numscans('knowledge_articleversion_tenant_id_id_wall'::regclass)"
    )
    by_words_before, by_vendor_before = asked(scans)

    assert asked("SELECT count(*) FROM search_articles('replication', '{customer}', 9)") == (1,)
    by_words, by_vendor = asked(scans)
    # By the vendor alone every text would be read whole.
    assert by_words > by_words_before
    assert by_vendor == by_vendor_before
