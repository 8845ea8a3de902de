"""allauth's forms in our words: one name for a thing, and nothing twice."""

from allauth.account import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LABELS = {
    "login": _("E-mail address"),
    "email": _("E-mail address"),
    "remember": _("Stay signed in on this computer"),
    "oldpassword": _("Current password"),
}
NEW_PASSWORD = {"password1": _("New password"), "password2": _("New password, once more")}


class Worded:
    """Name the fields as `labels` does; a placeholder would only repeat the label."""

    labels: dict[str, Promise] = LABELS

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = self.labels.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)


class LoginForm(Worded, forms.LoginForm):
    pass


class ResetPasswordForm(Worded, forms.ResetPasswordForm):
    pass


class ChangePasswordForm(Worded, forms.ChangePasswordForm):
    labels = LABELS | NEW_PASSWORD


class SetPasswordForm(Worded, forms.SetPasswordForm):
    labels = NEW_PASSWORD


class ResetPasswordKeyForm(Worded, forms.ResetPasswordKeyForm):
    labels = NEW_PASSWORD
