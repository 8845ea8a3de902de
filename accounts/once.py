"""A form that is sent twice does once what it says: a button that was pressed twice."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from accounts.models import Person

TOKEN_LENGTH = 32
LONGEST_TOKEN = 150
TOKEN_SECONDS = 86_400


class OnceForm(forms.Form):
    """A form with a token of its own, which is valid for one act; it is no part of what is said."""

    once = forms.CharField(required=False, max_length=LONGEST_TOKEN, widget=forms.HiddenInput)
    token = ""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.initial = {"once": new_token(), **self.initial}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.token = cleaned.pop("once", "")
        return cleaned


def new_token() -> str:
    """Make a token for a form that is about to be shown."""
    return get_random_string(TOKEN_LENGTH)


@transaction.atomic
def act_once(*, by: Person, token: str, act: Callable[[], object]) -> bool:
    """Do `act` unless the form of `token` has done it; tell whether it was done now.

    A second press waits for the first. What raises leaves the token good. Without a token it is
    done in any case.
    """
    if token and not cache.add(f"once:{by.pk}:{token}", True, TOKEN_SECONDS):
        return False
    act()
    return True


def do_once(request: HttpRequest, form: forms.Form, act: Callable[[], object]) -> None:
    """Do what a valid form asks for, and say so if its button was pressed before.

    Raises what `act` raises.
    """
    token = form.token if isinstance(form, OnceForm) else ""
    if not act_once(by=request.user, token=token, act=act):
        messages.info(request, _("This was done already; it was not done a second time."))
