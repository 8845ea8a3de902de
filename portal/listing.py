"""The list of a customer's cases: what of it is shown, and in which order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django import forms
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.errors import NotFound
from accounts.models import Person
from entitlements.models import Product
from portal.reading import FILTER_NAMES, FILTERS, Row, in_view, rows_of
from sla.engine.policy import Policy
from sla.words import AXIS_NAMES
from tickets.models import Case
from tickets.queries import visible_cases
from tickets.search import case_number

CASES_PER_PAGE = 25
LAST_PAGE = 4000
MINE, COMPANY = "mine", "company"
SORTS = {
    "updated": _("Last message first"),
    "due": _("Next answer due first"),
    "newest": _("Newest first"),
    "oldest": _("Oldest first"),
}
ORDERS = {
    "updated": ("-last_public_at", "-number"),
    "due": (F("next_due_at").asc(nulls_last=True), "-number"),
    "newest": ("-number",),
    "oldest": ("number",),
}
NOT_CHOSEN = ("", _("all"))


class ListForm(forms.Form):
    """What is asked for in the address; what it does not know is left out of it."""

    q = forms.CharField(label=_("Number or subject"), required=False, max_length=200)
    product = forms.ChoiceField(label=_("Product"), required=False)
    level = forms.ChoiceField(label=_("Level"), required=False)
    contact = forms.ChoiceField(label=_("Reported by"), required=False)
    sort = forms.ChoiceField(label=_("Order"), required=False, choices=list(SORTS.items()))

    def __init__(
        self, asked: Mapping[str, str], *, policy: Policy | None, cases: QuerySet[Case], scope: str
    ) -> None:
        names = self.base_fields
        super().__init__({name: asked[name] for name in names if asked.get(name)})
        self._offer("product", _products(cases))
        self._offer("level", _levels(policy))
        self._offer("contact", _contacts(cases) if scope == COMPANY else [])
        self.fields["q"].widget.attrs["type"] = "search"

    def _offer(self, name: str, choices: list[tuple[str, object]]) -> None:
        """Offer a choice where there is one."""
        sizes = [len(value) if isinstance(value, list) else 1 for _key, value in choices]
        if sum(sizes) < 2:
            del self.fields[name]
            return
        self.fields[name].choices = [NOT_CHOSEN, *choices]

    def said(self, name: str) -> str:
        """Give what was chosen, "" for nothing and for what there is not."""
        self.is_valid()
        return self.cleaned_data.get(name) or ""

    @property
    def is_narrowed(self) -> bool:
        return any(self.said(name) for name in ("q", "product", "level", "contact"))


@dataclass(frozen=True)
class CaseList:
    """One page of cases. `scope` is mine or company, `view` a key of FILTERS."""

    rows: list[Row]
    form: ListForm
    scope: str
    view: str
    page: int
    is_last: bool

    def address(self, **changes: object) -> str:
        """Write the address of the same list with changes; what is as it is anyway is left out."""
        said = {name: self.form.said(name) for name in self.form.fields}
        said |= {"scope": self.scope, "view": self.view, "page": self.page}
        said |= changes
        preset = {"scope": MINE, "view": "open", "page": 1, "sort": "updated"}
        kept = {name: value for name, value in said.items() if value not in ("", preset.get(name))}
        return f"?{urlencode(kept)}"

    @property
    def tabs(self) -> list[tuple[str, object, str]]:
        views = FILTER_NAMES.items()
        return [(code, name, self.address(view=code, page=1)) for code, name in views]

    @property
    def is_of_company(self) -> bool:
        return self.scope == COMPANY

    @property
    def kept(self) -> list[tuple[str, str]]:
        """List what the form of the filters sends along."""
        pairs = [("scope", self.scope, MINE), ("view", self.view, "open")]
        return [(name, value) for name, value, preset in pairs if value != preset]

    @property
    def everything(self) -> str:
        empty = dict.fromkeys(("q", "product", "level", "contact"), "")
        return self.address(**empty, page=1)

    @property
    def other_scope(self) -> str:
        scope = MINE if self.scope == COMPANY else COMPANY
        return self.address(scope=scope, contact="", page=1)

    @property
    def older(self) -> str:
        return "" if self.is_last else self.address(page=self.page + 1)

    @property
    def newer(self) -> str:
        return self.address(page=self.page - 1) if self.page > 1 else ""


def case_list(
    person: Person, asked: Mapping[str, str], *, policy: Policy | None, at: datetime
) -> CaseList:
    """List one page of the cases that a person may see, as an address asks for it.

    Whoever sees no more than their own gets these for the company's. Raises NotFound for a view or
    a scope that there is not; a choice that there is not is none.
    """
    view, scope = asked.get("view", "open"), asked.get("scope", MINE)
    if view not in FILTERS or scope not in (MINE, COMPANY):
        raise NotFound
    if not person.may("read_company_cases"):
        scope = MINE
    cases = visible_cases(person)
    cases = cases if scope == COMPANY else cases.filter(contact=person)
    form = ListForm(asked, policy=policy, cases=cases, scope=scope)
    page = _page(asked.get("page", ""))
    found = cases.filter(_wanted(form, person)).filter(in_view(view))
    found = found.order_by(*ORDERS[form.said("sort") or "updated"])
    first = (page - 1) * CASES_PER_PAGE
    shown = list(found.select_related("contact", "product")[first : first + CASES_PER_PAGE + 1])
    return CaseList(
        rows=rows_of(shown[:CASES_PER_PAGE], at),
        form=form,
        scope=scope,
        view=view,
        page=page,
        is_last=len(shown) <= CASES_PER_PAGE,
    )


def _wanted(form: ListForm, person: Person) -> Q:
    axis, _colon, level = form.said("level").partition(":")
    wanted = Q(**{axis: level}) if axis else Q()
    if form.said("product"):
        wanted &= Q(product__code=form.said("product"))
    if form.said("contact"):
        wanted &= Q(contact=int(form.said("contact")))
    words = form.said("q").replace("\x00", " ").split()
    said = Q()
    for word in words:
        said &= Q(subject__icontains=word)
    number = case_number(person, form.said("q"))
    return wanted & (said | Q(number=number) if number is not None else said)


def _page(text: str) -> int:
    number = int(text) if text.isdecimal() and len(text) < 6 else 1
    return min(max(number, 1), LAST_PAGE)


def _products(cases: QuerySet[Case]) -> list[tuple[str, object]]:
    used = Product.objects.filter(pk__in=cases.values("product"))
    return list(used.order_by("name").values_list("code", "name"))


def _contacts(cases: QuerySet[Case]) -> list[tuple[str, object]]:
    people = Person.objects.filter(pk__in=cases.values("contact")).order_by("name", "pk")
    return [(str(key), name) for key, name in people.values_list("pk", "name")]


def _levels(policy: Policy | None) -> list[tuple[str, object]]:
    """Offer the levels of the policy in force, in groups where it has two axes."""
    if policy is None:
        return []
    groups = [(str(AXIS_NAMES[axis]).capitalize(), _of_axis(policy, axis)) for axis in policy.axes]
    return list(groups[0][1]) if len(groups) == 1 else list(groups)


def _of_axis(policy: Policy, axis: str) -> list[tuple[str, object]]:
    levels: Iterable = policy.levels(axis)
    return [(f"{axis}:{level.code}", level.name) for level in levels]
