"""What a customer agrees to on a case: remote access, and a case of its own that costs."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.walls import TenantForeignKey, TenantModel
from tickets.models import Case


class RemoteConsent(TenantModel):
    """The customer allows support to access a system remotely: who, when, what, until (SP-01).

    Given on the portal, or on the phone and then logged by the desk (`logged_by`).
    """

    case = TenantForeignKey(Case, on_delete=models.PROTECT, related_name="remote_consents")
    given_by = TenantForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    logged_by = TenantForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    scope = models.CharField(_("what may be accessed"), max_length=400)
    given_at = models.DateTimeField()
    until_at = models.DateTimeField(_("until"))
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = TenantForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(scope=""), name="consent_says_to_what"),
            models.CheckConstraint(
                condition=Q(until_at__gt=F("given_at")), name="consent_lasts_a_while"
            ),
            models.CheckConstraint(
                # By nobody: the policy closed the case, and it ended with it.
                condition=Q(withdrawn_by__isnull=True) | Q(withdrawn_at__isnull=False),
                name="consent_withdrawn_at_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.scope


class SplitProposal(TenantModel):
    """An agent proposes to make a case of its own of a problem that can be divided (SC-13).

    The customer sees what it costs and accepts, or a manager waives the cost. One waits at a time.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for the customer")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    case = TenantForeignKey(Case, on_delete=models.PROTECT, related_name="split_proposals")
    proposed_by = TenantForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    # Shown to the customer when it was proposed; asked for again when it is accepted.
    points = models.PositiveIntegerField()
    waived_by = TenantForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    decided_by = TenantForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    new_case = TenantForeignKey(
        Case, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "case"], condition=Q(state="waiting"), name="one_split_waits"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting") | Q(decided_at__isnull=False),
                name="split_decided_at_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(state="accepted", new_case__isnull=False)
                | ~Q(state="accepted") & Q(new_case__isnull=True),
                name="split_accepted_with_its_case",
            ),
        ]

    def __str__(self) -> str:
        return self.subject
