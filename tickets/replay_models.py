"""What a replay found: the text that was replayed, the verdicts that flip, what it cannot judge.

Written once by the parts of a job (`tickets.replay`) and only read afterwards.
"""

from django.db import models

from accounts.walls import TenantForeignKey, TenantModel
from jobs.models import Job


class ReplayedText(TenantModel):
    """The canonical text of a working copy that was replayed: the copy itself goes on changing."""

    checksum = models.CharField(max_length=64)
    document = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "checksum"], name="replayed_text_once"),
            models.CheckConstraint(
                condition=models.Q(checksum__regex="^[0-9a-f]{64}$"),
                name="replayed_checksum_is_sha256",
            ),
        ]

    def __str__(self) -> str:
        return self.checksum[:12]


class ReplayFlip(TenantModel):
    """One clock of a case whose verdict would be another one.

    `started_seq` names the clock in the case's timeline; null where only the other policy runs it.
    `before` and `after` are verdicts, `direction` is the way between them, as in
    `sla.engine.replay`. The codes are those that the case ended with. `weekday` of the opening in
    the vendor's zone, 0 = Monday. The counts are of steps that fired on one side only.
    """

    job = TenantForeignKey(Job, on_delete=models.CASCADE, related_name="+")
    case = TenantForeignKey("tickets.Case", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    started_seq = models.PositiveIntegerField(null=True)
    before = models.CharField(max_length=12)
    after = models.CharField(max_length=12)
    direction = models.CharField(max_length=10)
    is_promised = models.BooleanField()
    due_before = models.DateTimeField(null=True)
    due_after = models.DateTimeField(null=True)
    plan = models.CharField(max_length=40, blank=True)
    severity = models.CharField(max_length=40, blank=True)
    priority = models.CharField(max_length=40, blank=True)
    weekday = models.PositiveSmallIntegerField()
    steps_only_before = models.PositiveSmallIntegerField(default=0)
    steps_only_after = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(before=models.F("after")), name="flip_is_another_verdict"
            ),
            models.CheckConstraint(
                condition=models.Q(weekday__lte=6), name="flip_weekday_is_0_to_6"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "job", "case", "id"], name="flip_by_case"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.before} -> {self.after}"


class ReplayGap(TenantModel):
    """What stood in the way of judging a case under the other policy.

    A code that only the old policy knows, with its axis; or, without an axis, the code of what
    could not be worked out.
    """

    job = TenantForeignKey(Job, on_delete=models.CASCADE, related_name="+")
    case = TenantForeignKey("tickets.Case", on_delete=models.CASCADE, related_name="+")
    axis = models.CharField(max_length=20, blank=True)
    code = models.CharField(max_length=40)

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "job", "case", "id"], name="gap_by_case"),
        ]

    def __str__(self) -> str:
        return f"{self.axis} {self.code}".strip()
