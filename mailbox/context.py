"""What the frame of the desk says about incoming mail, on every page of it."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from mailbox.queries import count_waiting


def incoming(request: HttpRequest) -> dict[str, object]:
    """Give templates `mails_waiting`, which is only counted where a page asks for it."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not user.may("use_desk"):
        return {}
    return {"mails_waiting": SimpleLazyObject(count_waiting)}
