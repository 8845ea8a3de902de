"""What managers hear when an endpoint was taken out of service."""

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from accounts.places import site_url
from outbox.endpoints import DISABLED, access_endpoint
from outbox.registry import Refs, Rendered, register

IN_SERVICE = gettext_lazy("The endpoint is in service again.")


def register_hook_mail() -> None:
    """Tell the outbox about the kind."""
    register(DISABLED, _may_have, _render)


def _may_have(person: Person, refs: Refs) -> bool | str | Promise:
    if not person.may("use_admin"):
        return False
    return IN_SERVICE if access_endpoint(int(refs["endpoint"])).is_active else True


def _render(person: Person, refs: Refs) -> Rendered:
    endpoint = access_endpoint(int(refs["endpoint"]))
    url = site_url(person.tenant, reverse("admin:endpoints_endpoint", args=[endpoint.pk]))
    context = {"person": person, "vendor": person.tenant, "endpoint": endpoint, "url": url}
    return Rendered(
        subject=_("“%(name)s” is told nothing any more") % {"name": endpoint.name},
        body=render_to_string("mail/endpoint_disabled.txt", context),
        values={"link": url},
    )
