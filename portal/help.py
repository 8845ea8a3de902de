"""What the pages of help show, prepared for the templates."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.http import HttpRequest

from accounts.models import Person
from accounts.queries import whereabouts
from entitlements.models import Product, Release
from knowledge.models import Article, Document
from knowledge.queries import documents_for, files_of, readable_articles

NEWEST = 6


@dataclass(frozen=True, slots=True)
class ShownDocument:
    """A document with the name and the size of its file, where it is one."""

    document: Document
    file_name: str = ""
    size_bytes: int = 0


@dataclass(frozen=True, slots=True)
class ReleaseDocuments:
    """The documents of a release; None: those of the product at large."""

    release: Release | None
    documents: tuple[ShownDocument, ...]


@dataclass(frozen=True, slots=True)
class ProductDocuments:
    """The documents of a product, the newest release first; None: those of no product."""

    product: Product | None
    releases: tuple[ReleaseDocuments, ...]


def reader_of(request: HttpRequest) -> Person | None:
    """Name who reads a page that is open to everybody; None for somebody who has not signed in."""
    return request.user if request.user.is_authenticated else None


def reader_zone(request: HttpRequest) -> str:
    """Name the zone in which a reader is told moments: their own, else the vendor's."""
    reader = reader_of(request)
    if reader is None:
        return request.tenant.time_zone
    if reader.is_customer:
        return whereabouts(company=reader.company, person=reader).time_zone
    return reader.time_zone or request.tenant.time_zone


def newest_articles(reader: Person | None) -> list[Article]:
    """List what was published last, of what a reader may read."""
    return list(readable_articles(reader).order_by("-live__published_at", "-pk")[:NEWEST])


def documents_by_product(reader: Person | None) -> list[ProductDocuments]:
    """Show the documents by product and release (DD-13): two statements.

    Of a product those of no release come last, and those of no product after all others.
    """
    documents = list(documents_for(reader))
    files = files_of(documents)
    shown = [ShownDocument(one, *files.get(one.pk, ("", 0))) for one in documents]
    return [
        ProductDocuments(product, tuple(_by_release(group)))
        for product, group in groupby(shown, key=lambda one: one.document.product)
    ]


def _by_release(documents: Iterable[ShownDocument]) -> Iterable[ReleaseDocuments]:
    # PostgreSQL puts what has no release first where the newest come first.
    ordered = sorted(documents, key=lambda one: one.document.release_id is None)
    for release, group in groupby(ordered, key=lambda one: one.document.release):
        yield ReleaseDocuments(release, tuple(group))
