"""Colleagues whom a company admin has asked to come."""

from django.db import models

from accounts.models import Person
from accounts.walls import TenantForeignKey, TenantModel


class Invitation(TenantModel):
    """One sending of an invitation. Made by `entitlements.inviting`, which queues its mail.

    `taken_back_at`: called off before the colleague had chosen a password.
    """

    person = TenantForeignKey(Person, on_delete=models.CASCADE, related_name="invitations")
    invited_by = TenantForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["tenant", "person", "-id"], name="invitation_of_person")]

    def __str__(self) -> str:
        return f"invitation {self.pk}"
