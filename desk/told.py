"""Who of the desk was told of what on a case, and by which way."""

from django.utils.translation import gettext as _

from escalation.models import Notice
from tickets.models import Case


def told_of(case: Case) -> dict[int, str]:
    """Say who was told of each entry of a case, by the key of the entry; one statement."""
    rows = Notice.objects.filter(case=case).order_by("pk")
    ways: dict[int, dict[bool, list[str]]] = {}
    for event, is_page, name in rows.values_list("event", "batch__is_page", "person__name"):
        ways.setdefault(event, {}).setdefault(is_page, []).append(name)
    return {event: _said(by_way) for event, by_way in ways.items()}


def _said(by_way: dict[bool, list[str]]) -> str:
    words = {True: _("Paged: %(names)s."), False: _("Told by mail: %(names)s.")}
    return " ".join(
        words[is_page] % {"names": ", ".join(by_way[is_page])}
        for is_page in (True, False)
        if is_page in by_way
    )
