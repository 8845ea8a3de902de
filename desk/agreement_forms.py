"""The forms of what is agreed with the customer: points back, a refusal, a split, permission."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.forms import REASON_MISSING, ActForm, MomentInput, words
from desk.scene import Scene
from tickets.actions.consenting import LONGEST_CONSENT
from tickets.actions.declining import gives_back
from tickets.agreement_errors import ScopeMissing, UnknownDeclined
from tickets.errors import SubjectMissing
from tickets.models import Case, CaseEvent, RemoteConsent, SplitProposal
from tickets.timeline import seconds_of
from tickets.wallclock import read_wall_time
from tickets.wording import points_text

SCOPE_LENGTH = RemoteConsent._meta.get_field("scope").max_length
SUBJECT_LENGTH = SplitProposal._meta.get_field("subject").max_length


class CreditForm(ActForm):
    reason = words(
        gettext_lazy("Why it is a bug of the product; only the desk reads this"),
        rows=3,
        missing=REASON_MISSING,
    )

    def prepare(self, scene: Scene) -> None:
        back = points_text(scene.agreed.spent)
        self.fields["reason"].help_text = _("Comes back to the customer: %(points)s.") % {
            "points": back
        }


class DeclineForm(ActForm):
    declined = forms.ChoiceField(
        label=gettext_lazy("What it asks for"),
        widget=forms.RadioSelect,
        error_messages={"required": UnknownDeclined.message},
    )
    body = words(gettext_lazy("Your words to the customer; who can help is told beside them"))

    def prepare(self, scene: Scene) -> None:
        declined = scene.policy.declined
        self.fields["declined"].choices = [(part.code, _pointed(part)) for part in declined]
        self.fields["body"].help_text = self._about_points(scene)

    def _about_points(self, scene: Scene) -> str:
        spent = scene.agreed.spent
        if not spent:
            return ""
        told = (
            _("Comes back to the customer: %(points)s.")
            if gives_back(scene.timeline, scene.policy)
            else _(
                "Support has worked on it, or the policy says so: the case keeps its %(points)s."
            )
        )
        return told % {"points": points_text(spent)}


def _pointed(part: Any) -> str:
    return f"{part.name}: {part.pointer}" if part.pointer else part.name


class SplitForm(ActForm):
    subject = forms.CharField(
        label=gettext_lazy("Subject of the new case"),
        max_length=SUBJECT_LENGTH,
        error_messages={"required": SubjectMissing.message},
    )
    body = words(gettext_lazy("What it is about; the customer reads this and agrees to it"), rows=4)

    keeps_words = False

    def leaves(self, event: CaseEvent) -> bool:
        said = {name: self.cleaned_data[name].strip() for name in ("subject", "body")}
        return SplitProposal.objects.filter(pk=event.payload["split"], **said).exists()


class _SplitDecisionForm(ActForm):
    """`drawn` is the proposal that is decided on."""

    def drawn_for(self, case: Case) -> str:
        proposal = case.split_proposals.filter(state=SplitProposal.State.WAITING).first()
        return f"split {proposal.pk}" if proposal else ""


class WaiveForm(_SplitDecisionForm):
    reason = words(
        gettext_lazy("Why nothing is charged; it is kept with the exception"),
        rows=2,
        missing=REASON_MISSING,
        max_length=400,
    )


class WithdrawSplitForm(_SplitDecisionForm):
    """Nothing to fill in."""


class ConsentForm(ActForm):
    scope = forms.CharField(
        label=gettext_lazy("What may be accessed"),
        max_length=SCOPE_LENGTH,
        help_text=gettext_lazy("As the customer said it: the system, the account, who watches."),
        error_messages={"required": ScopeMissing.message},
    )
    until = forms.CharField(label=gettext_lazy("Until"), widget=MomentInput)

    def prepare(self, scene: Scene) -> None:
        self.fields["until"].help_text = _(
            "On the customer's clock (%(zone)s), %(days)d days from now at most."
        ) % {"zone": scene.case.time_zone, "days": LONGEST_CONSENT.days}

    def effect(self) -> dict[str, Any]:
        return {"until": seconds_of(self.moment())}

    def moment(self) -> datetime:
        """Read until when. Raises NotAMoment, NoSuchLocalTime."""
        zone = self.scene.case.time_zone
        return read_wall_time(self.cleaned_data["until"], zone, field="until")


class WithdrawConsentForm(ActForm):
    consent = forms.TypedChoiceField(
        label=gettext_lazy("Which permission"), widget=forms.RadioSelect, coerce=int
    )

    def prepare(self, scene: Scene) -> None:
        running = scene.agreed.consents
        self.fields["consent"].choices = [(consent.pk, consent.scope) for consent in running]
        if len(running) == 1:
            self.initial["consent"] = running[0].pk

    def effect(self) -> dict[str, Any]:
        return {"consent": self.cleaned_data["consent"]}
