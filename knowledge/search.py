"""Finding articles by their words: as one searches, and as one writes what is wrong."""

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from accounts.models import Person
from entitlements.models import Product
from knowledge.models import Article
from knowledge.queries import audiences_of, readable_articles

LONGEST_ASKED = 200
MOST_FOUND = 100
MOST_SUGGESTED = 5
# Of the words of a search all must be there, of a subject half: it was not written for a search.
ALL, HALF = 100, 50


def search_articles(reader: Person | None, text: str) -> QuerySet[Article]:
    """List the published articles that `reader` may read and that have all of the words.

    Words are found by their beginnings and in other forms of theirs; best first. `reader` None:
    somebody who has not signed in. One statement, when it is read.
    """
    return _found(reader, text, ALL, MOST_FOUND)


def suggest_articles(
    reader: Person | None, subject: str, product: Product | None = None
) -> list[Article]:
    """List the few articles that may solve what a subject tells, best first (DD-12, DD-15).

    None of them is about other products only. One statement.
    """
    found = _found(reader, subject, HALF, MOST_SUGGESTED * 4)
    if product is not None:
        found = found.filter(Q(about__isnull=True) | Q(about__product=product)).distinct()
    return list(found[:MOST_SUGGESTED])


def plain(text: str) -> str:
    """Write what is looked for in one line of limited length. Pure."""
    return " ".join(text.replace("\x00", " ").split())[:LONGEST_ASKED]


def _found(reader: Person | None, text: str, share: int, at_most: int) -> QuerySet[Article]:
    asked = plain(text)
    if not any(letter.isalnum() for letter in asked):
        return Article.objects.none()
    # An array that depends on no row is worked out once for the statement.
    place = RawSQL(
        "array_position(ARRAY(SELECT s.article_id FROM search_articles(%s, %s::text[], %s, %s) s"
        " ORDER BY s.place), knowledge_article.id)",
        [asked, audiences_of(reader), share, at_most],
    )
    articles = readable_articles(reader).annotate(found_at=place)
    return articles.filter(found_at__isnull=False).order_by("found_at")
