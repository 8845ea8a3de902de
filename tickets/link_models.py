"""What ties cases together: links, merges, defects that releases mend."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.walls import TenantForeignKey, TenantModel
from entitlements.models import Product, Release
from tickets.models import Case


class CaseLink(TenantModel):
    """Two cases that have to do with each other; kept once, with the smaller key first."""

    case = TenantForeignKey(Case, on_delete=models.PROTECT, related_name="links_out")
    other = TenantForeignKey(Case, on_delete=models.PROTECT, related_name="links_in")
    linked_by = TenantForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    linked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "case", "other"], name="link_once"),
            models.CheckConstraint(condition=Q(case_id__lt=F("other_id")), name="link_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} - {self.other_id}"


class CaseMerge(TenantModel):
    """One case was folded into another of the same company; undoable until `undo_until`."""

    case = TenantForeignKey(Case, on_delete=models.PROTECT, related_name="merges")
    into = TenantForeignKey(Case, on_delete=models.PROTECT, related_name="merged_here")
    merged_by = TenantForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    merged_at = models.DateTimeField()
    undo_until = models.DateTimeField()
    # The status that it had, for an undo.
    status_before = models.CharField(max_length=10)
    undone_by = TenantForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "case"], condition=Q(undone_at__isnull=True), name="merged_once"
            ),
            models.CheckConstraint(condition=~Q(case_id=F("into_id")), name="merged_elsewhere"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} -> {self.into_id}"


class Defect(TenantModel):
    """A fault of a product that a release mends (DD-24).

    The number of its open cases is its commonality. When the release ships all of them hear of it.
    """

    class State(models.TextChoices):
        CONFIRMED = "confirmed", _("confirmed")
        PROMISED = "promised", _("promised in a release")
        SHIPPED = "shipped", _("shipped")
        NOT_FIXED = "not_fixed", _("will not be fixed")

    title = models.CharField(_("title"), max_length=200)
    product = TenantForeignKey(Product, on_delete=models.PROTECT, related_name="defects")
    # Where the fix is promised; how, is text: "service pack", "patch for this customer only".
    release = TenantForeignKey(
        Release, on_delete=models.PROTECT, null=True, blank=True, related_name="defects"
    )
    note = models.CharField(_("note for customers"), max_length=400, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.CONFIRMED)
    created_by = TenantForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("defect")
        verbose_name_plural = _("defects")
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="defect_has_title"),
            models.CheckConstraint(
                condition=~Q(state="promised") | Q(release__isnull=False),
                name="defect_promised_in_a_release",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class DiagnosticDrop(TenantModel):
    """Diagnostic code or a tool that is given to a customer for one purpose (DD-37).

    It can be had once the customer has accepted the terms, whose words are kept as they were read.
    """

    case = TenantForeignKey(Case, on_delete=models.PROTECT, related_name="diagnostic_drops")
    name = models.CharField(_("what it is"), max_length=200)
    purpose = models.CharField(_("what it is for"), max_length=400)
    terms = models.TextField()
    attachment = TenantForeignKey(
        "tickets.Attachment", on_delete=models.PROTECT, null=True, blank=True, related_name="drops"
    )
    link = models.URLField(_("where it is"), blank=True)
    offered_by = TenantForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    offered_at = models.DateTimeField()
    accepted_by = TenantForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = TenantForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(purpose="") & ~Q(terms=""), name="drop_says_for_what"
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="drop_accepted_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.name
