"""Rows of the platform itself, of no vendor: its clock, its parts at work, its cache."""

from django.db import models
from django.db.models import Q


class DeskTime(models.Model):
    """How far the desk's clock is ahead of the real one. One row; see `move_desk_time`."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    offset_seconds = models.PositiveBigIntegerField(default=0)
    # The latest, each as [before, after] in epoch seconds: see `accounts.desk_moves`.
    moves = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="desk_time_is_one_row"),
            models.CheckConstraint(
                condition=Q(offset_seconds__gte=0), name="desk_time_is_not_behind"
            ),
        ]

    def __str__(self) -> str:
        return f"+{self.offset_seconds} s"


class Pulse(models.Model):
    """When a part of the platform was last seen at work, in real time; see `accounts.pulses`.

    `alarmed_at`: somebody took it upon themselves to tell that it is missing; None = nobody, or it
    came back. `told_at`: the alarm has left.
    """

    name = models.CharField(max_length=20, primary_key=True)
    done_at = models.DateTimeField(null=True, blank=True)
    alarmed_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class CachedValue(models.Model):
    """The table of Django's database cache; a model, so that migrations make and tests empty it."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "django_cache"

    def __str__(self) -> str:
        return self.cache_key
