"""What may be done with articles: write, publish, withdraw, judge, and say that one helped."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime

from django.db import transaction

from accounts.errors import NotAllowed
from accounts.models import Person
from accounts.tenancy import current_tenant_id
from entitlements.models import Product, Release
from knowledge.errors import (
    ChangedMeanwhile,
    NothingToPublish,
    NotPublished,
    ReleaseOfAnother,
    SaysNothing,
    TooLong,
)
from knowledge.models import (
    LONGEST_BODY,
    LONGEST_SUMMARY,
    LONGEST_TITLE,
    LONGEST_WORDS,
    TEXT_FIELDS,
    Article,
    ArticleProduct,
    ArticleVersion,
    Category,
    Deflection,
    Feedback,
)
from knowledge.queries import access_live, lock_article

LONGEST_SUBJECT = 200


@dataclass(frozen=True)
class Draft:
    """The working text of an article as it is to be kept."""

    title: str
    body: str
    summary: str = ""
    audience: str = "customer"
    language: str = "en"


@dataclass(frozen=True)
class Place:
    """Where an article stands, what it is about, and when it is looked at again.

    `about` pairs a product with one of its releases, or with None for all of them.
    """

    category: Category | None = None
    about: tuple[tuple[Product, Release | None], ...] = ()
    review_on: date | None = None


@transaction.atomic
def write_article(*, draft: Draft, place: Place, by: Person, at: datetime) -> Article:
    """Begin an article, for the desk's eyes. Raises NotAllowed, SaysNothing, TooLong,
    ReleaseOfAnother.
    """
    text = _checked(draft, place, by)
    article = Article(
        tenant_id=current_tenant_id(), written_by=by, changed_by=by, changed_at=at, **text
    )
    article.category, article.review_on = place.category, place.review_on
    article.save()
    _say_about(article, place)
    return article


@transaction.atomic
def change_article(
    *, article_id: int, draft: Draft, place: Place, revision: int, by: Person, at: datetime
) -> Article:
    """Change the working text; what is published stays as it is. Locks the article.

    `revision` is that of the text that was changed. Raises NotAllowed, NotFound, SaysNothing,
    TooLong, ReleaseOfAnother, and ChangedMeanwhile where somebody else has saved another.
    """
    text = _checked(draft, place, by)
    article = lock_article(article_id)
    if article.revision != revision:
        raise ChangedMeanwhile(name=article.changed_by.name)
    for name, value in text.items():
        setattr(article, name, value)
    article.category, article.review_on = place.category, place.review_on
    article.revision, article.changed_by, article.changed_at = revision + 1, by, at
    article.save()
    article.about.all().delete()
    _say_about(article, place)
    return article


@transaction.atomic
def publish_article(
    *, article_id: int, revision: int, note: str = "", by: Person, at: datetime
) -> ArticleVersion:
    """Freeze the working text as the next version, which readers see from now on.

    Locks the article. Raises NotAllowed, NotFound, TooLong (note), NothingToPublish, and
    ChangedMeanwhile where the text is not the one of `revision`, which was looked at.
    """
    _refuse_unless(by, "publish_articles")
    _fits(note, LONGEST_SUMMARY, "note")
    article = lock_article(article_id)
    if article.revision != revision:
        raise ChangedMeanwhile(name=article.changed_by.name)
    if not has_changes(article):
        raise NothingToPublish
    newest = article.versions.order_by("-number").values_list("number", flat=True).first() or 0
    version = ArticleVersion.objects.create(
        tenant_id=article.tenant_id,
        article=article,
        number=newest + 1,
        note=note.strip(),
        published_by=by,
        published_at=at,
        **{name: getattr(article, name) for name in TEXT_FIELDS},
    )
    article.live, article.state, article.withdrawn_at = version, Article.State.PUBLISHED, None
    article.save(update_fields=["live", "state", "withdrawn_at"])
    return version


@transaction.atomic
def withdraw_article(*, article_id: int, by: Person, at: datetime) -> Article:
    """Take an article from its readers; its versions stay. Locks the article.

    It is a change of the article: who looked at it before and publishes it now is told. Raises
    NotAllowed, NotFound, NotPublished.
    """
    _refuse_unless(by, "publish_articles")
    article = lock_article(article_id)
    if article.live is None:
        raise NotPublished
    article.live, article.state, article.withdrawn_at = None, Article.State.WITHDRAWN, at
    article.revision, article.changed_by, article.changed_at = article.revision + 1, by, at
    article.save(
        update_fields=["live", "state", "withdrawn_at", "revision", "changed_by", "changed_at"]
    )
    return article


def has_changes(article: Article) -> bool:
    """Tell whether the working text is another than the published one; a draft is. Pure."""
    live = article.live
    if live is None:
        return True
    return any(getattr(article, name) != getattr(live, name) for name in TEXT_FIELDS)


@transaction.atomic
def give_feedback(
    *, article_id: int, is_helpful: bool, words: str = "", by: Person, at: datetime
) -> Feedback:
    """Say whether an article helped; a second time it is said anew. Raises NotFound, TooLong."""
    article = access_live(by, article_id)
    _fits(words, LONGEST_WORDS, "words")
    said = {"is_helpful": is_helpful, "words": words.strip(), "given_at": at}
    feedback, _is_new = Feedback.objects.update_or_create(
        tenant_id=article.tenant_id,
        article=article,
        person=by,
        defaults=said | {"version": article.live.number if article.live else 0},
    )
    return feedback


@transaction.atomic
def note_solved(
    *, article_id: int, subject: str, product: Product | None, by: Person, at: datetime
) -> Deflection:
    """Count a case that is not filed since an article solved it (DD-15); once a day at most.

    Raises NotAllowed, NotFound.
    """
    _refuse_unless(by, "file_case")
    article = access_live(by, article_id)
    solved, _is_new = Deflection.objects.get_or_create(
        tenant_id=article.tenant_id,
        article=article,
        person=by,
        solved_on=at.astimezone(UTC).date(),
        defaults={
            "product": product,
            "subject": subject.strip()[:LONGEST_SUBJECT],
            "solved_at": at,
        },
    )
    return solved


def _checked(draft: Draft, place: Place, by: Person) -> Mapping[str, str]:
    _refuse_unless(by, "write_articles")
    text = {name: _tidy(value) for name, value in asdict(draft).items()}
    for name in ("title", "body"):
        if not text[name]:
            raise SaysNothing(field=name)
    _fits(text["title"], LONGEST_TITLE, "title")
    _fits(text["summary"], LONGEST_SUMMARY, "summary")
    _fits(text["body"], LONGEST_BODY, "body")
    for product, release in place.about:
        if release is not None and release.product_id != product.pk:
            raise ReleaseOfAnother(field="about")
    return text


def _tidy(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\x00", "").strip()


def _fits(text: str, most: int, field: str) -> None:
    if len(text) > most:
        raise TooLong(field=field, most=most)


def _refuse_unless(by: Person, act: str) -> None:
    if not by.may(act):
        raise NotAllowed


def _say_about(article: Article, place: Place) -> None:
    said: Iterable[tuple[Product, Release | None]] = dict.fromkeys(place.about)
    ArticleProduct.objects.bulk_create(
        ArticleProduct(
            tenant_id=article.tenant_id, article=article, product=product, release=release
        )
        for product, release in said
    )
