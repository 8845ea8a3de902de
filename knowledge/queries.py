"""Who may read what, and what it was good for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from django.db.models import Count, Model, Q, QuerySet

from accounts.errors import NotFound
from accounts.models import Person
from entitlements.models import Product
from knowledge.models import (
    Article,
    ArticleVersion,
    Audience,
    Category,
    Deflection,
    Document,
    DocumentFile,
    Feedback,
    TrainingDate,
)

MOST_RELATED = 5

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Shelf:
    """A category as a reader sees it, with how many articles of theirs stand on it and below."""

    category: Category
    articles: int
    below: tuple["Shelf", ...] = ()

    @property
    def total(self) -> int:
        return self.articles + sum(shelf.total for shelf in self.below)


@dataclass(frozen=True)
class Worth:
    """What an article was good for."""

    helped: int
    did_not: int
    solved: int

    @property
    def answers(self) -> int:
        return self.helped + self.did_not


def audiences_of(reader: Person | None) -> list[str]:
    """Name the audiences of which somebody is one. `reader` None: who has not signed in. Pure."""
    if reader is None or not reader.may("read_articles"):
        return [Audience.PUBLIC.value]
    if reader.is_customer:
        return [Audience.PUBLIC.value, Audience.CUSTOMER.value]
    return [one.value for one in Audience]


def readable_articles(reader: Person | None) -> QuerySet[Article]:
    """List the published articles that somebody may read, with their live text but its body."""
    published = Article.objects.filter(live__audience__in=audiences_of(reader))
    return published.select_related("live", "category__parent").defer(
        "body", "summary", "live__body"
    )


def access_live(reader: Person | None, article_id: int) -> Article:
    """Find a published article that somebody may read. Raises NotFound."""
    found = (
        Article.objects.filter(live__audience__in=audiences_of(reader), pk=article_id)
        .select_related("live", "category__parent")
        .prefetch_related("about__product", "about__release")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def internal_titles(article_ids: Iterable[int]) -> list[str]:
    """Name those of some articles that no customer can open: internal ones, and unpublished."""
    closed = Q(live__isnull=True) | Q(live__audience=Audience.INTERNAL)
    found = Article.objects.filter(closed, pk__in=list(article_ids))
    return list(found.order_by("pk").values_list("title", flat=True))


def related_articles(article: Article, reader: Person | None) -> list[Article]:
    """List a few others about the same products, or of the same category (one statement)."""
    products = [one.product_id for one in article.about.all()]
    same = Q(about__product__in=products)
    if article.category_id is not None:
        same |= Q(category=article.category_id)
    others = readable_articles(reader).filter(same).exclude(pk=article.pk)
    alike = others.filter(live__language=article.live.language if article.live else "")
    return list(alike.order_by("-live__published_at").distinct()[:MOST_RELATED])


def shelves(reader: Person | None) -> list[Shelf]:
    """List the categories that have something for a reader, as a tree (two statements)."""
    counted = readable_articles(reader).select_related(None).order_by()
    counts = dict(counted.values_list("category").annotate(number=Count("pk")))
    return [shelf for shelf in _tree(counts) if shelf.total]


def all_shelves() -> list[Shelf]:
    """List all categories as a tree, with how many articles stand on each, whatever their state."""
    counts = dict(Article.objects.order_by().values_list("category").annotate(number=Count("pk")))
    return _tree(counts)


def _tree(counts: dict[int | None, int]) -> list[Shelf]:
    found = list(Category.objects.order_by("place", "name", "pk"))

    def shelf(category: Category) -> Shelf:
        below = tuple(shelf(one) for one in found if one.parent_id == category.pk)
        return Shelf(category, counts.get(category.pk, 0), below)

    return [shelf(category) for category in found if category.parent_id is None]


def access_category(category_id: int) -> Category:
    """Find a category. Raises NotFound."""
    return _one(Category.objects.select_related("parent").filter(pk=category_id))


def desk_articles() -> QuerySet[Article]:
    """List all articles as the desk works on them, the newest change first, without their text."""
    listed = Article.objects.select_related("live", "category__parent", "changed_by")
    return listed.defer("body", "live__body").order_by("-changed_at", "-pk")


def access_article(article_id: int) -> Article:
    """Find an article as the desk works on it. Raises NotFound."""
    found = Article.objects.select_related("live", "category__parent", "written_by", "changed_by")
    return _one(found.prefetch_related("about__product", "about__release").filter(pk=article_id))


def lock_article(article_id: int) -> Article:
    """Lock an article until the transaction ends. Raises NotFound.

    Rows that it points at are read behind the lock: joined to it they would be those of before the
    wait, or none.
    """
    locked = Article.objects.select_for_update(of=("self",), no_key=True)
    return _one(locked.filter(pk=article_id))


def access_version(article_id: int, number: int) -> ArticleVersion:
    """Find what an article said in a version. Raises NotFound."""
    versions = ArticleVersion.objects.select_related("article", "published_by")
    return _one(versions.filter(article_id=article_id, number=number))


def versions_of(article: Article) -> list[ArticleVersion]:
    """List the versions of an article, the newest first, without their text."""
    versions = article.versions.select_related("published_by").defer("body")
    return list(versions.order_by("-number"))


def worth_of(articles: Iterable[Article]) -> dict[int, Worth]:
    """Count for each article whom it helped and which cases it saved (two statements)."""
    keys = [article.pk for article in articles]
    answers = Feedback.objects.filter(article__in=keys).order_by()
    counted = answers.values_list("article_id").annotate(
        helped=Count("pk", filter=Q(is_helpful=True)),
        did_not=Count("pk", filter=Q(is_helpful=False)),
    )
    told = {key: (helped, did_not) for key, helped, did_not in counted}
    saved = Deflection.objects.filter(article__in=keys).order_by()
    solved = dict(saved.values_list("article_id").annotate(number=Count("pk")))
    return {key: Worth(*told.get(key, (0, 0)), solved.get(key, 0)) for key in keys}


def words_about(article: Article) -> list[Feedback]:
    """List what people said of an article in words, the newest first."""
    said = article.feedback.exclude(words="").select_related("person__company")
    return list(said.order_by("-given_at", "-pk")[:50])


def own_feedback(article: Article, reader: Person | None) -> Feedback | None:
    """Find what somebody has said of an article."""
    if reader is None:
        return None
    return Feedback.objects.filter(article=article, person=reader).first()


def deflections(since: datetime, until: datetime, company_id: int = 0) -> int:
    """Count the cases that were not filed since an article solved them, in [since, until).

    Those of the people of one company where it is given.
    """
    found = Deflection.objects.filter(solved_at__gte=since, solved_at__lt=until)
    return (found.filter(person__company=company_id) if company_id else found).count()


def documents_for(reader: Person | None) -> QuerySet[Document]:
    """List the documents that somebody may have: by product, the newest release first (DD-13)."""
    readable = Document.objects.filter(audience__in=audiences_of(reader))
    return readable.select_related("product", "release").order_by(
        "product__name", "product_id", "-release__version_key", "kind", "-published_on", "title"
    )


def documents_of(products: Iterable[Product], reader: Person | None) -> list[Document]:
    """List a few documents of some products."""
    found = documents_for(reader).filter(product__in=list(products))
    return list(found.order_by("-published_on", "-pk")[:MOST_RELATED])


def access_document(reader: Person | None, document_id: int) -> Document:
    """Find a document that somebody may have. Raises NotFound."""
    return _one(documents_for(reader).filter(pk=document_id))


def files_of(documents: Iterable[Document]) -> dict[int, tuple[str, int]]:
    """Name the files of documents and their sizes, without reading them."""
    found = DocumentFile.objects.filter(document__in=list(documents))
    columns = found.values_list("document_id", "name", "size_bytes")
    return {key: (name, size) for key, name, size in columns}


def trainings_from(at: datetime) -> QuerySet[TrainingDate]:
    """List the trainings that are not over, the next one first (DD-14)."""
    ahead = TrainingDate.objects.filter(ends_at__gt=at).select_related("product")
    return ahead.order_by("starts_at", "pk")


def all_trainings() -> QuerySet[TrainingDate]:
    """List all trainings, the last one first."""
    return TrainingDate.objects.select_related("product").order_by("-starts_at", "-pk")


def is_review_due(article: Article, on_date: date) -> bool:
    """Tell whether an article was to be looked at again by a day. Pure."""
    return article.review_on is not None and article.review_on <= on_date


def _one(rows: QuerySet[Row]) -> Row:
    found = rows.first()
    if found is None:
        raise NotFound
    return found
