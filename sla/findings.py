"""What the linter finds in a policy, as sentences: the place, what it is, and what to do."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sla.care_findings import CARE_SENTENCES
from sla.comparison import rule_named
from sla.engine.lint import ERROR, NOTICE, WARNING, Finding, lint
from sla.engine.lintspace import OTHER
from sla.engine.policy import Policy
from sla.explain import span_text
from sla.faults import place_text
from sla.offer_findings import OFFER_SENTENCES
from sla.offer_words import figure_text, points_text, subscription_name
from sla.translation_findings import TRANSLATION_SENTENCES
from sla.words import AXIS_NAMES, STEP_CLOCK_NAMES, language_name, part_name

SEVERITY_NAMES = {
    ERROR: gettext_lazy("error"),
    WARNING: gettext_lazy("warning"),
    NOTICE: gettext_lazy("notice"),
}

# What it is, and what to do about it.
_SENTENCES = {
    # Blanks.
    "no_policy_date": (
        gettext_lazy("The document bears no date."),
        gettext_lazy("Give the date on which this text was agreed."),
    ),
    "no_summary": (
        gettext_lazy("The public page has no introduction."),
        gettext_lazy("Write two sentences about what is promised."),
    ),
    "no_phone": (
        gettext_lazy("Cases by phone are taken, but there is no number to call."),
        gettext_lazy("Add a number, or take the channel away."),
    ),
    "mail_elsewhere": (
        gettext_lazy(
            "Mails do not come by “%(name)s”, so what is said of them there never counts."
        ),
        gettext_lazy("Say it at the channel e-mail."),
    ),
    "phone_without_hours": (
        gettext_lazy("It is not said when %(number)s is answered."),
        gettext_lazy("Choose a calendar, or say that it is always answered."),
    ),
    "no_support_email": (
        gettext_lazy("There is no mail address to write to."),
        gettext_lazy("Give the address that customers write to."),
    ),
    "no_portal": (
        gettext_lazy("There is no address of the portal."),
        gettext_lazy("Give the web address under which customers file cases."),
    ),
    "no_renewal_email": (
        gettext_lazy("Nobody is named who renews contracts."),
        gettext_lazy("Give the mail address for renewals; notices of an expiry show it."),
    ),
    "no_definition": (
        gettext_lazy("“%(name)s” is not explained."),
        gettext_lazy("Write what it means: the text stands beside the choice."),
    ),
    "no_source": (
        gettext_lazy("It is not said where this promise comes from (%(clock)s)."),
        gettext_lazy("Name the clause of the agreement, or write “template”."),
    ),
    # Readings and contradictions.
    "reading_open": (
        gettext_lazy(
            "The text says two things (%(sources)s). Here: %(says)s There: %(against)s "
            "Taken: %(taken)s"
        ),
        gettext_lazy("Decide which one counts, and mark this as settled."),
    ),
    "answered_yet_closed": (
        gettext_lazy(
            "%(number)s is always answered, yet the first response to cases by phone is counted "
            "in opening hours for: %(cases)s."
        ),
        gettext_lazy("Serve them round the clock, or say when the number is answered."),
    ),
    "call_changes_promise": (
        gettext_lazy(
            "“%(level)s” has to be called in, yet it is taken elsewhere with another promise "
            "for: %(cases)s."
        ),
        gettext_lazy("Promise the same, or refuse it elsewhere than by phone."),
    ),
    "urgent_no_sooner": (
        gettext_lazy(
            "“%(level)s” calls for somebody at once, yet is answered no sooner than “%(milder)s”."
        ),
        gettext_lazy("Give it a shorter target, or say in its note that the time is the same."),
    ),
    "days_in_a_whole_week": (
        gettext_lazy(
            "Counted in business days of fewer than seven days a week, while the same clock "
            "(%(clock)s) runs all week in %(other)s."
        ),
        gettext_lazy("Say which days are business days, or count both on the same calendar."),
    ),
    # Cases and rules.
    "no_first_response": (
        gettext_lazy("No case has a first response: no rule promises one to anybody."),
        gettext_lazy("Add targets for the first response."),
    ),
    "uncovered": (
        gettext_lazy("There is no rule for the %(clock)s of: %(cases)s."),
        gettext_lazy("Add a target, or one that says “none” if nothing is promised."),
    ),
    "more_uncovered": (
        gettext_lazy("There is no rule for the %(clock)s of %(count)s more kinds of cases."),
        gettext_lazy("Add a target for any case; more exact ones go first."),
    ),
    "unreachable": (
        gettext_lazy("This never applies: %(others)s are more exact and take all its cases."),
        gettext_lazy("Remove it, or make the others less wide."),
    ),
    "row_for_nobody": (
        gettext_lazy("This never applies: nobody can file such a case."),
        gettext_lazy("Remove it, or look at the channels and what they are open to."),
    ),
    "too_many_rules": (
        gettext_lazy(
            "The rules for the %(clock)s are too many, or too entangled, to say what they cover "
            "(more than %(most)s, for one)."
        ),
        gettext_lazy("Let one rule name several codes, or leave an axis out."),
    ),
    # Targets.
    "immediate_without_figure": (
        gettext_lazy("“immediately” is not a number that anybody can be held to."),
        gettext_lazy("Promise some minutes, or accept that this only sets off the ladder."),
    ),
    "goal_is_commitment": (
        gettext_lazy("The goal is the same as the commitment."),
        gettext_lazy("Make the goal shorter, or leave it out."),
    ),
    "range_for_several": (
        gettext_lazy("One range of time for several levels (%(cases)s): which is meant for which?"),
        gettext_lazy("Give each level a target of its own."),
    ),
    "dearer_slower": (
        gettext_lazy(
            "%(code)s costs more than %(than)s and waits longer for the %(clock)s: %(seconds)s "
            "on average, %(than_seconds)s by %(other)s. Plans are listed from the cheapest."
        ),
        gettext_lazy("Shorten it, or put the plans in order."),
    ),
    "worse_slower": (
        gettext_lazy(
            "%(code)s is worse than %(than)s and waits longer for the %(clock)s: %(seconds)s "
            "on average, %(than_seconds)s by %(other)s. Levels are listed from the worst."
        ),
        gettext_lazy("Shorten it, or put the levels in order."),
    ),
    "level_without_rules": (
        gettext_lazy("No target is for “%(level)s”."),
        gettext_lazy("Add targets for it, or take it away."),
    ),
    # Hours.
    "calendar_without_hours": (
        gettext_lazy("It is never open."),
        gettext_lazy("Give it weekly hours, or remove it."),
    ),
    "calendar_without_holidays": (
        gettext_lazy("It names no holidays, so it is open on all of them."),
        gettext_lazy("Choose a list of holidays, once it is agreed which ones count."),
    ),
    "calendar_not_used": (
        gettext_lazy("No target and no phone number uses it."),
        gettext_lazy("Use it, or remove it."),
    ),
    "exceptions_past": (
        gettext_lazy("The last exception was on %(last)s."),
        gettext_lazy("Enter those that are to come, or remove them."),
    ),
    "holidays_not_used": (
        gettext_lazy("No calendar uses this list."),
        gettext_lazy("Choose it in a calendar, or remove it."),
    ),
    "holidays_empty": (
        gettext_lazy("There are no holidays in this list."),
        gettext_lazy("Enter them, or remove the list."),
    ),
    "no_holidays_next_year": (
        gettext_lazy("There are no holidays in %(year)s."),
        gettext_lazy("Enter the dates of that year."),
    ),
    "own_dates_end": (
        gettext_lazy("The last date of one's own is %(last)s: there are none in %(year)s."),
        gettext_lazy("Enter the dates of that year."),
    ),
    # Clocks and the ladder.
    "never_started": (
        gettext_lazy("There are targets for the %(clock)s, but nothing starts this clock."),
        gettext_lazy("Let an event start it, or remove its targets."),
    ),
    "step_never_fires": (
        gettext_lazy(
            "This step never fires: no case that it is for has a %(clock)s that can be late."
        ),
        gettext_lazy("Remove it, or add a target for its cases."),
    ),
    "late_untold": (
        gettext_lazy("Nobody is told when the %(clock)s is late for: %(cases)s."),
        gettext_lazy("Add a step that tells somebody when it is due."),
    ),
    "tier_left_out": (
        gettext_lazy("In tier %(tiers)s nothing happens when the %(clock)s is late."),
        gettext_lazy("Hand over from there as well, or tell somebody."),
    ),
    **CARE_SENTENCES,
    **OFFER_SENTENCES,
    **TRANSLATION_SENTENCES,
}


@dataclass(frozen=True, slots=True)
class Told:
    """A finding in words. `place` may be empty; `text` says what it is, `advice` what to do.

    `clock` is the kind of clock that it is about, "" where it is about none; `rule` names the
    rule of a target that it is about, by its number and cases.
    """

    code: str
    severity: str
    path: str
    place: str
    text: str
    advice: str
    clock: str = ""
    rule: str = ""

    @property
    def sentence(self) -> str:
        """Say the finding with its place in a file: "target 4: There is no …"."""
        return ": ".join(part for part in (self.place, self.text) if part)

    @property
    def in_words(self) -> str:
        """Say the finding to who sees pages: "rule 4 (…, Standard): There is no …"."""
        return ": ".join(part for part in (self.rule or self.place, self.text) if part)

    @property
    def severity_name(self) -> str:
        """Name how grave it is."""
        return str(SEVERITY_NAMES[self.severity])


def findings_of(policy: Policy, on: date) -> list[Told]:
    """Say what the linter finds in a policy on the date `on`, in the order of the document."""
    spoken = [code for code, _name in settings.LANGUAGES]
    return [told(finding, policy) for finding in lint(policy, on, spoken)]


def told(finding: Finding, policy: Policy) -> Told:
    """Put one finding of a policy into words."""
    text, advice = _SENTENCES[finding.code]
    figures = {name: _figure(policy, finding, name) for name in finding.params}
    return Told(
        code=finding.code,
        severity=finding.severity,
        path=finding.path,
        place=place_text(finding.path),
        rule=rule_named(policy, finding.path),
        text=str(text) % figures,
        advice=str(advice),
        clock=str(finding.params.get("clock", "")),
    )


def _figure(policy: Policy, finding: Finding, name: str) -> str:
    value = finding.params[name]
    axis = str(finding.params.get("axis", ""))
    if name in ("level", "milder", "code", "than"):
        return part_name(policy, axis, str(value))
    if name in _FIGURES:
        return _FIGURES[name](policy, value)
    if name == "others":
        return _listed(_place(policy, path) for path in _texts(value))
    if name == "cases":
        kinds = value if isinstance(value, tuple) else (value,)
        return _("; and for: ").join(cases_named(policy, kind) for kind in kinds)
    if isinstance(value, date):
        return date_format(value, "j F Y")
    return _listed(_texts(value)) if isinstance(value, tuple) else str(value)


def _place(policy: Policy, path: str) -> str:
    return rule_named(policy, path) or place_text(path)


_FIGURES: Mapping[str, Callable[[Policy, Any], str]] = {
    "language": lambda _policy, code: language_name(code),
    "clock": lambda _policy, kind: str(STEP_CLOCK_NAMES[kind]),
    "other": _place,
    "seconds": lambda _policy, seconds: _wait_text(seconds),
    "than_seconds": lambda _policy, seconds: _wait_text(seconds),
    "subscription": subscription_name,
    "points": lambda _policy, points: points_text(points),
    "than_points": lambda _policy, points: points_text(points),
    "price": lambda _policy, points: points_text(points),
    "than_number": lambda _policy, number: figure_text(number),
}


def cases_named(policy: Policy, cases: Mapping[str, Iterable[str]]) -> str:
    """Say a set of cases: "Premium; Severity Level 2 or Severity Level 3"."""
    named = [
        _(" or ").join(_code_named(policy, axis, code) for code in codes)
        for axis, codes in cases.items()
    ]
    return "; ".join(named) or _("any case")


def _code_named(policy: Policy, axis: str, code: str) -> str:
    if code == OTHER:
        return _("any other %(axis)s") % {"axis": AXIS_NAMES[axis]}
    return part_name(policy, axis, code)


def _wait_text(seconds: object) -> str:
    if not isinstance(seconds, int):
        return _("for ever")
    # Minutes are more exact than an average is.
    return span_text(round(seconds / 60) * 60)


def _texts(value: object) -> tuple[str, ...]:
    assert isinstance(value, tuple)
    return tuple(str(one) for one in value)


def _listed(values: Iterable[str]) -> str:
    return ", ".join(values) or _("none")
