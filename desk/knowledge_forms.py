"""The forms of the knowledge base at the desk: articles and what lies beside them."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import DomainError
from desk.forms import MomentInput, words
from entitlements.models import Product, Release
from knowledge.actions import Draft, Place
from knowledge.models import (
    LONGEST_BODY,
    LONGEST_SUMMARY,
    LONGEST_TITLE,
    Article,
    Audience,
    Category,
    Document,
    TrainingDate,
)
from knowledge.queries import Shelf, all_shelves
from knowledge.shelving import LARGEST_FILE_BYTES, Shelved, Upload
from knowledge.templatetags.articles import language_words
from tickets.wallclock import read_wall_time, wall_time_value

TITLE_MISSING = {"required": gettext_lazy("Give it a title.")}
AT_THE_TOP = ("", gettext_lazy("at the top"))
NO_CATEGORY = ("", gettext_lazy("in none"))
EVERYTHING = ("", gettext_lazy("about everything"))
LISTED = [
    ("", gettext_lazy("all")),
    ("draft", gettext_lazy("drafts")),
    ("published", gettext_lazy("published")),
    ("changed", gettext_lazy("changed since they were published")),
    ("withdrawn", gettext_lazy("withdrawn")),
    ("review", gettext_lazy("to be looked at again")),
]


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class PlainForm(forms.Form):
    """A form whose faults are told by us, not by the browser."""

    use_required_attribute = False


class ListForm(PlainForm):
    """What the list of articles is narrowed by."""

    q = forms.CharField(label=gettext_lazy("Words"), required=False, max_length=200)
    state = forms.ChoiceField(label=gettext_lazy("State"), choices=LISTED, required=False)
    category = forms.ChoiceField(label=gettext_lazy("Category"), required=False)

    def __init__(self, data: Any, shelves: Sequence[Shelf]) -> None:
        super().__init__(data)
        self.fields["category"].choices = [("", _("all")), *_category_choices(shelves)]


class ArticleForm(PlainForm):
    """The working text of an article. `revision` is that of the text that is being changed."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        help_text=gettext_lazy("As somebody would ask for it: “Weekly import stops at 80 %”."),
        max_length=LONGEST_TITLE,
        error_messages=TITLE_MISSING,
    )
    summary = forms.CharField(
        label=gettext_lazy("In one sentence: what it helps with"),
        help_text=gettext_lazy("Lists and suggestions show it below the title."),
        max_length=LONGEST_SUMMARY,
        required=False,
    )
    body = words(
        gettext_lazy("Text"),
        rows=20,
        max_length=LONGEST_BODY,
        help_text=gettext_lazy(
            "CommonMark: # heading, **bold**, - list, `code`, [words](https://address). HTML is "
            "shown as it is typed."
        ),
    )
    audience = forms.ChoiceField(
        label=gettext_lazy("Who may read it"), choices=Audience, widget=forms.RadioSelect
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"))
    category = forms.ChoiceField(label=gettext_lazy("Category"), required=False)
    about = forms.MultipleChoiceField(
        label=gettext_lazy("What it is about"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    review_on = forms.DateField(
        label=gettext_lazy("Look at it again on"), required=False, widget=DayInput
    )
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, article: Article | None) -> None:
        super().__init__(data, initial=_values_of(article) if article else {"audience": "customer"})
        self.products = list(Product.objects.order_by("name", "id"))
        self.releases = list(Release.objects.order_by("product_id", "-version_key"))
        self.fields["about"].choices = list(self._about_choices())
        self.fields["category"].choices = [NO_CATEGORY, *_category_choices(all_shelves())]
        self.fields["language"].choices = _languages(article.language if article else None)

    def draft(self) -> Draft:
        """Give the text as the actions take it."""
        names = ("title", "summary", "body", "audience", "language")
        return Draft(**{name: self.cleaned_data[name] for name in names})

    def place(self) -> Place:
        """Give where it stands, as the actions take it."""
        data = self.cleaned_data
        category = data["category"]
        return Place(
            category=Category.objects.filter(pk=category).first() if category else None,
            about=tuple(self._about()),
            review_on=data["review_on"],
        )

    def take_newest(self, revision: int) -> None:
        """Let what is shown again be saved over the newest text, which its writer is shown."""
        self.data = self.data.copy()
        self.data["revision"] = revision

    def _about_choices(self) -> Iterator[tuple[str, str]]:
        for product in self.products:
            yield str(product.pk), product.name
            for release in self.releases:
                if release.product_id == product.pk:
                    yield f"{product.pk}.{release.pk}", f"{product.name} {release.version}"

    def _about(self) -> Iterator[tuple[Product, Release | None]]:
        products = {str(product.pk): product for product in self.products}
        releases = {str(release.pk): release for release in self.releases}
        for chosen in self.cleaned_data["about"]:
            product, _dot, release = chosen.partition(".")
            yield products[product], releases.get(release)


class PublishForm(PlainForm):
    note = forms.CharField(
        label=gettext_lazy("What has changed"), required=False, max_length=LONGEST_SUMMARY
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)


class CategoryForm(PlainForm):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        error_messages={"required": gettext_lazy("Give it a name.")},
    )
    parent = forms.ChoiceField(label=gettext_lazy("Below"), required=False)
    place = forms.IntegerField(
        label=gettext_lazy("Place"),
        help_text=gettext_lazy("Smaller numbers come first; equal ones by name."),
        min_value=0,
        max_value=9999,
        initial=0,
    )

    def __init__(self, data: Any, category: Category | None) -> None:
        values = {}
        if category is not None:
            values = {"name": category.name, "parent": category.parent_id, "place": category.place}
        super().__init__(data, initial=values)
        tops = Category.objects.filter(parent__isnull=True).order_by("place", "name")
        self.tops = {str(one.pk): one for one in tops if category is None or one.pk != category.pk}
        choices = [(key, one.name) for key, one in self.tops.items()]
        self.fields["parent"].choices = [AT_THE_TOP, *choices]

    def wish(self) -> dict[str, Any]:
        """Give what is to be kept, as the action takes it."""
        data = self.cleaned_data
        return data | {"parent": self.tops.get(data["parent"])}


class DocumentForm(PlainForm):
    title = forms.CharField(
        label=gettext_lazy("Title"), max_length=200, error_messages=TITLE_MISSING
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Document.Kind)
    about = forms.ChoiceField(label=gettext_lazy("What it is about"), required=False)
    address = forms.URLField(
        label=gettext_lazy("Address"), required=False, max_length=500, assume_scheme="https"
    )
    file = forms.FileField(
        label=gettext_lazy("Or a file"),
        required=False,
        help_text=gettext_lazy("At most 10 MB; a larger one is better kept at an address."),
    )
    audience = forms.ChoiceField(
        label=gettext_lazy("Who may read it"),
        choices=[(one.value, one.label) for one in (Audience.PUBLIC, Audience.CUSTOMER)],
        initial=Audience.CUSTOMER,
    )
    published_on = forms.DateField(label=gettext_lazy("Published on"), widget=DayInput)

    def __init__(self, data: Any, files: Any, document: Document | None) -> None:
        super().__init__(data, files, initial=_document_values(document) if document else {})
        self.products = {str(one.pk): one for one in Product.objects.order_by("name", "id")}
        releases = Release.objects.order_by("-version_key").select_related("product")
        self.releases = {f"{one.product_id}.{one.pk}": one for one in releases}
        choices = [(key, one.name) for key, one in self.products.items()]
        choices += [
            (key, f"{one.product.name} {one.version}") for key, one in self.releases.items()
        ]
        self.fields["about"].choices = [EVERYTHING, *sorted(choices, key=lambda one: one[1])]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > LARGEST_FILE_BYTES:
            raise forms.ValidationError(_("The file is too large: at most 10 MB."))
        return file

    def what(self) -> Shelved:
        """Give what the document is, as the action takes it."""
        data = self.cleaned_data
        release = self.releases.get(data["about"])
        return Shelved(
            title=data["title"],
            kind=data["kind"],
            published_on=data["published_on"],
            product=release.product if release else self.products.get(data["about"]),
            release=release,
            audience=data["audience"],
        )

    def upload(self) -> Upload | None:
        """Give the file that was sent, if one was."""
        file = self.cleaned_data["file"]
        return Upload(file.name, file.read()) if file else None


class TrainingForm(PlainForm):
    title = forms.CharField(
        label=gettext_lazy("Title"), max_length=200, error_messages=TITLE_MISSING
    )
    about = forms.CharField(label=gettext_lazy("What it is about"), max_length=500, required=False)
    product = forms.ModelChoiceField(
        label=gettext_lazy("Product"), queryset=None, required=False, empty_label=EVERYTHING[1]
    )
    starts_at = forms.CharField(label=gettext_lazy("Begins"), widget=MomentInput)
    ends_at = forms.CharField(label=gettext_lazy("Ends"), widget=MomentInput)
    place = forms.CharField(
        label=gettext_lazy("Place"),
        help_text=gettext_lazy("A room, or “online”."),
        max_length=200,
        error_messages={"required": gettext_lazy("Say where it is held.")},
    )
    address = forms.URLField(
        label=gettext_lazy("Address where one registers"),
        required=False,
        max_length=500,
        assume_scheme="https",
    )
    is_free = forms.BooleanField(label=gettext_lazy("Free of charge"), required=False, initial=True)
    language = forms.ChoiceField(label=gettext_lazy("Language"))

    def __init__(self, data: Any, training: TrainingDate | None, zone: str) -> None:
        super().__init__(data, initial=_training_values(training, zone) if training else {})
        self.zone = zone
        self.fields["product"].queryset = Product.objects.order_by("name", "id")
        self.fields["language"].choices = _languages(training.language if training else None)
        self.fields["starts_at"].help_text = _("On the clock of %(zone)s.") % {"zone": zone}

    def clean_starts_at(self) -> datetime:
        return self._moment("starts_at")

    def clean_ends_at(self) -> datetime:
        return self._moment("ends_at")

    def _moment(self, field: str) -> datetime:
        try:
            return read_wall_time(self.cleaned_data[field], self.zone, field=field)
        except DomainError as error:
            raise forms.ValidationError(str(error), code=error.code) from error


def _values_of(article: Article) -> dict[str, Any]:
    plain = ("title", "summary", "body", "audience", "language", "review_on", "revision")
    about = [
        f"{one.product_id}.{one.release_id}" if one.release_id else str(one.product_id)
        for one in article.about.all()
    ]
    values = {name: getattr(article, name) for name in plain}
    return values | {"category": article.category_id or "", "about": about}


def _document_values(document: Document) -> dict[str, Any]:
    plain = ("title", "kind", "address", "audience", "published_on")
    keys = [str(key) for key in (document.product_id, document.release_id) if key]
    return {name: getattr(document, name) for name in plain} | {"about": ".".join(keys)}


def _training_values(training: TrainingDate, zone: str) -> dict[str, Any]:
    plain = ("title", "about", "product", "place", "address", "is_free", "language")
    moments = ("starts_at", "ends_at")
    return {name: getattr(training, name) for name in plain} | {
        name: wall_time_value(getattr(training, name), zone) for name in moments
    }


def _category_choices(shelves: Sequence[Shelf]) -> Iterator[tuple[str, str]]:
    for shelf in shelves:
        yield str(shelf.category.pk), shelf.category.name
        for below in shelf.below:
            yield str(below.category.pk), f"{shelf.category.name} › {below.category.name}"


def _languages(kept: str | None) -> list[tuple[str, str]]:
    codes = dict.fromkeys([*(code for code, _name in settings.LANGUAGES), kept or "en"])
    return [(code, language_words(code)) for code in codes]
