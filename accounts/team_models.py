"""The desk's teams, who is in them, and what somebody is good at."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.walls import TenantForeignKey, TenantModel


class Team(TenantModel):
    """People of one tier; one without a tier stands beside the ladder. Made by `add_team`.

    `is_swat`: brought in on cases that the policy says so of, beside the tiers (DD-26).
    """

    name = models.CharField(_("name"), max_length=200)
    tier = models.PositiveSmallIntegerField(_("tier"), null=True, blank=True)
    is_swat = models.BooleanField(_("SWAT team"), default=False)
    members = models.ManyToManyField(
        Person, through="accounts.TeamMember", related_name="teams", verbose_name=_("members")
    )

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "name"], name="team_name_once_per_tenant"),
            models.CheckConstraint(
                condition=Q(tier__isnull=True) | Q(tier__range=(1, 3)), name="team_tier_is_1_to_3"
            ),
            models.CheckConstraint(
                condition=Q(is_swat=False) | Q(tier__isnull=True), name="swat_has_no_tier"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TeamMember(TenantModel):
    """One person in one team. Made by `join_team`."""

    team = TenantForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    person = TenantForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")

    class Meta:
        verbose_name = _("team member")
        verbose_name_plural = _("team members")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "team", "person"], name="person_once_per_team"
            )
        ]

    def __str__(self) -> str:
        return f"{self.team_id}: {self.person_id}"


class PersonSkill(TenantModel):
    """Something that somebody of the desk is good at, or is certified for (MX-28)."""

    person = TenantForeignKey(Person, on_delete=models.CASCADE, related_name="skills")
    name = models.CharField(_("skill"), max_length=60)

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "person", "name"], name="skill_once"),
            models.CheckConstraint(condition=~Q(name=""), name="skill_says_something"),
        ]

    def __str__(self) -> str:
        return self.name
