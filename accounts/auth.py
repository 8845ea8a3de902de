"""Signing in, only to the tenant that is entered."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import check_password
from django.db.models import Value
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from accounts import roles
from accounts.languages import spoken
from accounts.models import Person, email_key
from accounts.places import site_url

UNUSABLE = "!"


class PersonBackend(BaseBackend):
    """People of the entered tenant, by address and password."""

    def authenticate(
        self,
        request: HttpRequest | None,
        email: str | None = None,
        password: str | None = None,
        **_others: object,
    ) -> Person | None:
        """Find the active person with this address and password, or None.

        Takes the time of one hash whether or not there is such a person, and one with a password.
        """
        if not email or password is None:
            return None
        person = person_with_email(email)
        may_sign_in = person is not None and person.is_active
        encoded = person.password if person is not None and may_sign_in else UNUSABLE
        return person if check_password(password, encoded) else None

    def get_user(self, user_id: int) -> Person | None:
        return Person.objects.filter(pk=user_id, is_active=True).first()


def person_with_email(email: str) -> Person | None:
    """Find the person of the entered tenant with this address, however it is spelt."""
    return Person.objects.filter(email_key=email_key(Value(email))).first()


def home_of(person: Person) -> str:
    """Name the page where a person's day begins."""
    return "/desk/" if person.role in roles.DESK else "/"


class AccountAdapter(DefaultAccountAdapter):
    """allauth's decisions, ours: nobody signs up, links carry the vendor's stored address."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _(
            "This e-mail address and password do not go together here. Check both, and that this "
            "is your vendor's page; or set a new password below."
        ),
        "too_many_login_attempts": _(
            "Too many attempts with this e-mail address. Wait five minutes and try again, or set a "
            "new password below."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def set_password(self, user: Person, password: str) -> None:
        # allauth would save the whole row as it was read, and let in again who was just shut out.
        user.set_password(password)
        user.save(update_fields=["password"])

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        assert isinstance(request.user, Person)
        return home_of(request.user)

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_login")

    def send_password_reset_mail(
        self, user: Person, email: str, context: dict[str, object]
    ) -> None:
        # Whoever asks for the link need not be who reads it.
        with translation.override(spoken(user.language)):
            super().send_password_reset_mail(user, email, context)

    def get_reset_password_from_key_url(self, key: str) -> str:
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return site_url(context.request.tenant, path.replace("UID-KEY", key))

    def format_email_subject(self, subject: str) -> str:
        return f"[{context.request.tenant.name}] {subject}"

    def is_safe_url(self, url: str) -> bool:
        # allauth would also allow all of ALLOWED_HOSTS, which are the other vendors.
        request = context.request
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )
