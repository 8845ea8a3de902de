"""The points ledger: double entry, insert-only. Written by `entitlements.ledger` alone.

The database keeps `PointsLot.remaining` and the balance of `PointsAccount` from the lines, refuses
an entry whose lines do not sum to zero, and lets nobody but the owner change any of it.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Company, Person
from accounts.walls import TenantForeignKey, TenantModel
from entitlements.models import Contract


class PointsAccount(TenantModel):
    """A company's points. The row that whoever changes them locks; made by `lock_points`.

    `balance` counts lots that are over as long as their expiry is not entered.
    """

    company = TenantForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    balance = models.IntegerField(default=0, editable=False)
    last_seq = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("points")
        verbose_name_plural = _("points")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "company"], name="points_account_once_per_company"
            ),
            models.CheckConstraint(condition=Q(balance__gte=0), name="points_balance_from_0"),
        ]

    def __str__(self) -> str:
        return str(self.balance)


class PointsLot(TenantModel):
    """Points that were got together and end together. `expires_at` None = never.

    `remaining` begins at 0, whatever is said: the opening line fills it.
    """

    class Source(models.TextChoices):
        PURCHASE = "purchase", _("bought")
        INCLUDED = "included", _("included in the plan")
        GRANT = "grant", _("granted")
        GRACE = "grace", _("credited after its lot had expired")
        CORRECTION = "correction", _("corrected")

    company = TenantForeignKey(Company, on_delete=models.PROTECT, related_name="points_lots")
    source = models.CharField(_("source"), max_length=20, choices=Source)
    points = models.PositiveIntegerField(_("points"))
    remaining = models.IntegerField(_("left"), default=0, editable=False)
    opened_at = models.DateTimeField(_("since"))
    expires_at = models.DateTimeField(_("until"), null=True, blank=True)
    # A code of the policy; empty where no pack was bought.
    pack = models.CharField(_("pack"), max_length=60, blank=True)
    contract = TenantForeignKey(
        Contract, on_delete=models.PROTECT, null=True, blank=True, related_name="points_lots"
    )
    reference = models.CharField(
        _("reference"), max_length=100, blank=True, help_text=_("the number of an order or invoice")
    )

    class Meta:
        verbose_name = _("lot of points")
        verbose_name_plural = _("lots of points")
        constraints = [
            models.CheckConstraint(
                condition=Q(remaining__gte=0) & Q(remaining__lte=F("points")),
                name="lot_remaining_from_0_to_its_points",
            ),
            models.CheckConstraint(condition=Q(points__gte=1), name="lot_points_from_1"),
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=F("opened_at")),
                name="lot_ends_after_it_opens",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "company", "expires_at", "id"],
                condition=Q(remaining__gt=0),
                name="lot_usable",
            ),
            models.Index(
                fields=["tenant", "expires_at"],
                condition=Q(remaining__gt=0, expires_at__isnull=False),
                name="lot_to_expire",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.remaining}/{self.points}"


class PointsEntry(TenantModel):
    """One change of a company's points, with why it came. Insert-only.

    `points` is the signed change of the balance, `balance_after` the running balance. A repeat of
    a `reason_key` is harmless: there is one entry for it.
    """

    class Kind(models.TextChoices):
        PURCHASE = "purchase", _("bought")
        INCLUDED = "included", _("included in the plan")
        GRANT = "grant", _("granted")
        SPEND = "spend", _("case opened")
        CREDIT = "credit", _("credited")
        REVERSAL = "reversal", _("reversed")
        EXPIRY = "expiry", _("expired")
        MONEY_REFUND = "money_refund", _("refunded as money")
        CORRECTION = "correction", _("corrected")

    company = TenantForeignKey(Company, on_delete=models.PROTECT, related_name="points_entries")
    seq = models.PositiveIntegerField()
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    reason_key = models.CharField(max_length=120)
    # Cases are the business of a layer above: they are named by their number only.
    case_number = models.PositiveIntegerField(_("case"), null=True, blank=True)
    by = TenantForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    occurred_at = models.DateTimeField(_("when"))
    recorded_at = models.DateTimeField()
    points = models.IntegerField(_("points"))
    balance_after = models.IntegerField(_("balance"))

    class Meta:
        verbose_name = _("entry of points")
        verbose_name_plural = _("entries of points")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "reason_key"], name="points_reason_once"),
            models.UniqueConstraint(
                fields=["tenant", "company", "seq"], name="points_entry_seq_once"
            ),
            models.CheckConstraint(condition=~Q(reason_key=""), name="points_entry_has_a_reason"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="points_entry_seq_from_1"),
            models.CheckConstraint(
                condition=Q(balance_after__gte=0), name="points_balance_after_from_0"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["spend", "reversal", "money_refund"])
                | Q(case_number__isnull=False),
                name="points_entry_names_its_case",
            ),
            models.CheckConstraint(
                condition=~Q(kind="spend") | Q(points__lt=0), name="points_spend_takes"
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "company", "case_number", "seq"],
                condition=Q(case_number__isnull=False),
                name="points_entry_by_case",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.points:+d}"


class PointsLine(TenantModel):
    """One leg of an entry: points into a lot or a counter-account, or out of it. Insert-only.

    All lines of an entry are written by one statement, and sum to zero.
    """

    class Account(models.TextChoices):
        LOT = "lot", _("points of customers")
        SOLD = "sold", _("sold")
        INCLUDED = "included", _("included in plans")
        GRANTED = "granted", _("granted")
        SPENT = "spent", _("spent on cases")
        EXPIRED = "expired", _("expired")
        REFUNDED = "refunded", _("refunded as money")
        CORRECTED = "corrected", _("corrected")

    entry = TenantForeignKey(PointsEntry, on_delete=models.PROTECT, related_name="lines")
    account = models.CharField(max_length=20, choices=Account)
    lot = TenantForeignKey(
        PointsLot, on_delete=models.PROTECT, null=True, blank=True, related_name="lines"
    )
    points = models.IntegerField()

    class Meta:
        verbose_name = _("line of points")
        verbose_name_plural = _("lines of points")
        constraints = [
            models.CheckConstraint(
                condition=Q(account="lot", lot__isnull=False)
                | (~Q(account="lot") & Q(lot__isnull=True)),
                name="points_line_lot_fits_the_account",
            ),
            models.CheckConstraint(condition=~Q(points=0), name="points_line_moves_points"),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.points:+d}"


class MoneyRefund(TenantModel):
    """A customer took the money instead of the points (SC-21). A record: it is paid elsewhere.

    `entry` moved the points from spent to refunded. Made by `ask_money_refund`.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("to be paid")
        SETTLED = "settled", _("paid")
        DECLINED = "declined", _("declined, points given back")

    company = TenantForeignKey(Company, on_delete=models.PROTECT, related_name="money_refunds")
    case_number = models.PositiveIntegerField(_("case"))
    points = models.PositiveIntegerField(_("points"))
    entry = TenantForeignKey(PointsEntry, on_delete=models.PROTECT, related_name="money_refunds")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ASKED)
    asked_by = TenantForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked"))
    decided_by = TenantForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    # What the payment is called where it was made.
    reference = models.CharField(_("reference"), max_length=100, blank=True)
    answer = models.CharField(_("answer"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("refund in money")
        verbose_name_plural = _("refunds in money")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "entry"], name="money_refund_once_an_entry"),
            models.CheckConstraint(
                condition=~Q(state="settled") | ~Q(reference=""),
                name="money_refund_settled_elsewhere",
            ),
            models.CheckConstraint(
                condition=Q(state="asked") | Q(decided_at__isnull=False),
                name="money_refund_decided_at_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.points} {self.state}"


class Correction(TenantModel):
    """A change of points that one manager asks for and another approves. `points` is signed.

    `lot` is what is taken from; without one as a case would. What is added becomes a lot of its
    own that ends at `expires_at`. Made by `ask_correction`.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for approval")
        APPROVED = "approved", _("approved")
        DECLINED = "declined", _("declined")
        TAKEN_BACK = "taken_back", _("taken back")

    company = TenantForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    points = models.IntegerField(_("points"))
    lot = TenantForeignKey(
        PointsLot, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    expires_at = models.DateTimeField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=400)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.WAITING)
    asked_by = TenantForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked"))
    decided_by = TenantForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=400, blank=True)
    entry = TenantForeignKey(
        PointsEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="corrections"
    )

    class Meta:
        verbose_name = _("correction of points")
        verbose_name_plural = _("corrections of points")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "entry"], name="correction_once_an_entry"),
            models.CheckConstraint(condition=~Q(points=0), name="correction_moves_points"),
            models.CheckConstraint(condition=~Q(reason=""), name="correction_says_why"),
            models.CheckConstraint(
                condition=Q(state="approved", entry__isnull=False)
                | (~Q(state="approved") & Q(entry__isnull=True)),
                name="correction_approved_has_its_entry",
            ),
            # Two people: what is approved was approved, and by another than who asked.
            models.CheckConstraint(
                condition=~Q(state="approved")
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("asked_by"))),
                name="correction_approved_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting") | Q(decided_at__isnull=False),
                name="correction_decided_at_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.points:+d} {self.state}"
