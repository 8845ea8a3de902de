"""When the daily work was done last, task by task."""

from django.db import models

from accounts.walls import TenantModel


class DailyRun(TenantModel):
    """The last run of one daily task, or of the whole round of them (`name` is then empty).

    `failed_at` and `why` are those of the last run only; None when it went well.
    """

    name = models.CharField(max_length=60, blank=True)
    ran_at = models.DateTimeField()
    failed_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "name"], name="daily_run_once_per_task")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.ran_at}"
