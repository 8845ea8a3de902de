"""What of a policy the page tells beyond times: SWAT, escalations, fixes, files, tools."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from portal.policy.table import Promise, promise_of, promised_rows
from sla.care_summaries import kept_text, size_text
from sla.comparison import cases_text
from sla.engine.care import Attaching
from sla.engine.parts import CaseType, Level
from sla.engine.policy import Policy
from sla.sentences import roles_text
from sla.words import ENVIRONMENT_NAMES, cases_named, listed_text, part_name


@dataclass(frozen=True, slots=True)
class Care:
    """What is told of escalation, fixes and files; what a policy is silent on is empty.

    `moves` has what we do by ourselves, `asking` how to ask for an escalation, `answers` what is
    owed then, by cases. `fixes` are by level, `checklists` by type of case.
    """

    moves: tuple[str, ...]
    asking: tuple[str, ...]
    answers: tuple[tuple[str, Promise], ...]
    fixes: tuple[tuple[str, str], ...]
    checklists: tuple[tuple[str, tuple[str, ...]], ...]
    files: tuple[str, ...]
    tools: str


def care_of(policy: Policy) -> Care:
    """Collect what the page tells of escalation, fixes and files."""
    levels = (level for axis in policy.axes for level in policy.levels(axis))
    return Care(
        moves=tuple(_moves(policy)),
        asking=tuple(_asking(policy)),
        answers=tuple(_answers(policy)) if policy.escalation.open else (),
        fixes=tuple((level.name, level.fix) for level in levels if level.fix),
        checklists=tuple(_checklists(policy)),
        files=tuple(_files(policy.attachments)),
        tools=policy.diagnostics.terms,
    )


def level_notes(level: Level, policy: Policy) -> Iterator[str]:
    """Say for which cases a level is, and what it brings with it (MX-11, MX-13, DD-09, MX-14)."""
    if level.environments:
        names = listed_text(str(ENVIRONMENT_NAMES[one]) for one in level.environments)
        yield _("Only for: %(environments)s.") % {"environments": names}
    if level.otherwise:
        other = part_name(policy, level.axis, level.otherwise)
        yield _("Elsewhere this counts: %(level)s.") % {"level": other}
    if level.workaround_to:
        other = part_name(policy, level.axis, level.workaround_to)
        yield _("Where there is a workaround, we offer: %(level)s.") % {"level": other}
    if level.sets_priority:
        preset = part_name(policy, "priority", level.sets_priority)
        yield _("The priority that is preset: %(level)s.") % {"level": preset}
    if level.feature_request:
        yield wish_note()


def type_notes(case_type: CaseType) -> Iterator[str]:
    """Say what a type of case brings with it (SC-14)."""
    if case_type.feature_request:
        yield wish_note()


def wish_note() -> str:
    return _("We note it as a wish for the product, and can keep you informed of it.")


def unreachable_texts(policy: Policy) -> Iterator[str]:
    """Say what becomes of a case whose customer cannot be reached (DD-40)."""
    for axis in policy.axes:
        for level in policy.levels(axis):
            if level.unreachable_to:
                told = _(
                    "When we cannot reach you on a case of “%(level)s”, we write the attempt down, "
                    "tell you, and may offer “%(other)s”."
                )
                other = part_name(policy, axis, level.unreachable_to)
                yield told % {"level": level.name, "other": other}


def _moves(policy: Policy) -> Iterator[str]:
    """Say what customers are told of a missed promise, and when the SWAT team comes in (DD-26)."""
    if any(step.action == "tell_customer" for step in policy.ladder):
        yield _("When we are late, we tell you who has your case and when you hear more.")
    if not policy.swat.when:
        return
    figures = {"name": _team(policy), "cases": cases_named(policy.swat.when, policy)}
    yield _("“%(name)s” is brought in on cases with %(cases)s.") % figures
    names = [grade.name for grade in policy.grades if grade.code in policy.swat.grades]
    if names:
        yield _("Its members are: %(names)s.") % {"names": listed_text(names)}


def _team(policy: Policy) -> str:
    return policy.swat.name or _("SWAT team")


def _asking(policy: Policy) -> Iterator[str]:
    """Say how to ask for an escalation, and whom that reaches (DD-25)."""
    if not policy.escalation.open:
        return
    yield _(
        "On each of your open cases you can ask for an escalation: say where the case stands, and "
        "why you ask."
    )
    if not policy.texts.escalation and not policy.escalation.note:
        yield _(
            "You can do so by e-mail with its number, or through your account manager, as well."
        )
    roles = [role for role in policy.escalation.roles if role not in ("owner", "swat")]
    if roles:
        yield _("It reaches who has your case, and %(roles)s.") % {"roles": roles_text(roles)}
    if policy.swat.when:
        told = _("“%(name)s” is told as well, on the cases for which it is brought in.")
        yield told % {"name": _team(policy)}
    if policy.escalation.note and not policy.texts.escalation:
        yield policy.escalation.note


def _answers(policy: Policy) -> Iterator[tuple[str, Promise]]:
    for row in promised_rows(policy):
        if row.clock == "escalation_answer" and row.target.kind != "none":
            yield cases_text(row, policy) if row.when else "", promise_of(row, policy)


def _checklists(policy: Policy) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Say what helps to solve a case, by its type (DD-34)."""
    for case_type in policy.case_types:
        if case_type.checklist:
            yield case_type.name, case_type.checklist
    if policy.waiting.checklist:
        yield _("Any case"), policy.waiting.checklist


def _files(files: Attaching) -> Iterator[str]:
    """Say how large files may be, and how long they are kept (DD-35)."""
    if files.max_megabytes is not None:
        yield f"{capfirst(size_text(files))}."
    if files.retention_days is not None:
        yield f"{capfirst(kept_text(files))}."
    if files.note:
        yield files.note
