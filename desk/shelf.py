"""The saved views beside the queue, and what it is narrowed by."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from accounts.models import Person
from desk.narrowing import Narrowing
from desk.queue import count_text
from desk.teamwork_forms import SaveViewForm
from sla.engine.policy import Policy
from tickets.canned import may_change
from tickets.filters import Address
from tickets.teamwork_models import SavedView
from tickets.views import CountedView, views_for


@dataclass(frozen=True)
class Shelf:
    """The views of one person, beside what the queue shows at an address.

    `is_open`: the columns to narrow by are shown. They are not read otherwise.
    """

    by: Person
    at: datetime
    address: Address
    policy: Policy
    is_open: bool = False

    @cached_property
    def views(self) -> list[CountedView]:
        return views_for(self.by, self.at, self.policy)

    @property
    def counted(self) -> list[tuple[SavedView, str]]:
        """List the saved views, each with its count as it is written."""
        return [(one.view, count_text(one.count)) for one in self.views]

    @property
    def mine(self) -> list[SavedView]:
        """List the saved views that the person may move and remove."""
        return [one.view for one in self.views if may_change(self.by, one.view.owner_id)]

    @property
    def query(self) -> str:
        return self.address.query

    @property
    def is_unsaved(self) -> bool:
        """Tell whether the list is narrowed as no saved view narrows it."""
        is_own = bool(self.address.filters or self.address.group)
        return is_own and all(one.view.query != self.query for one in self.views)

    @cached_property
    def narrowing(self) -> Narrowing:
        return Narrowing(self.address, self.policy, self.by)

    @cached_property
    def save(self) -> SaveViewForm:
        return SaveViewForm(person=self.by, auto_id="view_%s")
