"""Articles: what is written at the desk, what is published of it, and what it was good for."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.walls import TenantForeignKey, TenantModel
from entitlements.models import Product, Release

LONGEST_TITLE = 150
LONGEST_SUMMARY = 250
LONGEST_BODY = 50_000
LONGEST_WORDS = 1_000
LONGEST_CATEGORY = 80


class Audience(models.TextChoices):
    """Who may read something; each one may also read what those before it may."""

    PUBLIC = "public", _("everybody, also without signing in")
    CUSTOMER = "customer", _("customers who are signed in")
    INTERNAL = "internal", _("the desk only")


class Category(TenantModel):
    """A shelf of articles; one below another, and no deeper. Made by `save_category`."""

    name = models.CharField(_("name"), max_length=LONGEST_CATEGORY)
    parent = TenantForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("below"),
    )
    place = models.PositiveIntegerField(_("place"), default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "parent", "name"],
                nulls_distinct=False,
                name="category_once_on_its_shelf",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Text(TenantModel):
    """The words of an article, and whom they are for."""

    title = models.CharField(_("title"), max_length=LONGEST_TITLE)
    summary = models.CharField(_("summary"), max_length=LONGEST_SUMMARY, blank=True)
    body = models.TextField(_("text"), max_length=LONGEST_BODY)
    audience = models.CharField(
        _("who may read it"), max_length=10, choices=Audience, default=Audience.CUSTOMER
    )
    language = models.CharField(_("language"), max_length=10, default="en")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title


# What a version keeps of the working text.
TEXT_FIELDS = ("title", "summary", "body", "audience", "language")


class Article(Text):
    """An article as it is worked on. Readers see `live`, which only `publish_article` sets.

    Where it stands and what it is about (category, products) holds at once, for text and readers.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        WITHDRAWN = "withdrawn", _("withdrawn")

    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    category = TenantForeignKey(
        Category,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="articles",
        verbose_name=_("category"),
    )
    live = TenantForeignKey(
        "knowledge.ArticleVersion", on_delete=models.PROTECT, null=True, related_name="+"
    )
    # Of the working text: who saves an older one is told.
    revision = models.PositiveIntegerField(default=1)
    review_on = models.DateField(_("look at it again on"), null=True, blank=True)
    written_by = TenantForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    changed_by = TenantForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(title="") & ~Q(body=""), name="article_says"),
            models.CheckConstraint(
                condition=Q(state="published", live__isnull=False)
                | (~Q(state="published") & Q(live__isnull=True)),
                name="article_live_while_published",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "state", "-changed_at"], name="article_by_state"),
            models.Index(fields=["tenant", "category"], name="article_by_category"),
        ]


class ArticleVersion(Text):
    """What an article said from a moment on. Only ever added, by `publish_article`.

    Migration 0002 gives it the words that it is found by, a column of the database alone.
    """

    article = TenantForeignKey(Article, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    note = models.CharField(_("what has changed"), max_length=LONGEST_SUMMARY, blank=True)
    published_by = TenantForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "article", "number"], name="version_once_an_article"
            ),
        ]


class ArticleProduct(TenantModel):
    """What an article is about: a product, or one release of it."""

    article = TenantForeignKey(Article, on_delete=models.CASCADE, related_name="about")
    product = TenantForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    release = TenantForeignKey(
        Release, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "article", "product", "release"],
                nulls_distinct=False,
                name="about_said_once",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "product"], name="about_by_product")]

    def __str__(self) -> str:
        return f"{self.product} {self.release}" if self.release_id else str(self.product)


class Feedback(TenantModel):
    """Whether an article helped somebody, in the version that they read. One of each person."""

    article = TenantForeignKey(Article, on_delete=models.CASCADE, related_name="feedback")
    person = TenantForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()
    is_helpful = models.BooleanField()
    words = models.CharField(max_length=LONGEST_WORDS, blank=True)
    given_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "article", "person"], name="feedback_once_a_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article_id}: {self.is_helpful}"


class Deflection(TenantModel):
    """A case that was not filed since an article solved it. Only ever added, by `note_solved`.

    `subject` is what was to be reported. Once a person, article and day: a button pressed twice.
    """

    article = TenantForeignKey(Article, on_delete=models.PROTECT, related_name="deflections")
    person = TenantForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    product = TenantForeignKey(Product, on_delete=models.PROTECT, null=True, related_name="+")
    subject = models.CharField(max_length=200, blank=True)
    solved_at = models.DateTimeField()
    solved_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "article", "person", "solved_on"], name="deflection_once_a_day"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "solved_at"], name="deflection_by_moment")]

    def __str__(self) -> str:
        return f"{self.article_id} {self.solved_on}"


# At the end: they point at nothing of this module but who may read.
from knowledge.document_models import (  # noqa: E402, F401
    Document,
    DocumentFile,
    TrainingDate,
)
