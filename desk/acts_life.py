"""Acts on the case page about questions, links, merges and incidents."""

from collections.abc import Callable

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from desk import life_forms as forms
from desk.act import ANY, CLOSED, WAITING, Act
from desk.scene import Scene
from tickets.actions.defects import told_at_once
from tickets.models import Defect

State = Defect.State


def _has_defect(scene: Scene) -> bool:
    return scene.case.defect_id is not None and not _is_shipped(scene)


def _is_shipped(scene: Scene) -> bool:
    return scene.life.defect is not None and scene.life.defect.state == State.SHIPPED


def _is_promised(scene: Scene) -> bool:
    return scene.life.defect is not None and scene.life.defect.state == State.PROMISED


def _numbered(field: str) -> Callable[[Scene, forms.ActForm], Q]:
    """Choose the cases whose numbers, or number, a field of the form gives."""

    def chosen(scene: Scene, form: forms.ActForm) -> Q:
        given = form.cleaned_data[field]
        return Q(number__in=given if isinstance(given, list | tuple) else [given])

    return chosen


def _goes_on(scene: Scene, form: forms.ActForm) -> Q:
    return Q(pk=scene.case.merged_into_id)


def _with_the_fault(scene: Scene, form: forms.ActForm) -> Q:
    return Q(pk__in=told_at_once(scene.case.defect_id))


ACTS: tuple[Act, ...] = (
    Act(
        "withdraw-question",
        "answer",
        _("Take the question back"),
        _("Take the question back"),
        "ask_customer",
        forms.TakeBackForm,
        ("question_withdrawn",),
        hint=_("%(contact)s is told that nothing is needed. The clocks run again."),
        statuses=WAITING,
    ),
    Act(
        "unreachable",
        "answer",
        _("Log that nobody could be reached"),
        _("Log the attempt"),
        "log_call",
        forms.AttemptForm,
        ("attempt_logged",),
        hint=_("%(contact)s is told that we tried. It answers nobody and moves no clock."),
    ),
    Act(
        "away",
        "agree",
        _("Note that the customer is away"),
        _("Note the absence"),
        "log_call",
        forms.AwayForm,
        ("away_noted",),
        hint=_("It is not closed for want of an answer before the end of that day."),
    ),
    Act(
        "back",
        "agree",
        _("The customer is back"),
        _("End the absence"),
        "log_call",
        forms.PressForm,
        ("away_ended",),
        statuses=ANY,
        when=lambda scene: scene.case.away_until is not None,
    ),
    Act(
        "merge",
        "tie",
        _("Merge into another case of the company"),
        _("Merge this case into it"),
        "merge_cases",
        forms.MergeForm,
        ("merged",),
        hint=_(
            "This case is closed and goes on in the other one; %(contact)s is told. It can be "
            "undone for seven days."
        ),
        when=lambda scene: not scene.case.is_incident,
        stops_on_news=True,
        others=_numbered("into"),
    ),
    Act(
        "undo-merge",
        "tie",
        _("Undo the merge"),
        _("Let it go on by itself again"),
        "merge_cases",
        forms.PressForm,
        ("unmerged",),
        hint=_("%(contact)s is told, and is owed a reply."),
        statuses=CLOSED,
        when=lambda scene: scene.life.merge is not None,
        others=_goes_on,
    ),
    Act(
        "link",
        "tie",
        _("Link with another case"),
        _("Link them"),
        "link_cases",
        forms.LinkForm,
        ("case_linked",),
        hint=_("Both say so. A customer sees links to cases of their own only."),
        statuses=ANY,
        others=_numbered("other"),
    ),
    Act(
        "unlink",
        "tie",
        _("Take a link away"),
        _("Take the link away"),
        "link_cases",
        forms.UnlinkForm,
        ("case_unlinked",),
        statuses=ANY,
        when=lambda scene: bool(scene.life.linked),
        others=_numbered("other"),
    ),
    Act(
        "declare-incident",
        "tie",
        _("Make it an incident of many cases"),
        _("Make it an incident"),
        "run_incident",
        forms.PressForm,
        ("incident_declared",),
        hint=_("Other cases can hang on it then: an answer here is one to each of them."),
        when=lambda scene: not scene.case.is_incident and scene.case.incident_id is None,
    ),
    Act(
        "hang-cases",
        "tie",
        _("Hang cases on this incident"),
        _("Hang them on it"),
        "run_incident",
        forms.HangForm,
        ("incident_joined",),
        when=lambda scene: scene.case.is_incident,
        others=_numbered("cases"),
    ),
    Act(
        "end-incident",
        "tie",
        _("No incident any more"),
        _("Make it an ordinary case"),
        "run_incident",
        forms.PressForm,
        ("incident_ended",),
        statuses=ANY,
        when=lambda scene: scene.case.is_incident and not scene.life.all_children,
    ),
    Act(
        "join-incident",
        "tie",
        _("Hang it on an incident"),
        _("Hang it on the incident"),
        "run_incident",
        forms.JoinForm,
        ("incident_joined",),
        hint=_("%(contact)s is told that the cause is known."),
        when=lambda scene: bool(scene.life.incidents),
        others=_numbered("incident"),
    ),
    Act(
        "leave-incident",
        "tie",
        _("Take it off the incident"),
        _("Take it off"),
        "run_incident",
        forms.PressForm,
        ("incident_left",),
        hint=_("%(contact)s is told that it goes on by itself."),
        statuses=ANY,
        when=lambda scene: scene.case.incident_id is not None,
    ),
    Act(
        "defect",
        "tie",
        _("It is a fault of the product"),
        _("Tie it to the fault"),
        "track_defect",
        forms.DefectForm,
        ("defect_tied",),
        hint=_("%(contact)s is told, and hears once when the fix ships."),
        when=lambda scene: scene.case.product_id is not None,
    ),
    Act(
        "untie-defect",
        "tie",
        _("It is not this fault after all"),
        _("Untie it"),
        "track_defect",
        forms.PressForm,
        ("defect_untied",),
        when=_has_defect,
    ),
    Act(
        "promise-fix",
        "tie",
        _("Name the release with the fix"),
        _("Tell all who have the fault"),
        "track_defect",
        forms.PromiseFixForm,
        ("fix_promised", "fix_shipped"),
        hint=_("The customers of all open cases of this fault are told, each by a mail."),
        when=lambda scene: _has_defect(scene) and bool(scene.life.releases),
        others=_with_the_fault,
    ),
    Act(
        "drop-fix",
        "tie",
        _("Say that it will not be fixed"),
        _("Tell all who have the fault"),
        "track_defect",
        forms.DropFixForm,
        ("fix_dropped",),
        when=_has_defect,
        others=_with_the_fault,
    ),
    Act(
        "ship-fix",
        "tie",
        _("The release with the fix is out"),
        _("Tell all who wait for it"),
        "track_defect",
        forms.PressForm,
        ("fix_shipped",),
        hint=_("The contact of every open case of this fault is told, once."),
        when=_is_promised,
        others=_with_the_fault,
    ),
    Act(
        "track",
        "tie",
        _("Ask the engineers: an issue in their tracker"),
        _("Link the issue"),
        "track_defect",
        forms.TrackForm,
        ("tracker_linked",),
        hint=_("Its state is shown here, and %(contact)s reads that engineers work on it."),
        when=lambda scene: bool(scene.life.trackers),
    ),
    Act(
        "untrack",
        "tie",
        _("Take an issue of the engineers off"),
        _("Take it off"),
        "track_defect",
        forms.UntrackForm,
        ("tracker_unlinked",),
        hint=_("Both stay as they are."),
        statuses=ANY,
        when=lambda scene: bool(scene.life.issues),
    ),
    Act(
        "approve-reopen",
        "end",
        _("Open it again, as the customer asks"),
        _("It is the same problem: open it again"),
        "resolve",
        forms.ApproveForm,
        ("reopened",),
        hint=_("Nothing is charged. The desk owes a reply again."),
        statuses=CLOSED,
        when=lambda scene: scene.life.reopening is not None,
    ),
    Act(
        "decline-reopen",
        "end",
        _("It is another problem"),
        _("Leave it closed"),
        "resolve",
        forms.DeclineReopenForm,
        ("reopen_declined",),
        hint=_("%(contact)s can open a new case about it, with what they wrote and its cost."),
        statuses=CLOSED,
        when=lambda scene: scene.life.reopening is not None,
    ),
)
