"""What may be done beside the articles: categories, documents and dates of trainings."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from django.db import transaction
from django.db.models import Model

from accounts.constraints import refused_as
from accounts.errors import NameTaken, NotAllowed, NotFound
from accounts.models import Person
from accounts.tenancy import current_tenant_id
from entitlements.models import Product, Release
from knowledge.document_models import LONGEST_NAME
from knowledge.errors import (
    CategoryInUse,
    EndsBeforeItBegins,
    LinkOrFile,
    ReleaseOfAnother,
    SaysNothing,
    TooDeep,
    TooLong,
)
from knowledge.models import LONGEST_CATEGORY, Category, Document, DocumentFile, TrainingDate

Row = TypeVar("Row", bound=Model)

LARGEST_FILE_BYTES = 10 * 1024 * 1024
LONGEST_FILE_NAME = 255


@dataclass(frozen=True)
class Shelved:
    """What a document is, beside the place where it lies."""

    title: str
    kind: str
    published_on: date
    product: Product | None = None
    release: Release | None = None
    audience: str = "customer"


@dataclass(frozen=True)
class Upload:
    """A small file as it came."""

    name: str
    content: bytes


@transaction.atomic
def save_category(
    *, category_id: int | None, name: str, parent: Category | None, place: int, by: Person
) -> Category:
    """Make a category, or change one. Raises NotAllowed, NotFound, SaysNothing, TooLong, TooDeep,
    NameTaken.
    """
    _refuse_unless_publisher(by)
    category = _category(category_id) if category_id else Category(tenant_id=current_tenant_id())
    words = " ".join(name.split())
    _check_words(words, "name", LONGEST_CATEGORY)
    if parent is not None and (parent.parent_id is not None or _has_below(category, parent)):
        raise TooDeep(field="parent")
    category.name, category.parent, category.place = words, parent, place
    with refused_as(category_once_on_its_shelf=NameTaken(field="name", name=words)):
        category.save()
    return category


@transaction.atomic
def remove_category(*, category_id: int, by: Person) -> None:
    """Take an empty category away. Raises NotAllowed, NotFound, CategoryInUse."""
    _refuse_unless_publisher(by)
    category = _category(category_id)
    if category.articles.exists() or category.children.exists():
        raise CategoryInUse(name=category.name)
    category.delete()


@transaction.atomic
def save_document(
    *,
    document_id: int | None,
    what: Shelved,
    address: str = "",
    upload: Upload | None = None,
    by: Person,
) -> Document:
    """Put a document on the shelf or change one; it is an address, or a small file (DD-13).

    Without `upload` and `address` a file that is there stays. Raises NotAllowed, NotFound,
    SaysNothing, TooLong, ReleaseOfAnother, LinkOrFile.
    """
    _refuse_unless_publisher(by)
    document = _document(document_id) if document_id else Document(tenant_id=current_tenant_id())
    _check_words(what.title.strip(), "title", LONGEST_NAME)
    if what.release is not None and (
        what.product is None or what.release.product_id != what.product.pk
    ):
        raise ReleaseOfAnother(field="release")
    has_file = upload is not None or (bool(document.pk) and document.files.exists() and not address)
    if bool(address) == has_file:
        raise LinkOrFile(field="address")
    document.title, document.kind = what.title.strip(), what.kind
    document.product, document.release = what.product, what.release
    document.audience, document.published_on = what.audience, what.published_on
    document.address = address
    document.save()
    _keep_file(document, upload)
    return document


@transaction.atomic
def remove_document(*, document_id: int, by: Person) -> None:
    """Take a document away, with its file. Raises NotAllowed, NotFound."""
    _refuse_unless_publisher(by)
    _document(document_id).delete()


@transaction.atomic
def save_training(
    *,
    training_id: int | None,
    title: str,
    about: str,
    product: Product | None,
    starts_at: datetime,
    ends_at: datetime,
    place: str,
    address: str = "",
    is_free: bool = True,
    language: str = "en",
    by: Person,
) -> TrainingDate:
    """Announce a training, or change one (DD-14, DD-41). Moments in UTC.

    Raises NotAllowed, NotFound, SaysNothing, TooLong, EndsBeforeItBegins.
    """
    _refuse_unless_publisher(by)
    training = _training(training_id) if training_id else TrainingDate(tenant_id=_tenant())
    for name, value in (("title", title), ("place", place)):
        _check_words(value.strip(), name, LONGEST_NAME)
    if ends_at <= starts_at:
        raise EndsBeforeItBegins(field="ends_at")
    training.title, training.about, training.product = title.strip(), about.strip(), product
    training.starts_at, training.ends_at = starts_at, ends_at
    training.place, training.address = place.strip(), address
    training.is_free, training.language = is_free, language
    training.save()
    return training


@transaction.atomic
def remove_training(*, training_id: int, by: Person) -> None:
    """Take a training from the list. Raises NotAllowed, NotFound."""
    _refuse_unless_publisher(by)
    _training(training_id).delete()


def _keep_file(document: Document, upload: Upload | None) -> None:
    if upload is None and not document.address:
        return
    document.files.all().delete()
    if upload is not None:
        DocumentFile.objects.create(
            tenant_id=document.tenant_id,
            document=document,
            name=upload.name[-LONGEST_FILE_NAME:],
            size_bytes=len(upload.content),
            content=upload.content,
        )


def _has_below(category: Category, parent: Category) -> bool:
    """Tell whether a category could not go below another: it holds some, or is that one."""
    return bool(category.pk) and (category.pk == parent.pk or category.children.exists())


def _check_words(words: str, field: str, most: int) -> None:
    if not words:
        raise SaysNothing(field=field)
    if len(words) > most:
        raise TooLong(field=field, most=most)


def _refuse_unless_publisher(by: Person) -> None:
    if not by.may("publish_articles"):
        raise NotAllowed


def _tenant() -> int:
    return current_tenant_id()


def _category(category_id: int) -> Category:
    locked = Category.objects.select_for_update(of=("self",), no_key=True)
    return _there(locked.filter(pk=category_id).first())


def _document(document_id: int) -> Document:
    locked = Document.objects.select_for_update(of=("self",), no_key=True)
    return _there(locked.filter(pk=document_id).first())


def _training(training_id: int) -> TrainingDate:
    locked = TrainingDate.objects.select_for_update(of=("self",), no_key=True)
    return _there(locked.filter(pk=training_id).first())


def _there(found: Row | None) -> Row:
    if found is None:
        raise NotFound
    return found
