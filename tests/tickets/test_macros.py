"""Macros: all or nothing, only what was shown, only what the person may do."""

import pytest

from tests.cases import after, file_case
from tickets.actions.conversation import add_note
from tickets.actions.macros import run_macro
from tickets.errors import NothingSaid, UnknownLevel
from tickets.macros import check_steps, plan_macro, save_macro
from tickets.models import Case, CaseTag, Macro
from tickets.teamwork_errors import (
    IsOfOneCustomer,
    MacroChanged,
    MacroIsEmpty,
    MacroNotPossible,
    MacroReasonMissing,
    UnknownPlaceholder,
    UnknownStep,
)

STEPS = {
    "owner": "me",
    "severity": "4",
    "reason": "It can wait, {contact}.",
    "tags": ["later"],
    "note": "Told them.",
    "ask": "Dear {contact}, which version?",
}


@pytest.fixture
def case(metalogix, alpha):
    return file_case(alpha, severity="3")


def macro_of(by, steps):
    return save_macro(
        macro_id=None, title="Later", steps=steps, is_shared=by.role != "agent", by=by, at=after(0)
    )


def run(macro, case, by, **changes):
    case = Case.objects.get(pk=case.pk)
    plan = plan_macro(macro, case, by=by)
    shown = {"mark": plan.mark, "seen": case.last_seq} | changes
    return run_macro(macro_id=macro.pk, case_id=case.pk, by=by, at=after(1), **shown)


def test_all_steps_are_done_in_one_press_and_what_is_said_comes_last(case, alpha):
    run(macro_of(alpha.lead, STEPS), case, alpha.agent)

    stored = Case.objects.get()
    assert (stored.owner, stored.severity, stored.status) == (alpha.agent, "4", "waiting")
    kinds = list(case.events.order_by("seq").values_list("kind", flat=True))
    assert kinds == [
        "case_opened",
        "assigned",
        "severity_changed",
        "note_added",
        "question_asked",
    ]
    said = list(case.messages.order_by("pk").values_list("kind", "body"))[1:]
    assert said == [
        ("reason", "It can wait, cn-alpha-contact."),
        ("question", "Dear cn-alpha-contact, which version?"),
    ]
    assert CaseTag.objects.get().tag.name == "later"


def test_step_that_fails_undoes_the_others(case, alpha):
    macro = macro_of(alpha.lead, STEPS | {"severity": "9"})

    with pytest.raises(UnknownLevel):
        run(macro, case, alpha.agent)

    assert Case.objects.get().owner is None
    assert case.events.count() == 1
    assert not CaseTag.objects.exists()


def test_what_is_so_already_is_left_out_and_nothing_at_all_is_refused(case, alpha):
    macro = macro_of(alpha.lead, {"owner": "me", "tags": ["Later"]})
    run(macro, case, alpha.agent)

    plan = plan_macro(macro, Case.objects.get(), by=alpha.agent)

    assert [step.is_so for step in plan.steps] == [True, True]
    with pytest.raises(MacroNotPossible):
        run(macro, case, alpha.agent)


def test_role_that_may_not_do_one_step_does_none(case, alpha):
    macro = macro_of(alpha.lead, {"reply": "Hello.", "tags": ["later"]})

    with pytest.raises(MacroNotPossible):
        run(macro, case, alpha.dispatcher)

    assert not CaseTag.objects.exists()


def test_what_was_not_shown_is_not_done(case, alpha):
    macro = macro_of(alpha.lead, {"reply": "Hello."})
    mark = plan_macro(macro, Case.objects.get(), by=alpha.agent).mark
    Macro.objects.update(steps={"reply": "Go away."})
    macro.refresh_from_db()

    with pytest.raises(MacroChanged):
        run(macro, case, alpha.agent, mark=mark)
    add_note(case_id=case.pk, by=alpha.lead, body="Wait.", at=after(0.5))
    with pytest.raises(MacroChanged):
        run(macro, case, alpha.agent, seen=1)


@pytest.mark.parametrize(
    ("steps", "refused"),
    [
        ({}, MacroIsEmpty),
        ({"reason": "Because."}, MacroIsEmpty),
        ({"severity": "4"}, MacroReasonMissing),
        ({"reply": "a", "solve": "b"}, UnknownStep),
        ({"close": "yes"}, UnknownStep),
        ({"owner": "7"}, UnknownStep),
        ({"severity": ["4"], "reason": "x"}, UnknownStep),
        ({"reply": "Dear {foe}"}, UnknownPlaceholder),
        ({"note": "   "}, NothingSaid),
    ],
)
def test_steps_that_make_no_macro_are_refused(steps, refused):
    with pytest.raises(refused):
        check_steps(steps)


def test_words_for_one_customer_do_not_go_to_all_of_an_incident(case, alpha):
    macro = macro_of(alpha.agent, {"note": "{contact} called.", "reply": "{contact}: {product}."})
    Case.objects.filter(pk=case.pk).update(is_incident=True)

    plan = plan_macro(macro, Case.objects.get(), by=alpha.agent)

    assert [(step.step, step.missing, step.of_one) for step in plan.steps] == [
        ("note", (), ()),
        ("reply", (), ("{contact}",)),
    ]
    assert plan.is_possible is False
    with pytest.raises(IsOfOneCustomer):
        run_macro(
            macro_id=macro.pk, case_id=case.pk, mark=plan.mark, seen=99, by=alpha.agent, at=after(1)
        )
