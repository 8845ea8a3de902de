"""The forms about incoming mail: one act with one button each."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.auth import person_with_email
from accounts.models import Person
from mailbox.actions import words_for_escalation
from mailbox.models import Mailbox, RawMail
from mailbox.providers import PROVIDERS

VOUCHED = _("I know that it is from the sender that it names")


class NumberField(forms.CharField):
    """The number of a case, as people write it: MX-1042, or 1042."""

    def __init__(self, **options: Any) -> None:
        super().__init__(label=_("Number of the case"), max_length=30, **options)

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        found = re.fullmatch(r"\s*(?:[A-Za-z]{1,8}\s*-?\s*|#)?(\d{1,9})\s*", text)
        return int(found[1]) if found else None


class JoinForm(forms.Form):
    number = NumberField()
    vouched = forms.BooleanField(label=VOUCHED, required=False)

    def __init__(self, data: Any = None, *, mail: RawMail) -> None:
        number = f"{mail.tenant.case_prefix}-{mail.about.number}" if mail.about else ""
        super().__init__(data, prefix="join", initial={"number": number})
        if mail.is_trusted or mail.person is None or not mail.person.is_customer:
            del self.fields["vouched"]


class OpenForm(forms.Form):
    contact = forms.EmailField(
        label=_("E-mail address of the contact"),
        help_text=_("The case is theirs; who wrote the mail is named in it."),
    )

    def __init__(self, data: Any = None, *, mail: RawMail) -> None:
        known = mail.person.email if mail.person and mail.person.is_customer else ""
        super().__init__(data, prefix="open", initial={"contact": known})

    def clean_contact(self) -> Person | None:
        person = person_with_email(self.cleaned_data["contact"])
        if person is None or not person.is_customer or not person.is_active:
            raise forms.ValidationError(_("Nobody of your customers has this address."))
        return person


class EscalateForm(forms.Form):
    number = NumberField()
    situation = forms.CharField(label=_("How things stand"), widget=forms.Textarea({"rows": 4}))
    reason = forms.CharField(
        label=_("Why they ask"), widget=forms.Textarea({"rows": 3}), required=False
    )

    def __init__(self, data: Any = None, *, mail: RawMail) -> None:
        number = f"{mail.tenant.case_prefix}-{mail.about.number}" if mail.about else ""
        words = words_for_escalation(mail)
        initial = {"number": number, "situation": words, "reason": mail.subject}
        super().__init__(data, prefix="escalate", initial=initial)


class BinForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it is thrown away"), max_length=300, initial=_("Unwanted mail")
    )

    def __init__(self, data: Any = None, *, mail: RawMail) -> None:
        super().__init__(data, prefix="bin")


class ReleaseForm(forms.Form):
    vouched = forms.BooleanField(label=VOUCHED, required=False)

    def __init__(self, data: Any = None, *, mail: RawMail) -> None:
        super().__init__(data, prefix="release")
        if mail.is_trusted or mail.parsed is None or not mail.sender:
            del self.fields["vouched"]


class MailboxForm(forms.ModelForm):
    """A mailbox. Secrets are never shown; left empty they stay as they are."""

    imap_password = forms.CharField(
        label=_("Password"),
        required=False,
        widget=forms.PasswordInput({"autocomplete": "off"}),
        help_text=_("Left empty, it stays as it is."),
    )
    hook_key = forms.CharField(
        label=_("Signing key of the provider"),
        required=False,
        widget=forms.PasswordInput({"autocomplete": "off"}),
        help_text=_("Left empty, it stays as it is."),
    )
    hook_provider = forms.ChoiceField(
        label=_("Provider"), required=False, choices=[("", _("none")), *PROVIDERS]
    )

    SECRETS = ("imap_password", "hook_key")
    field_order = (
        "code", "purpose", "authentication", "is_active", "authserv_id", "imap_host", "imap_port",
        "imap_security", "imap_user", "imap_password", "imap_folder", "imap_done_folder",
    )  # fmt: skip

    class Meta:
        model = Mailbox
        fields = (
            "code", "purpose", "authentication", "is_active", "authserv_id", "imap_host",
            "imap_port", "imap_security", "imap_user", "imap_folder", "imap_done_folder",
            "hook_provider",
        )  # fmt: skip
        help_texts = {
            "authserv_id": _(
                "The name under which the server of this mailbox writes Authentication-Results, "
                "such as mx.google.com. Without it nobody's mail is proven."
            ),
            "imap_done_folder": _("Left empty, mail stays where it is and is marked as read."),
        }

    @property
    def secrets(self) -> dict[str, str]:
        return {name: self.cleaned_data.get(name, "") for name in self.SECRETS}

    @property
    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.fields if name not in self.SECRETS}

    def _post_clean(self) -> None:
        """Leave the row alone: `save_mailbox` changes it, and knows how secrets are kept."""
