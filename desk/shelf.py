"""The saved views beside the queue, and what it is narrowed by."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from accounts.models import Company, Person
from desk.teamwork_forms import NarrowForm, SaveViewForm
from sla.queries import current_policy
from tickets.canned import may_change
from tickets.teamwork_models import SavedView
from tickets.views import CountedView, query_of, views_for

# Narrowed by a link of the search, and not by a field of the form.
LINKED = {"company": Company, "contact": Person}


@dataclass(frozen=True)
class Shelf:
    """The views of one person, beside a view of the queue that is narrowed by `filters`."""

    by: Person
    at: datetime
    view: str
    filters: Mapping[str, str]

    @cached_property
    def views(self) -> list[CountedView]:
        return views_for(self.by, self.at)

    @property
    def mine(self) -> list[SavedView]:
        """List the saved views that the person may move and remove."""
        return [one.view for one in self.views if may_change(self.by, one.view.owner_id)]

    @property
    def query(self) -> str:
        return query_of(self.view, self.filters)

    @property
    def is_unsaved(self) -> bool:
        """Tell whether the list is narrowed as no saved view narrows it."""
        return bool(self.filters) and all(one.view.query != self.query for one in self.views)

    @property
    def kept(self) -> list[tuple[str, str]]:
        return [(name, value) for name, value in self.filters.items() if name in LINKED]

    @cached_property
    def form(self) -> NarrowForm:
        policy = current_policy(self.at).policy
        return NarrowForm(initial=dict(self.filters), policy=policy, prefix=None)

    @cached_property
    def save(self) -> SaveViewForm:
        return SaveViewForm(person=self.by, auto_id="view_%s")

    @property
    def told(self) -> str:
        """Say what the list is narrowed by."""
        return ", ".join(self._told(name, value) for name, value in self.filters.items())

    def _told(self, name: str, value: str) -> str:
        if name in LINKED:
            found = LINKED[name].objects.filter(pk=value).first()
            return found.name if found else value
        field = self.form.fields.get(name)
        return str(dict(field.choices).get(value, value)) if field else value
