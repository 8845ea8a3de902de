"""What a plan brings beside cases: seats used up, deliveries owed on a cadence."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.walls import TenantForeignKey, TenantModel
from entitlements.models import Contract


class BenefitItem(TenantModel):
    """One delivery that is owed on a day (an assessment, SP-19), or one use of something counted.

    `benefit` is a code of the policy; `term_starts_on` the first day of the contract's term that it
    belongs to. A delivery has `due_on` and its `number` in the term; a use (training seats, SP-18)
    has neither, and is done when it is written down.
    """

    contract = TenantForeignKey(Contract, on_delete=models.PROTECT, related_name="benefit_items")
    benefit = models.CharField(_("benefit"), max_length=60)
    term_starts_on = models.DateField(_("term"))
    number = models.PositiveIntegerField(null=True, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    quantity = models.PositiveIntegerField(_("how many"), default=1)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    done_by = TenantForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("benefit")
        verbose_name_plural = _("benefits")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "contract", "benefit", "term_starts_on", "number"],
                name="delivery_once_a_term",
            ),
            models.CheckConstraint(
                condition=Q(due_on__isnull=False, number__isnull=False)
                | Q(due_on__isnull=True, number__isnull=True, done_on__isnull=False),
                name="benefit_is_due_or_used",
            ),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="benefit_quantity_from_1"),
        ]
        indexes = [models.Index(fields=["tenant", "due_on"], name="benefit_by_due_day")]

    def __str__(self) -> str:
        return f"{self.benefit} {self.due_on or self.done_on}"
