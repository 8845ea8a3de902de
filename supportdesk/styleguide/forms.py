"""A form with one field of each kind, to look at. English only: it is for who builds pages."""

from django import forms

LEVELS = (("1", "Nobody can work"), ("2", "Some cannot work"), ("3", "A question"))


class Shown(forms.Form):
    subject = forms.CharField(
        label="Subject", help_text="In one line, as you would say it on the phone.", max_length=80
    )
    email = forms.EmailField(label="E-mail address")
    pieces = forms.IntegerField(label="How many", min_value=1, required=False)
    last_day = forms.DateField(
        label="Last day", widget=forms.DateInput(attrs={"type": "date"}), required=False
    )
    level = forms.ChoiceField(label="Level", choices=LEVELS)
    body = forms.CharField(label="What happens", widget=forms.Textarea(attrs={"rows": 4}))
    is_urgent = forms.BooleanField(label="Call me as well", required=False)


def empty() -> Shown:
    """Give the form before anything is typed."""
    return Shown(auto_id="empty_%s")


def wrong() -> Shown:
    """Give the form as it comes back with faults."""
    sent = {"subject": "", "email": "nobody", "pieces": "0", "level": "3", "body": "It stops."}
    return Shown(sent, auto_id="wrong_%s")
