"""The words of each case, kept by triggers of the database; read only through `search_cases`."""

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from accounts.walls import TenantForeignKey, TenantModel
from tickets.models import Case


class WordsField(models.Field):
    """A vector of words. Written and compared by the database alone."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "tsvector"


class CaseWords(TenantModel):
    """The words of one case, once for each side.

    `told` are those that its customer may read, `desk` are these and the desk's own: a search of a
    customer must not look at the second, not even to count. See migration 0021.
    """

    case = TenantForeignKey(Case, on_delete=models.CASCADE, db_index=False, related_name="words")
    told = WordsField()
    desk = WordsField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "case"], name="words_once_a_case"),
        ]

    def __str__(self) -> str:
        return f"words of {self.case_id}"
