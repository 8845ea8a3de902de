"""Strangers who ask for an account by themselves (DD-17)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, email_key
from accounts.walls import TenantForeignKey, TenantModel


class Registration(TenantModel):
    """Somebody says who they are and wants an account; made by `register_customer`.

    First the address is proven by a link, of which only the digest is here. Then it is accepted at
    once, or waits for a manager. Once there is a person, name, address and phone are theirs alone:
    they are emptied here, so that nobody has to be erased twice.

    Desk time: `asked_at`, `proven_at`, `decided_at`. Real time of the database:
    `link_expires_at`; a desk clock that is moved forward must not end a link.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("address not proven yet")
        WAITING = "waiting", _("waits for a decision")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")

    OPEN = (State.ASKED, State.WAITING)

    name = models.CharField(_("name"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    email_key = models.GeneratedField(
        expression=email_key(F("email")),
        output_field=models.CharField(max_length=254, null=True),
        db_persist=True,
    )
    company_name = models.CharField(_("company"), max_length=200)
    licence_number = models.CharField(_("licence number"), max_length=80, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    language = models.CharField(max_length=10, default="en")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ASKED)
    token_digest = models.CharField(max_length=64)
    link_expires_at = models.DateTimeField()
    asked_at = models.DateTimeField(_("asked"))
    proven_at = models.DateTimeField(null=True, blank=True)
    # Nobody, where it was accepted at once.
    decided_by = TenantForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True, max_length=2000)
    person = TenantForeignKey(
        Person, on_delete=models.CASCADE, null=True, blank=True, related_name="registrations"
    )

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "email_key"],
                condition=Q(state__in=["asked", "waiting"]),
                name="one_open_registration_an_address",
            ),
            models.UniqueConstraint(
                fields=["tenant", "token_digest"], name="registration_link_once"
            ),
            models.CheckConstraint(
                condition=Q(state="asked", proven_at__isnull=True)
                | Q(state__in=["waiting", "accepted", "declined"], proven_at__isnull=False),
                name="registration_proven_before_more",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "waiting"], decided_at__isnull=True)
                | Q(state__in=["accepted", "declined"], decided_at__isnull=False),
                name="registration_decided_at_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(state="accepted", person__isnull=False, email="", name="", phone="")
                | (~Q(state="accepted") & Q(person__isnull=True) & ~Q(email="")),
                name="registration_says_who_once",
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | (Q(decided_by__isnull=False) & ~Q(answer="")),
                name="registration_declined_with_words",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "proven_at"],
                condition=Q(state="waiting"),
                name="registration_waiting",
            )
        ]

    def __str__(self) -> str:
        # Kept in the log of the admin: neither name nor address.
        return f"{self.company_name} ({self.pk})"
