"""How customers found what was done for them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.walls import TenantForeignKey, TenantModel
from tickets.models import Case


class CaseRating(TenantModel):
    """What a customer said of one end of a case; one row an end, made by `rate_case`.

    `ended_at` is when the case was solved, or closed where nobody had solved it: a case that is
    opened again and ends again is asked about anew. No entry of the timeline tells of it.
    """

    class Score(models.TextChoices):
        GOOD = "good", _("good")
        OKAY = "okay", _("okay")
        BAD = "bad", _("bad")

    case = TenantForeignKey(Case, on_delete=models.PROTECT, related_name="ratings")
    ended_at = models.DateTimeField()
    score = models.CharField(max_length=10, choices=Score)
    words = models.TextField(blank=True)
    rated_by = TenantForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    rated_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "case", "ended_at"], name="rating_once_an_end"
            ),
            models.CheckConstraint(
                condition=Q(score__in=["good", "okay", "bad"]), name="rating_score_is_known"
            ),
            models.CheckConstraint(
                condition=Q(changed_at__gte=F("rated_at")), name="rating_changed_after_it_was_given"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "ended_at"], name="rating_by_end")]

    def __str__(self) -> str:
        return f"{self.score} {self.pk}"
