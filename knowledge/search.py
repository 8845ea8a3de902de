"""Finding articles by their words: as one searches, and as one writes what is wrong."""

from django.db import connection
from django.db.models import Q

from accounts.models import Person
from entitlements.models import Product
from knowledge.models import Article
from knowledge.queries import audiences_of, readable_articles

LONGEST_ASKED = 200
MOST_FOUND = 100
MOST_SUGGESTED = 5
# So many of the best are looked at for the product.
MOST_WEIGHED = 20
EVERY = Q()


def search_articles(reader: Person | None, text: str) -> list[Article]:
    """List the published articles that `reader` may read and that have all of the words.

    Words are found by their beginnings and in other forms of theirs; best first. `reader` None:
    somebody who has not signed in. Two statements, one where nothing is found.
    """
    return _read(reader, _found("search_articles", reader, text, MOST_FOUND))


def suggest_articles(
    reader: Person | None, subject: str, product: Product | None = None
) -> list[Article]:
    """List the few articles that may solve what a subject tells, best first (DD-12, DD-15).

    They have one of its words in title or summary and half of them anywhere: it was not written
    for a search. None is about other products only. Two statements, one where nothing is found.
    """
    found = _found("suggest_articles", reader, subject, MOST_WEIGHED)
    fitting = Q(about__isnull=True) | Q(about__product=product) if product else EVERY
    return _read(reader, found, fitting)[:MOST_SUGGESTED]


def plain(text: str) -> str:
    """Write what is looked for in one line of limited length. Pure."""
    return " ".join(text.replace("\x00", " ").split())[:LONGEST_ASKED]


def _found(function: str, reader: Person | None, text: str, at_most: int) -> list[int]:
    """Ask one of the two functions that look words up (definer functions): keys, best first."""
    asked = plain(text)
    if not any(letter.isalnum() for letter in asked):
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT article_id FROM {function}(%s, %s::text[], %s) ORDER BY place",
            [asked, audiences_of(reader), at_most],
        )
        return [article_id for (article_id,) in cursor.fetchall()]


def _read(reader: Person | None, keys: list[int], fitting: Q = EVERY) -> list[Article]:
    if not keys:
        return []
    found = readable_articles(reader).filter(fitting, pk__in=keys).distinct()
    articles = {article.pk: article for article in found}
    return [articles[key] for key in keys if key in articles]
