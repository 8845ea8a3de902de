"""What an act on the case page is: a form, a button, and who may do it when."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Q
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.safestring import SafeString

from desk import forms
from desk.scene import Scene
from desk.together import DRAFTED
from tickets.markup import joined
from tickets.models import Case

Status = Case.Status
OPEN = (Status.OPEN, Status.WAITING)
WAITING = (Status.WAITING,)
SOLVED = (Status.RESOLVED,)
CLOSED = (Status.CLOSED,)
ENDED = (Status.RESOLVED, Status.CLOSED)
ANY = tuple(Status)


@dataclass(frozen=True)
class Act:
    """One thing to do. `may` is the act of the roles table that it needs.

    `group` is the part of the page: notice (a button at the top), answer (what the customer reads),
    inside, agree (what is agreed with the customer, or costs), files, escalate, tie (to other
    cases), sort, end. `events` are the kinds of entry that it can leave.
    `stops_on_news`: it is shown again instead of done when the case has a new entry meanwhile.
    `others`: the cases that it changes besides this one and those that hang on it; all are locked
    before any is read.
    """

    code: str
    group: str
    title: str | Promise
    button: str | Promise
    may: str
    form: type[forms.ActForm]
    events: tuple[str, ...]
    hint: str | Promise = ""
    statuses: tuple[str, ...] = OPEN
    when: Callable[[Scene], bool] = lambda scene: True
    stops_on_news: bool = False
    others: Callable[[Scene, forms.ActForm], Q] = lambda scene, form: Q()

    def is_open_to(self, scene: Scene) -> bool:
        """Tell whether this person can do it on this case now."""
        allowed = scene.by.may(self.may) and scene.case.status in self.statuses
        return allowed and self.when(scene)


@dataclass(frozen=True)
class Panel:
    """An act on the page, with its form once that is asked for; `sent` is a form that came back.

    `draw` makes the form. `is_open`: the page shows the form, and not only the way to it.
    """

    act: Act
    url: str
    names: Mapping[str, str]
    is_open: bool
    draw: Callable[[], forms.ActForm] = field(repr=False)
    sent: forms.ActForm | None = None

    @cached_property
    def form(self) -> forms.ActForm:
        return self.sent if self.sent is not None else self.draw()

    @cached_property
    def fields(self) -> list[BoundField]:
        return self.form.visible_fields()

    @property
    def hidden(self) -> SafeString:
        """Draw the fields of its form that nobody sees."""
        fields = ((one.html_name, _written(one), one.auto_id) for one in self.form.hidden_fields())
        return joined('<input type="hidden" name="{}" value="{}" id="{}">', fields)

    @property
    def goes_to(self) -> str:
        """Say to whom the case would go, where its form tells."""
        return getattr(self.form, "goes_to", "")

    @property
    def code(self) -> str:
        return self.act.code

    @property
    def is_composed(self) -> bool:
        """Tell whether its form is written on the page of the case itself."""
        return self.code in DRAFTED

    @property
    def href(self) -> str:
        """Give the way to its form."""
        return f"#{self.code}" if self.is_composed else self.url

    @cached_property
    def title(self) -> str:
        return str(self.act.title) % self.names

    @property
    def button(self) -> str:
        return str(self.act.button) % self.names

    @property
    def hint(self) -> str:
        return str(self.act.hint) % self.names


def _written(field: BoundField) -> object:
    value = field.value()
    return "" if value is None else value
