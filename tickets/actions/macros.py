"""Running a macro: all of it or nothing, and only what was shown before."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import Person
from knowledge.addresses import article_is_internal
from tickets.actions.conversation import add_note, ask_customer, reply_to_case
from tickets.actions.ending import resolve_case
from tickets.actions.many import lock_with_children
from tickets.actions.tagging import add_tag
from tickets.actions.triage import assign_case, change_priority, change_severity, change_type
from tickets.canned import refuse_left
from tickets.errors import CaseIsNotOpen
from tickets.macros import SAYING, Plan, Planned, access_macro, plan_macro
from tickets.models import Case, CaseEvent
from tickets.queries import lock_case
from tickets.teamwork_errors import IsOfOneCustomer, MacroChanged, MacroNotPossible

Does = Callable[..., Any]


@transaction.atomic
def run_macro(
    *, macro_id: int, case_id: int, mark: str, seen: int, by: Person, at: datetime
) -> Plan:
    """Do all steps of a macro on a case in one transaction, and give what was done.

    `mark` names the plan that was shown, `seen` the last entry that was read with it. What the
    customer reads is sent at once: it has been looked at. Locks the case. Raises NotFound,
    CaseIsNotOpen, MacroChanged, IsOfOneCustomer, ArticleIsInternal, MacroNotPossible, and whatever
    a step of it raises.
    """
    macro = access_macro(by, macro_id)
    lock_with_children(case_id)
    case = lock_case(case_id, by)
    if not case.is_open:
        raise CaseIsNotOpen
    plan = plan_macro(macro, case, by=by)
    if plan.mark != mark or _has_news(case, seen):
        raise MacroChanged
    if plan.of_one:
        raise IsOfOneCustomer(names=", ".join(plan.of_one))
    if plan.closed:
        raise article_is_internal(plan.closed)
    if not plan.is_possible:
        raise MacroNotPossible
    for step in plan.todo:
        _do(step, plan, {"case_id": case_id, "by": by, "at": at})
    return plan


def _has_news(case: Case, seen: int) -> bool:
    later = CaseEvent.objects.filter(case=case, seq__gt=seen)
    return later.exclude(caused_by=CaseEvent.Cause.POLICY).exists()


def _do(planned: Planned, plan: Plan, who: dict[str, Any]) -> None:
    step, value = planned.step, planned.value
    if step == "tags":
        for name in value.split(", "):
            add_tag(case_id=who["case_id"], name=name, by=who["by"])
    elif step == "owner":
        assign_case(owner_id=who["by"].pk, **who)
    elif step in _LEVELS:
        _LEVELS[step](reason=plan.reason, **{step: value}, **who)
    else:
        if step in SAYING:
            refuse_left(value, field=step)
        action, name = _WORDS[step]
        action(**{name: value}, **who)


_LEVELS: dict[str, Does] = {
    "severity": change_severity,
    "priority": change_priority,
    "case_type": change_type,
}
_WORDS: dict[str, tuple[Does, str]] = {
    "note": (add_note, "body"),
    "reply": (reply_to_case, "body"),
    "ask": (ask_customer, "question"),
    "solve": (resolve_case, "solution"),
}
