"""What the demo's vendors have written down: articles, documents, a training; and what it saved."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import Person
from entitlements.models import Product, Release
from knowledge.actions import (
    Draft,
    Place,
    change_article,
    give_feedback,
    note_solved,
    publish_article,
    write_article,
)
from knowledge.models import Article, Category
from knowledge.shelving import Shelved, save_category, save_document, save_training
from supportdesk.demo.cast import Cast
from supportdesk.demo.help_texts import ARTICLES, SHELVES, TRAININGS, Told

WRITTEN_DAYS_AGO = 60
REVIEW_DAYS = 120
TRAINING_DAYS, TRAINING_HOURS = 12, 2


@dataclass(frozen=True)
class House:
    """Who writes and reads at a vendor, and what about."""

    product: Product
    release: Release | None
    writer: Person
    lead: Person
    readers: tuple[Person, ...]
    now: datetime


def write_help(vendor: str, cast: Cast, now: datetime) -> None:
    """Fill a vendor's knowledge base: four articles, one of them a draft, and what lies beside."""
    house = House(
        product=cast.product,
        release=Release.objects.filter(product=cast.product).order_by("-version_key").first(),
        writer=Person.objects.filter(role="agent").earliest("pk"),
        lead=Person.objects.filter(role="lead").earliest("pk"),
        readers=tuple(cast.contacts),
        now=now,
    )
    shelves = _put_up_shelves(house)
    for number, told in enumerate(ARTICLES[vendor]):
        _write(told, shelves, number, house)
    _lay_out_documents(house)
    _announce_training(vendor, house)


def _put_up_shelves(house: House) -> dict[str, Category]:
    shelves: dict[str, Category] = {}
    for place, (name, above) in enumerate(SHELVES):
        shelves[name] = save_category(
            category_id=None,
            name=name,
            parent=shelves.get(above),
            place=place,
            by=house.lead,
        )
    return shelves


def _write(told: Told, shelves: dict[str, Category], number: int, house: House) -> None:
    at = house.now - timedelta(days=WRITTEN_DAYS_AGO - 9 * number)
    draft = Draft(told.title, told.body, told.summary, told.audience)
    place = Place(
        category=shelves[told.shelf],
        about=((house.product, None),),
        review_on=(at + timedelta(days=REVIEW_DAYS)).date(),
    )
    article = write_article(draft=draft, place=place, by=house.writer, at=at)
    if told.is_draft:
        return
    publish_article(article_id=article.pk, revision=1, by=house.lead, at=at + timedelta(hours=3))
    if told.added:
        _add_to(article, draft, place, told, house)
    if told.audience != "internal":
        _read(article, number, house)


def _add_to(article: Article, draft: Draft, place: Place, told: Told, house: House) -> None:
    """Publish a second version, which says more."""
    at = house.now - timedelta(days=5)
    longer = Draft(draft.title, f"{draft.body}\n\n{told.added}", draft.summary, draft.audience)
    changed = change_article(
        article_id=article.pk, draft=longer, place=place, revision=1, by=house.writer, at=at
    )
    publish_article(
        article_id=article.pk,
        revision=changed.revision,
        note="What to do if that does not help.",
        by=house.lead,
        at=at + timedelta(hours=1),
    )


def _read(article: Article, number: int, house: House) -> None:
    """Let customers say what they think of an article, and one of them file no case for it."""
    at = house.now - timedelta(days=2)
    for place, reader in enumerate(house.readers):
        is_helpful = (place + number) % 3 != 2
        words = "" if is_helpful else "It does not say where to find that setting."
        give_feedback(article_id=article.pk, is_helpful=is_helpful, words=words, by=reader, at=at)
    note_solved(
        article_id=article.pk,
        subject=article.title,
        product=house.product,
        by=house.readers[number % len(house.readers)],
        at=at,
    )


def _lay_out_documents(house: House) -> None:
    name, today = house.product.name, house.now.date()
    version = house.release.version if house.release else ""
    found = [
        (f"{name}: Administrator’s guide", "documentation", None, "public"),
        (f"{name} {version}: Release notes".replace(" :", ":"), "release_notes", 1, "public"),
        (f"{name}: Workbook of the training", "training", None, "customer"),
    ]
    for days, (title, kind, of_release, audience) in enumerate(found):
        what = Shelved(
            title=title,
            kind=kind,
            published_on=today - timedelta(days=30 + days),
            product=house.product,
            release=house.release if of_release else None,
            audience=audience,
        )
        address = f"https://documents.example/{house.product.code}/{kind}.pdf"
        save_document(document_id=None, what=what, address=address, by=house.lead)


def _announce_training(vendor: str, house: House) -> None:
    title, about, place = TRAININGS[vendor]
    starts_at = (house.now + timedelta(days=TRAINING_DAYS)).replace(hour=14, minute=0, second=0)
    save_training(
        training_id=None,
        title=title,
        about=about,
        product=house.product,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=TRAINING_HOURS),
        place=place,
        address=f"https://training.example/{house.product.code}",
        by=house.lead,
    )
