"""What somebody of the desk can do on a case: one row per form of the case page."""

from collections.abc import Mapping, Sequence
from functools import partial

from django.utils.translation import gettext_lazy as _

from desk import (
    acts_escalation,
    acts_files,
    acts_levels,
    acts_life,
    agreement_forms,
    forms,
    level_forms,
    life_forms,
)
from desk.act import ANY, ENDED, SOLVED, Act, Panel
from desk.addresses import case_address
from desk.scene import Scene
from desk.together import DRAFTED

ACTS = {
    act.code: act
    for act in (
        Act(
            "reply",
            "answer",
            _("Reply"),
            _("Send to %(everybody)s"),
            "reply_as_agent",
            forms.ReplyForm,
            ("agent_replied",),
            hint=_("On the portal and by e-mail. It answers the case."),
            stops_on_news=True,
        ),
        Act(
            "ask",
            "answer",
            _("Ask the customer"),
            _("Send the question to %(readers)s"),
            "ask_customer",
            life_forms.QuestionForm,
            ("question_asked",),
            hint=_("The clocks stand still until there is an answer."),
            stops_on_news=True,
        ),
        Act(
            "solve",
            "answer",
            _("Give the solution"),
            _("Send the solution to %(readers)s"),
            "resolve",
            life_forms.SolutionForm,
            ("resolved",),
            hint=_(
                "All clocks end. If the customer answers that it is none, the case is open again."
            ),
            stops_on_news=True,
        ),
        Act(
            "call",
            "answer",
            _("Log a call"),
            _("Log the call"),
            "log_call",
            forms.CallForm,
            ("customer_called", "agent_called"),
            hint=_("A call of ours is an answer; a call of the customer's is none."),
        ),
        Act(
            "note",
            "inside",
            _("Internal note"),
            _("Add internal note"),
            "add_note",
            forms.NoteForm,
            ("note_added",),
            hint=_("Only the desk reads this. It answers nobody and moves no clock."),
            statuses=ANY,
        ),
        Act(
            "work",
            "inside",
            _("Log work"),
            _("Log the work"),
            "reply_as_agent",
            forms.WorkForm,
            ("work_logged",),
            hint=_(
                "Only the desk reads the words. That work has begun counts as the first response "
                "and as progress."
            ),
        ),
        Act(
            "split",
            "agree",
            _("Propose a case of its own"),
            _("Propose it to %(contact)s"),
            "propose_split",
            agreement_forms.SplitForm,
            ("split_proposed",),
            hint=_(
                "For a part of the problem that is one by itself. %(contact)s is shown what it "
                "costs, and it opens when they agree."
            ),
            when=lambda scene: scene.agreed.split is None,
            stops_on_news=True,
        ),
        Act(
            "waive-split",
            "agree",
            _("Open the proposed case without a charge"),
            _("Open it, and charge nothing"),
            "waive_points",
            agreement_forms.WaiveForm,
            ("case_split",),
            when=lambda scene: scene.agreed.split is not None,
        ),
        Act(
            "withdraw-split",
            "agree",
            _("Withdraw the proposal of a case of its own"),
            _("Withdraw the proposal"),
            "propose_split",
            agreement_forms.WithdrawSplitForm,
            ("split_withdrawn",),
            statuses=ANY,
            when=lambda scene: scene.agreed.split is not None,
        ),
        Act(
            "consent",
            "agree",
            _("Log a permission for remote access"),
            _("Log the permission"),
            "log_call",
            agreement_forms.ConsentForm,
            ("consent_given",),
            hint=_("Given on the phone. %(contact)s is told what was logged, and can withdraw it."),
        ),
        Act(
            "withdraw-consent",
            "agree",
            _("End a permission for remote access"),
            _("End the permission"),
            "log_call",
            agreement_forms.WithdrawConsentForm,
            ("consent_withdrawn",),
            statuses=ANY,
            when=lambda scene: bool(scene.agreed.consents),
        ),
        Act(
            "credit",
            "agree",
            _("Give the points back: it is a bug"),
            _("Give the points back"),
            "credit_case",
            agreement_forms.CreditForm,
            ("points_credited",),
            hint=_("%(contact)s is told that it proved to be a bug of the product."),
            statuses=ANY,
            when=lambda scene: scene.policy.points.bug_credit and scene.agreed.spent > 0,
        ),
        Act(
            "decline",
            "agree",
            _("Decline: not part of the support"),
            _("Decline and close the case"),
            "decline_case",
            agreement_forms.DeclineForm,
            ("agent_replied",),
            hint=_("%(contact)s is told who can help instead. It answers the case and closes it."),
            when=lambda scene: bool(scene.policy.declined),
            stops_on_news=True,
        ),
        Act(
            "subject",
            "sort",
            _("Change the subject"),
            _("Change the subject"),
            "triage",
            forms.SubjectForm,
            ("subject_changed",),
            hint=_("%(contact)s sees the new subject; no mail goes out for it."),
        ),
        Act(
            "take",
            "sort",
            _("Take the case"),
            _("Make me the owner"),
            "assign",
            forms.TakeForm,
            ("assigned",),
            when=lambda scene: scene.by in scene.workers and scene.case.owner_id != scene.by.pk,
        ),
        Act(
            "triage",
            "sort",
            _("Triage"),
            _("Review the case"),
            "triage",
            level_forms.ReviewForm,
            ("triaged",),
            hint=_("%(contact)s is told number, promise and estimate by e-mail."),
        ),
        Act(
            "severity",
            "sort",
            _("Change the severity"),
            _("Change the severity"),
            "change_level",
            forms.SeverityForm,
            ("severity_changed",),
            hint=_("%(contact)s is told the promise before and after."),
            when=lambda scene: "severity" in scene.policy.axes,
        ),
        Act(
            "priority",
            "sort",
            _("Change the priority"),
            _("Change the priority"),
            "change_level",
            forms.PriorityForm,
            ("priority_changed",),
            hint=_("%(contact)s is told the promise before and after."),
            when=lambda scene: "priority" in scene.policy.axes,
        ),
        Act(
            "type",
            "sort",
            _("Change the type"),
            _("Change the type"),
            "change_level",
            forms.TypeForm,
            ("type_changed",),
            when=lambda scene: bool(scene.policy.case_types),
        ),
        Act(
            "schedule",
            "sort",
            _("Agree on a time"),
            _("Agree on this time"),
            "triage",
            forms.ScheduleForm,
            ("scheduled",),
            hint=_("%(contact)s is told the agreed time."),
            when=lambda scene: scene.has_slot,
        ),
        Act(
            "assign",
            "sort",
            _("Assign"),
            _("Assign the case"),
            "assign",
            level_forms.OwnerForm,
            ("assigned",),
            hint=_("The new owner is told. An owner is no progress: no clock moves."),
        ),
        Act(
            "close",
            "end",
            _("Close the case"),
            _("Close the case"),
            "resolve",
            forms.EndForm,
            ("closed",),
            statuses=SOLVED,
        ),
        Act(
            "reopen",
            "end",
            _("Reopen the case"),
            _("Reopen the case"),
            "resolve",
            forms.ReopenForm,
            ("reopened",),
            statuses=ENDED,
            hint=_("The desk owes a reply again."),
            when=lambda scene: scene.may_be_reopened,
        ),
        *acts_levels.ACTS,
        *acts_life.ACTS,
        *acts_files.ACTS,
        *acts_escalation.ACTS,
    )
}
GROUPS = ("notice", "answer", "inside", "agree", "files", "escalate", "tie", "sort", "end")


def panels(scene: Scene, sent: Mapping[str, forms.ActForm]) -> dict[str, list[Panel]]:
    """List what can be done, by group; `sent` are forms that came back, by the act's code."""
    # What was typed stays on the page, even where it has become too late for it.
    found = [act for act in ACTS.values() if act.code in sent or act.is_open_to(scene)]
    shown = _shown(scene, sent, [act.code for act in found])
    names = _names(scene)
    drawn = [
        panel_of(scene, act, sent.get(act.code), is_open=act.code == shown, names=names)
        for act in found
    ]
    return {group: [panel for panel in drawn if panel.act.group == group] for group in GROUPS}


def panel_of(
    scene: Scene,
    act: Act,
    sent: forms.ActForm | None = None,
    *,
    is_open: bool = True,
    names: Mapping[str, str] | None = None,
) -> Panel:
    """Give one act with its form, whether it can be done now or not."""
    return Panel(
        act=act,
        url=case_address(act.code, scene.case.number),
        names=names or _names(scene),
        is_open=is_open,
        draw=partial(_form, act, scene),
        sent=sent,
    )


def _shown(scene: Scene, sent: Mapping[str, forms.ActForm], codes: Sequence[str]) -> str:
    """Choose which form is open: one that came back, else what was being written, else to answer.

    Whoever answers nobody begins with a note.
    """
    waiting = [*sent, *scene.team.drafts, *DRAFTED]
    return next((code for code in waiting if code in codes), "")


def _names(scene: Scene) -> dict[str, str]:
    return {
        "contact": scene.case.contact.name,
        "readers": scene.readers,
        "everybody": scene.everybody,
        "next_tier": str(scene.case.tier + 1),
    }


def _form(act: Act, scene: Scene) -> forms.ActForm:
    form = act.form(scene=scene, prefix=act.code)
    scene.team.fill(form, act.code)
    return form
