"""The clock-kind table: what each event of a case does to each kind of clock.

One table, the same for every policy; a policy overrides single cells (`[clocks.<kind>]`).
An event that a row does not name leaves that clock alone.

Effects: `start` begins an occurrence unless one of the kind is running; `meet` ends the running
one with a verdict; `restart` ends the running one with a verdict and begins the next; `cancel`
ends it without one (a clock that is already late stays late); `retarget` asks the policy again;
`resume` begins what the last end of the case cut short again, with the promise that it had.
A review (`triaged`) has the effects of all the changes that it makes, once, after all of them.
A new policy (`policy_retargeted`) also begins what it adds: what this table makes of the past and
nothing has met since.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

EFFECTS = ("start", "meet", "restart", "cancel", "retarget", "resume")

# Everything that can stand in a case's timeline and matter to a clock.
EVENTS = (
    "case_opened",
    "customer_replied",
    "customer_called",
    "agent_replied",
    "agent_called",
    "answered_through",
    "work_logged",
    "question_asked",
    "question_disputed",
    "question_withdrawn",
    "away_noted",
    "away_ended",
    "severity_changed",
    "priority_changed",
    "type_changed",
    "scheduled",
    "policy_retargeted",
    "handed_over",
    "escalation_requested",
    "escalation_answered",
    "escalation_ended",
    "acknowledged",
    "workaround_given",
    "resolved",
    "closed",
    "reopened",
    "merged",
    "unmerged",
)

WAITING = "waiting_on_customer"
# The entry with which a case that was handled elsewhere begins here; so is its opening marked.
IMPORTED = "imported"
# Measured by the budget of the tier that holds the case, not by a rule for targets.
TIER_TIME = "tier_time"
# A case is over with these, and is open again with those.
ENDINGS = frozenset({"resolved", "closed", "merged"})
OPENINGS = frozenset({"case_opened", "reopened", "unmerged"})


@dataclass(frozen=True, slots=True)
class KindRow:
    """One kind of clock: the effect of each event on it.

    `pauses`: it stands still while the desk waits on the customer. `unless`: it is not started
    while one of these kinds is running.
    """

    effects: Mapping[str, str]
    pauses: bool = True
    unless: tuple[str, ...] = field(default=())

    def __hash__(self) -> int:
        return hash((tuple(sorted(self.effects.items())), self.pauses, self.unless))


# A change of the facts, or of the policy itself, asks the policy again.
_RETARGETS = dict.fromkeys(
    ("severity_changed", "priority_changed", "type_changed", "policy_retargeted"), "retarget"
)
_ENDS = dict.fromkeys(("resolved", "closed", "merged"), "cancel")
# What is undone opens a case as much as what is done again.
_BEGINS_ANEW = {"reopened": "start", "unmerged": "start"}
# MX-16: the first public reply by a person, a logged call, or explicitly begun work. An answer on
# the incident that a case hangs on is one too.
_ANSWERS = dict.fromkeys(
    ("agent_replied", "agent_called", "answered_through", "question_asked"), "meet"
)
# These meet no clock that waits for an agreed time before that time has come: it is work that is
# agreed then (MS-10), and only work, or a solution, that begins it sooner.
ANSWERS = frozenset(_ANSWERS)

DEFAULT_KINDS: Mapping[str, KindRow] = MappingProxyType(
    {
        "first_response": KindRow(
            _RETARGETS
            | _ENDS
            | _ANSWERS
            | {
                "case_opened": "start",
                "unmerged": "resume",
                "work_logged": "meet",
                "resolved": "meet",
                "customer_called": "retarget",
                "scheduled": "retarget",
            }
        ),
        # Runs from the first message nobody answered; a reopened case owes a reply, and so does
        # a question that the customer will not have.
        "next_response": KindRow(
            _RETARGETS
            | _ENDS
            | _ANSWERS
            | _BEGINS_ANEW
            | {
                "customer_replied": "start",
                "customer_called": "start",
                "question_disputed": "start",
                "scheduled": "retarget",
                "resolved": "meet",
            },
            unless=("first_response",),
        ),
        # DD-28: from one public word of the desk to the next.
        "update_cadence": KindRow(_RETARGETS | _ENDS | dict.fromkeys(_ANSWERS, "restart")),
        # MX-25: what the customer says is no progress; a hand-over is, and starts the next one.
        "no_progress": KindRow(
            _RETARGETS
            | _ENDS
            | dict.fromkeys(_ANSWERS, "restart")
            | _BEGINS_ANEW
            | {
                "case_opened": "start",
                "customer_called": "retarget",
                "work_logged": "restart",
                "handed_over": "restart",
            }
        ),
        # DD-39: from the latest question; while it runs, the clocks that pause stand still. An
        # away note moves it, and nothing that the customer does lets it go on.
        WAITING: KindRow(
            _ENDS
            | {
                "question_asked": "restart",
                "question_disputed": "meet",
                "question_withdrawn": "meet",
                "customer_replied": "meet",
                "customer_called": "meet",
                "escalation_requested": "meet",
                "reopened": "meet",
                "away_noted": "retarget",
                "away_ended": "retarget",
            },
            pauses=False,
        ),
        # DD-25: a customer asked for escalation and is owed an answer to that; another word on the
        # case, or a question, is none.
        "escalation_answer": KindRow(
            _RETARGETS
            | _ENDS
            | {
                "escalation_requested": "start",
                "unmerged": "resume",
                "escalation_answered": "meet",
                "escalation_ended": "cancel",
                "resolved": "meet",
            },
            pauses=False,
        ),
        # Promised by none of the four documents (MX-09, SC-16, MS-12), run when a policy does.
        "workaround": KindRow(
            _RETARGETS
            | _ENDS
            | {
                "case_opened": "start",
                "unmerged": "resume",
                "workaround_given": "meet",
                "resolved": "meet",
            }
        ),
        "resolution": KindRow(
            _RETARGETS | _ENDS | _BEGINS_ANEW | {"case_opened": "start", "resolved": "meet"}
        ),
        # How long one tier holds the case: the desk's own aim, from one hand-over to the next.
        TIER_TIME: KindRow(
            _RETARGETS | _ENDS | _BEGINS_ANEW | {"case_opened": "start", "handed_over": "restart"}
        ),
    }
)
