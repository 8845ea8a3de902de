"""What a policy sells and grants beside promises: points, benefits, news. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass

from sla.engine.span import Span

ON_LAPSE = ("keep", "downgrade")
LIMIT_SPANS = ("term", "month")
BENEFIT_KINDS = ("seats", "deliveries", "unlock")
TOPICS_ABOUT = ("news", "releases", "updates", "support_end")
RELEASE_UNITS = ("release", "major")
INCLUDED_LIFE = ("term", "life")

# How long points live that come back after their lot has expired, where the policy says nothing.
DEFAULT_GRACE = Span(90, "days", "end_of_day", "customer")


@dataclass(frozen=True, slots=True)
class Subscription:
    """Something sold beside a plan (SP-04). No `editions` = open to all.

    `per_user`: its lines carry a number of users.
    """

    code: str
    name: str
    description: str = ""
    editions: tuple[str, ...] | None = None
    per_user: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class Price:
    """What opening a case costs, in points, for the facts that `when` admits (SC-03).

    `when` as in a target: axis -> codes; of several the one that names the most axes counts.
    """

    when: Mapping[str, tuple[str, ...]]
    points: int
    source: str = ""
    note: str = ""

    def __hash__(self) -> int:
        return hash((self.points, self.source))


@dataclass(frozen=True, slots=True)
class Pack:
    """Points that are sold together (SP-07); paid for outside the desk."""

    code: str
    name: str
    points: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """Points that a new customer gets with the first purchase of an edition (SP-09).

    `points` None: the document names no figure; it is asked for when they are granted.
    """

    code: str
    name: str
    points: int | None = None
    editions: tuple[str, ...] | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Benefit:
    """What plans bring beside cases (SP-11, SP-17..19).

    `kind`: seats (a number for each term, used up one by one) | deliveries (a number for each term,
    due evenly spread over it) | unlock (the listed plans have it without limit; `editions` is the
    ratio that holds for the others). `plans` and `editions`: pairs of code and number.
    """

    code: str
    name: str
    kind: str
    description: str = ""
    plans: tuple[tuple[str, int], ...] = ()
    editions: tuple[tuple[str, int], ...] = ()
    source: str = ""

    def number(self, plan: str | None) -> int:
        """Give the number of a plan; 0 where it has none."""
        return dict(self.plans).get(plan or "", 0)


@dataclass(frozen=True, slots=True)
class Topic:
    """News that contacts may choose to get (SC-01, SP-04, DD-31).

    `about`: what sets it off: news (a person writes it), releases, updates (packs, patches, fixes),
    support_end. `opt_out`: sent unless a contact says no; else only to who asks for it.
    `by_product`: chosen product by product.
    `plans`, `subscriptions`: who may have it, either will do; None = anybody.
    """

    code: str
    name: str
    about: str
    description: str = ""
    opt_out: bool = False
    by_product: bool = False
    plans: tuple[str, ...] | None = None
    subscriptions: tuple[str, ...] | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class ReleaseRule:
    """Which releases are supported where no date is said (SC-17, SP-02, DD-32).

    The current one and `back` before it, counted in releases or in majors (`unit`), both inclusive.
    """

    when: Mapping[str, tuple[str, ...]]
    unit: str
    back: int
    source: str = ""
    note: str = ""

    def __hash__(self) -> int:
        return hash((self.unit, self.back, self.source))


@dataclass(frozen=True, slots=True)
class Licensing:
    """Whether opening a case needs a verified licence that runs, and for how long after (DD-33)."""

    required: bool = False
    grace_days: int = 0
    source: str = ""


@dataclass(frozen=True, slots=True)
class Notices:
    """How many days before something ends people are told of it, once for each number.

    `low_points`: at or below it a customer is told that points run out; None = never.
    """

    support_end_days: tuple[int, ...] = ()
    licence_days: tuple[int, ...] = ()
    contract_days: tuple[int, ...] = ()
    points_days: tuple[int, ...] = ()
    delivery_days: tuple[int, ...] = ()
    low_points: int | None = None


@dataclass(frozen=True, slots=True)
class Registering:
    """Whether strangers may ask for an account by themselves (DD-17)."""

    open: bool = False
    note: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Points:
    """How long points live, and when they come back.

    `life`: of bought and granted ones (SC-05); none = for ever. `included`: those of a plan end
    with their term, or live as bought ones do (SP-14). `grace`: the life of what comes back after
    its lot has expired. `bug_credit`: they come back when a case proves to be a bug;
    `money_refund`: or as money, if the customer likes that better (SC-21); `declined_refund`: they
    come back when support declines before work (SC-15).
    """

    life: Span | None = None
    included: str = "term"
    grace: Span | None = None
    bug_credit: bool = False
    money_refund: bool = False
    declined_refund: bool = False
    source: str = ""

    @property
    def grace_life(self) -> Span:
        return self.grace or DEFAULT_GRACE
