"""Working on cases together: drafts, presence, texts for reuse, tags, views."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, Team
from accounts.walls import TenantForeignKey, TenantModel
from entitlements.models import Product
from tickets.models import Case


class ActDraft(TenantModel):
    """What somebody has typed into a form of a case and not sent; kept until it is."""

    case = TenantForeignKey(Case, on_delete=models.CASCADE, related_name="act_drafts")
    person = TenantForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    act = models.CharField(max_length=40)
    answers = models.JSONField(default=dict)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "case", "person", "act"], name="draft_once_an_act"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.pk}"


class Presence(TenantModel):
    """Somebody of the desk looks at a case, or writes an answer to it. Real time."""

    case = TenantForeignKey(Case, on_delete=models.CASCADE, related_name="presences")
    person = TenantForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    is_writing = models.BooleanField(default=False)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "case", "person"], name="presence_once"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.person_id}"


class CaseLook(TenantModel):
    """How far somebody of the desk has read a case: the last entry that they were shown."""

    case = TenantForeignKey(Case, on_delete=models.CASCADE, related_name="looks")
    person = TenantForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    seq = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "case", "person"], name="look_once"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.person_id}"


class HeldAnswer(TenantModel):
    """An answer that is about to be sent and can still be taken back.

    Pressed at `pressed_at` (which is when it counts), done at `send_at` of real time, once.
    """

    class State(models.TextChoices):
        HELD = "held", _("about to be sent")
        SENT = "sent", _("sent")
        TAKEN_BACK = "taken_back", _("taken back")
        REFUSED = "refused", _("could not be sent")

    case = TenantForeignKey(Case, on_delete=models.PROTECT, related_name="held_answers")
    person = TenantForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    act = models.CharField(max_length=40)
    answers = models.JSONField(default=dict)
    # The last entry that its writer had seen.
    seen_seq = models.PositiveIntegerField()
    pressed_at = models.DateTimeField()
    send_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.HELD)
    why = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "case", "person"],
                condition=Q(state="held"),
                name="one_held_answer_a_person",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "send_at"], condition=Q(state="held"), name="held_answer_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.pk}"


class CannedReply(TenantModel):
    """A text for reuse with fixed placeholders; everybody's where nobody owns it."""

    title = models.CharField(_("title"), max_length=100)
    body = models.TextField(_("text"))
    owner = TenantForeignKey(
        Person, on_delete=models.CASCADE, null=True, blank=True, related_name="canned_replies"
    )
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("canned reply")
        verbose_name_plural = _("canned replies")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "owner", "title"],
                name="canned_reply_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(body=""), name="canned_reply_says_something"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Macro(TenantModel):
    """Several acts in one press: a text, levels, tags, owner; each step is what a person may do."""

    title = models.CharField(_("title"), max_length=100)
    # {"reply": canned text, "ask": …, "note": …, "severity": code, "owner": "me", "tags": [...]}
    steps = models.JSONField(default=dict)
    owner = TenantForeignKey(
        Person, on_delete=models.CASCADE, null=True, blank=True, related_name="macros"
    )
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("macro")
        verbose_name_plural = _("macros")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "owner", "title"], name="macro_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=~Q(title=""), name="macro_has_title"),
        ]

    def __str__(self) -> str:
        return self.title


class Tag(TenantModel):
    """A word by which the desk sorts its cases; customers do not see it."""

    name = models.CharField(_("name"), max_length=40)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "name"], name="tag_once"),
            models.CheckConstraint(condition=~Q(name=""), name="tag_says_something"),
        ]

    def __str__(self) -> str:
        return self.name


class CaseTag(TenantModel):
    """One tag on one case. A row each, for row-level security makes arrays slow."""

    case = TenantForeignKey(Case, on_delete=models.CASCADE, related_name="case_tags")
    tag = TenantForeignKey(Tag, on_delete=models.CASCADE, related_name="case_tags")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "case", "tag"], name="case_tag_once"),
        ]
        indexes = [models.Index(fields=["tenant", "tag", "case"], name="case_by_tag")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.tag_id}"


class SavedView(TenantModel):
    """A filter of the queue under a name: a person's own, or shared where nobody owns it."""

    name = models.CharField(_("name"), max_length=60)
    # The query string of the queue, as `desk.queue` reads it.
    query = models.CharField(max_length=500)
    owner = TenantForeignKey(
        Person, on_delete=models.CASCADE, null=True, blank=True, related_name="saved_views"
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "owner", "name"], name="saved_view_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=~Q(name=""), name="saved_view_has_name"),
        ]

    def __str__(self) -> str:
        return self.name


class TeamRoute(TenantModel):
    """Which team takes the new cases of a product, of a region, or of both; the most exact wins."""

    product = TenantForeignKey(
        Product, on_delete=models.CASCADE, null=True, blank=True, related_name="team_routes"
    )
    region = models.CharField(_("region"), max_length=40, blank=True)
    team = TenantForeignKey(Team, on_delete=models.CASCADE, related_name="routes")

    class Meta:
        verbose_name = _("route of new cases")
        verbose_name_plural = _("routes of new cases")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "product", "region"],
                name="route_once",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region} {self.team_id}"
