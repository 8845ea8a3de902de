"""Long work as rows: what is to be done, in parts, and how far it has come."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.walls import TenantForeignKey, TenantModel


class Job(TenantModel):
    """One piece of long work. Made by `start_job`, moved on by `jobs.working`.

    `total` and `done` count items, as the kind counts them. `params` and `result` hold ids, codes
    and figures, neither names nor text, so that a person can be erased. All moments are desk time.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")
        FAILED = "failed", _("Failed")

    ACTIVE = (State.WAITING, State.RUNNING)

    kind = models.CharField(max_length=60)
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    # Not begun before; null begins at once.
    not_before = models.DateTimeField(null=True, blank=True)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    # Of dividing and of finishing; the parts count their own.
    attempts = models.PositiveSmallIntegerField(default=0)
    requested_by = TenantForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    requested_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=500, blank=True)
    result = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("long work")
        verbose_name_plural = _("long work")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running", "done", "cancelled", "failed"]),
                name="job_state_is_known",
            ),
            models.CheckConstraint(condition=Q(done__lte=F("total")), name="job_done_within_total"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running"], finished_at__isnull=True)
                | Q(state__in=["done", "cancelled", "failed"], finished_at__isnull=False),
                name="job_ended_has_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(why=""), name="job_failed_says_why"
            ),
        ]
        indexes = [
            # Polled every few seconds by jobs_to_work().
            models.Index(
                fields=["tenant", "id"],
                condition=Q(state__in=["waiting", "running"]),
                name="job_to_work",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_active(self) -> bool:
        return self.state in self.ACTIVE


class JobPart(TenantModel):
    """One part of a job, done in one transaction; a worker claims it by its row lock."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Done")

    job = TenantForeignKey(Job, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    params = models.JSONField(default=dict)
    items = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    result = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("part of long work")
        verbose_name_plural = _("parts of long work")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "job", "number"], name="part_number_once"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "done"]), name="part_state_is_known"
            ),
        ]
        indexes = [
            # What is left of a job: read by every claim.
            models.Index(
                fields=["tenant", "job", "attempts", "number"],
                condition=Q(state="waiting"),
                name="part_to_work",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job_id} part {self.number}"
