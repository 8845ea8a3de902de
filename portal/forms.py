"""What a customer can say on a case."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.filing.forms import BODY_LENGTH
from tickets.errors import NothingSaid
from tickets.uploading import FileBox, FilesField


class CaseForm(forms.Form):
    """What is said on a case. `seen` is the last entry that its writer has seen."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    files = FilesField()

    def put_files_in(self, box: FileBox) -> None:
        """Say where the files of the form lie until it is sent."""
        self.fields["files"].put_in(box)

    def confirmed(self) -> dict[str, bool]:
        """Name what was ticked beside the words, as the act takes it."""
        return {}


class ReplyForm(CaseForm):
    body = forms.CharField(
        label=_("Your message"),
        max_length=BODY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": NothingSaid.message},
    )


class ReopenForm(CaseForm):
    reason = forms.CharField(
        label=_("What is still wrong?"),
        max_length=BODY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say what is still wrong, so that we know where to go on.")},
    )
    # Asked for where the case is closed (SC-18): what was only solved may be answered as it is.
    same_problem = forms.BooleanField(
        label=_("It is exactly the problem as first reported"), required=False
    )

    def confirmed(self) -> dict[str, bool]:
        return {"same_problem": self.cleaned_data["same_problem"]}


class SolvedForm(CaseForm):
    """What may stand in the box beside the button: words to send along, or against closing."""

    body = forms.CharField(required=False, max_length=BODY_LENGTH)
    reason = forms.CharField(required=False)

    def clean_reason(self) -> str:
        """Refuse to close what is still wrong."""
        if self.cleaned_data["reason"]:
            raise forms.ValidationError(
                _(
                    "You wrote what is still wrong, so the case was not closed. Open it again, or "
                    "empty the box and close it."
                ),
                code="still_wrong",
            )
        return ""
