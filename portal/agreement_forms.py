"""What a customer agrees to on a case: remote access, a case of its own."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.filing.forms import BODY_LENGTH
from tickets.actions.consenting import LONGEST_CONSENT
from tickets.agreement_errors import ScopeMissing
from tickets.models import RemoteConsent
from tickets.uploading import FilesField
from tickets.wallclock import read_wall_time

SCOPE_LENGTH = RemoteConsent._meta.get_field("scope").max_length


class ConsentForm(forms.Form):
    """Until when what may be accessed; `zone` is that of the case."""

    scope = forms.CharField(
        label=gettext_lazy("What may we access?"),
        help_text=gettext_lazy("For example: the test server, as guest, while one of us watches."),
        max_length=SCOPE_LENGTH,
        error_messages={"required": ScopeMissing.message},
    )
    until = forms.CharField(
        label=gettext_lazy("Until when?"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        error_messages={"required": gettext_lazy("Say until when: it ends by itself then.")},
    )

    def __init__(self, *arguments: Any, zone: str, **options: Any) -> None:
        super().__init__(*arguments, auto_id="consent_%s", **options)
        self.zone = zone
        self.fields["until"].help_text = _(
            "On the clock of %(zone)s, %(days)d days from now at most. It ends by itself then, or "
            "with the case."
        ) % {"zone": zone, "days": LONGEST_CONSENT.days}

    def moment(self) -> datetime:
        """Read until when. Raises NotAMoment, NoSuchLocalTime."""
        return read_wall_time(self.cleaned_data["until"], self.zone, field="until")


class WithdrawForm(forms.Form):
    consent = forms.IntegerField(widget=forms.HiddenInput)


class SplitForm(forms.Form):
    """The decision about a proposal; `points` is what it was shown to cost."""

    proposal = forms.IntegerField(widget=forms.HiddenInput)
    points = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    decision = forms.ChoiceField(
        choices=[("accept", gettext_lazy("accept")), ("decline", gettext_lazy("decline"))]
    )


class FollowForm(forms.Form):
    """What is wrong again: it becomes the description of a new case."""

    reason = forms.CharField(
        label=gettext_lazy("What is still wrong?"),
        required=False,
        max_length=BODY_LENGTH,
        error_messages={
            "max_length": gettext_lazy(
                "This is too long: %(show_value)d characters, and %(limit_value)d fit."
            )
        },
    )
    files = FilesField()
    # What becomes of a draft that is there already.
    draft = forms.ChoiceField(required=False, choices=[("keep", ""), ("replace", "")])
