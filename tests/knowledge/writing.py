"""Articles for tests, written and published through the actions, in the tenant that is entered."""

from datetime import UTC, date, datetime, timedelta

from knowledge.actions import Draft, Place, publish_article, write_article
from knowledge.models import Article, Category, Document, TrainingDate
from knowledge.shelving import Shelved, save_category, save_document, save_training
from tests.twins import Twin

WRITTEN_AT = datetime(2026, 2, 2, 9, 0, tzinfo=UTC)
# The arguments that name a row of each kind in an address.
KNOWLEDGE = {
    "article": ("article_id", "version"),
    "shelf": ("category_id",),
    "document": ("document_id",),
    "training": ("training_id",),
}


def written(twin: Twin, title: str = "Import hangs", **changes) -> Article:
    """Write an article; it is a draft. `about`, `category`, `review_on` say where it stands."""
    place = {
        name: changes.pop(name) for name in ("about", "category", "review_on") if name in changes
    }
    draft = Draft(**{"title": title, "body": "Start the engine again."} | changes)
    return write_article(draft=draft, place=Place(**place), by=twin.agent, at=WRITTEN_AT)


def published(twin: Twin, title: str = "Import hangs", **changes) -> Article:
    """Write an article and publish it."""
    article = written(twin, title, **changes)
    publish_article(article_id=article.pk, revision=1, by=twin.lead, at=WRITTEN_AT)
    article.refresh_from_db()
    return article


def shelf(twin: Twin, name: str, parent: Category | None = None) -> Category:
    return save_category(category_id=None, name=name, parent=parent, place=0, by=twin.lead)


def document(twin: Twin, title: str, **changes) -> Document:
    what = {
        "kind": "documentation",
        "published_on": date(2026, 2, 1),
        "product": twin.product,
        "audience": "public",
    } | changes
    address = what.pop("address", "https://documents.test/guide.pdf")
    upload = what.pop("upload", None)
    return save_document(
        document_id=None,
        what=Shelved(title=title, **what),
        address=address,
        upload=upload,
        by=twin.lead,
    )


def training(twin: Twin, title: str, starts_at: datetime) -> TrainingDate:
    return save_training(
        training_id=None,
        title=title,
        about="",
        product=twin.product,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        place="online",
        address="https://training.test/",
        by=twin.lead,
    )


def raise_knowledge(twin: Twin) -> dict[str, dict[str, object]]:
    """Give a twin one row of each kind, open to everybody, and name them as addresses do."""
    category = shelf(twin, f"{twin.canary}shelf")
    article = published(twin, f"{twin.canary}article", audience="public", category=category)
    paper = document(twin, f"{twin.canary}document")
    held = training(twin, f"{twin.canary}training", datetime(2099, 1, 1, 9, tzinfo=UTC))
    return {
        "article": {"article_id": article.pk, "version": 1},
        "shelf": {"category_id": category.pk},
        "document": {"document_id": paper.pk},
        "training": {"training_id": held.pk},
    }
