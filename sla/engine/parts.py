"""The parts of a support policy, as its document says them. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sla.engine.calendar import Calendar
from sla.engine.span import Span
from sla.engine.target import Target

# What a target may depend on. Only these can stand in a `when`.
AXES = ("plan", "severity", "priority", "case_type", "channel", "region", "edition", "product")
LEVEL_AXES = ("severity", "priority")
CHANNELS = ("phone", "portal", "email")
# What becomes of a fresh mail that would open a case; see Channel.
MAIL_OPENS, MAIL_CONFIRM, MAIL_FORM = "open", "confirm_cost", "form"
MAIL_RULES = (MAIL_CONFIRM, MAIL_OPENS, MAIL_FORM)

CALLS = ("none", "required", "refused")
QUEUE_KEYS = ("due", "severity", "priority")
BASES = ("opening", "change")
FLOORS = ("none", "full_target")
CAPS = ("none", "promise")
STEP_MOMENTS = ("before", "due", "after", "opened")
STEP_ACTIONS = ("notify", "hand_over", "page", "swat", "tell_customer")
STEP_ROLES = (
    "owner",
    "team",
    "lead",
    "manager",
    "dispatcher",
    "account_manager",
    "duty",
    "swat",
)
# In place of a clock: the case itself, from when it is opened or raised (MS-05, DD-10).
THE_CASE = "case"
ENVIRONMENTS = ("production", "staging", "test")
TIERS = (1, 2, 3)
REOPEN_FROM = ("first_close", "last_close")

# In place of a calendar's code: the hours in which the same case is first answered (MX-25).
SERVICE = "service"
# In place of a calendar's code: a phone that is answered at any time (MX-05).
ALWAYS_ANSWERED = "always"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a policy decides on. `zone` is the customer's IANA zone; None = not known."""

    plan: str | None = None
    severity: str | None = None
    priority: str | None = None
    case_type: str | None = None
    channel: str | None = None
    product: str | None = None
    region: str | None = None
    country: str | None = None
    edition: str | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """A severity or a priority (`axis`).

    `call`: what a customer must do who files elsewhere than by phone: none | required (a call is
    owed, the case is taken) | refused (not taken, MX-07). `availability_required`: the form asks
    who can be reached (DD-10). `paging`: such a case pages somebody (MS-05).

    `environments`: only for cases in one of these, none = any; elsewhere `otherwise` counts
    (MX-11). What is offered instead: `workaround_to` where a workaround is known (MX-13),
    `unreachable_to` where nobody can be reached (DD-40). `sets_priority`: the priority that a
    severity presets (DD-09). `promotes`: cases of these levels that hang on an incident rise with
    it (MS-05). `feature_request`: such a case is a wish for the product (MX-14). `fix`: how it is
    mended, in words (DD-24).
    """

    code: str
    name: str
    axis: str
    definition: str = ""
    customer_may_set: bool = True
    default: bool = False
    call: str = "none"
    availability_required: bool = False
    paging: bool = False
    note: str = ""
    environments: tuple[str, ...] = ()
    otherwise: str | None = None
    workaround_to: str | None = None
    unreachable_to: str | None = None
    sets_priority: str | None = None
    promotes: tuple[str, ...] = ()
    feature_request: bool = False
    fix: str = ""


@dataclass(frozen=True, slots=True)
class CaseType:
    """A type of case with the definition that stands beside the choice (DD-05).

    `checklist`: what is asked for by default, when it is filed and later (DD-34).
    `feature_request`: such a case is a wish for the product (SC-14).
    """

    code: str
    name: str
    definition: str = ""
    default: bool = False
    checklist: tuple[str, ...] = ()
    feature_request: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """A support level that is sold. `default`: what a company has that bought no other (SP-05).

    `family`: plans that are levels of one thing (SP-13). No `editions` = open to all. `requires`:
    codes of subscriptions without which it cannot be had (SP-12); when one lapses the plan is kept
    to its end, or `on_lapse` is downgrade and the plan `lapses_to` counts. `included_points` for
    each term (SP-14). `case_limit`: how many cases a term or month has; None = no limit (DD-16).
    """

    code: str
    name: str
    description: str = ""
    default: bool = False
    family: str = ""
    editions: tuple[str, ...] | None = None
    requires: tuple[str, ...] = ()
    on_lapse: str = "keep"
    lapses_to: str | None = None
    included_points: int | None = None
    case_limit: int | None = None
    case_limit_per: str = "term"


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition of the vendor's products, where the policy tells them apart (SC-22)."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Region:
    """A region with the countries (ISO 3166-1 alpha-2) that belong to it (MX-08)."""

    code: str
    name: str
    countries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to file a case. None in `plans` or `editions` = open to all.

    `counts_as`: the channel that rules take it for (the form of Scalix is e-mail, SC-09). `mail`,
    of the channel email: a fresh mail opens a case at once; or does so but is held, uncharged,
    while it would cost points that the sender has not agreed to; or is answered with the form.
    """

    code: str
    name: str
    plans: tuple[str, ...] | None = None
    editions: tuple[str, ...] | None = None
    counts_as: str | None = None
    note: str = ""
    mail: str = MAIL_CONFIRM

    def admits(self, plan: str | None, edition: str | None) -> bool:
        """Tell whether a plan and an edition may use it; what is not known (None) may."""
        admitted = ((plan, self.plans), (edition, self.editions))
        return all(code is None or codes is None or code in codes for code, codes in admitted)


@dataclass(frozen=True, slots=True)
class TierName:
    """How the vendor calls a tier of escalation, 1 to 3 (MX-26, DD-23).

    `budget`: how long it should hold a case at most, in the case's own service hours; the desk's
    own aim, the clock `tier_time`.
    """

    tier: int
    name: str
    description: str = ""
    budget: Target | None = None


@dataclass(frozen=True, slots=True)
class TargetRow:
    """One rule: the target of `clock` for the facts that `when` admits.

    `when`: axis -> codes, any of which will do; an axis that is absent is a wildcard. `calendar`:
    code, "service", or None = round the clock. `counts_late`: a miss enters the late percentages.
    `promised`: the customer is told; else it is the desk's own aim, which the document is silent
    on. `source`: the clause ("MX-16").
    """

    clock: str
    when: Mapping[str, tuple[str, ...]]
    target: Target
    calendar: str | None = None
    counts_late: bool = True
    promised: bool = True
    source: str = ""
    note: str = ""

    def __hash__(self) -> int:
        return hash((self.clock, self.target, self.calendar, self.source))


@dataclass(frozen=True, slots=True)
class Cell:
    """A rule with the calendar of the case at hand.

    `calendar_code`, `calendar_name`, `calendar_zone` are None round the clock. `assumed` names the
    facts that the calendar needed and nobody knew ("zone": the vendor's was taken; "region": the
    default one was taken).
    """

    row: TargetRow
    target: Target
    calendar: Calendar | None = None
    calendar_code: str | None = None
    calendar_name: str | None = None
    calendar_zone: str | None = None
    assumed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A rule beside the facts; `fails` names the axes that keep it from matching."""

    row: TargetRow
    fails: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Retarget:
    """What a change of level, type or plan does to a running clock.

    `base`: the new target counts from the opening or from the change. `floor`: full_target = the
    new due time is at least one full target after the change (DD-08). `cap`: promise = never later
    than what was promised before (MX-07). `from_no_target`: where a first target counts from.
    `on_call`: the rule when the customer's call is logged, where it is another one.
    """

    base: str = "opening"
    floor: str = "none"
    cap: str = "none"
    from_no_target: str = "change"
    on_call: "Retarget | None" = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """When a case that waits on the customer is closed, and on which days it is warned before.

    No `close_after` = never closed by itself. Warnings follow the span's own rule and zone.
    `checklist`: what can be asked for whatever the type of the case (DD-34).
    """

    close_after: Span | None = None
    warn_days: tuple[int, ...] = ()
    source: str = ""
    checklist: tuple[str, ...] = ()

    def warnings(self) -> tuple[Span, ...]:
        """List the spans from the question to each warning."""
        if self.close_after is None:
            return ()
        rule = self.close_after.rule
        zone = self.close_after.zone
        return tuple(Span(day, "days", rule, zone) for day in self.warn_days)


@dataclass(frozen=True, slots=True)
class Reopen:
    """How long a closed case may be opened again. No `window` = without limit.

    `approval`: the customer asks, and somebody of the desk says whether it is the same problem.
    """

    window: Span | None = None
    counted_from: str = "first_close"
    source: str = ""
    approval: bool = False


@dataclass(frozen=True, slots=True)
class LadderStep:
    """One step of escalation.

    `at`: before (`share_percent` of the target's service time is left, or `seconds` of it) | due |
    after (`seconds` of service time past due) | opened (when the clock starts). `roles`: whom it
    tells or pages; "owner" is the team where nobody owns the case. hand_over moves the case to the
    next tier; swat brings that team in; tell_customer says who has the case. `when` as in a target;
    `tiers`: only while the case is in one of these, none = any. `repeat_seconds`: again so long
    after each time (real time), `repeat_times` in all at most, until somebody acknowledges it.

    `clock` is a kind, or "case": from when the case is opened or raised so that `when` holds;
    `at` is opened or after (`seconds` of real time) then.
    """

    code: str
    clock: str
    at: str
    action: str
    share_percent: int | None = None
    seconds: int | None = None
    roles: tuple[str, ...] = ()
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tiers: tuple[int, ...] = ()
    urgent: bool = False
    repeat_seconds: int | None = None
    repeat_times: int | None = None

    @property
    def seconds_after_due(self) -> int:
        return (self.seconds or 0) if self.at == "after" else 0

    def __hash__(self) -> int:
        return hash(self.code)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a case cannot be filed so: a stable code and figures."""

    code: str
    params: Mapping[str, object]

    def __hash__(self) -> int:
        return hash(self.code)
