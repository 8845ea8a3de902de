"""How many cases a new version of the policy could touch, said before it is published."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sla.engine.policy import Policy
from sla.registry import register_publish_figure
from tickets.models import Case
from tickets.queries import OPEN


def register_figures() -> None:
    """Have the open cases counted before publishing."""
    register_publish_figure("cases", open_cases_figure)


def open_cases_figure(policy: Policy) -> str:
    """Say how many cases are open now, and so could be given new promises."""
    number = Case.objects.filter(OPEN).count()
    if not number:
        return _("No case is open now.")
    told = ngettext(
        "%(number)d case is open now. It keeps its promises, or is looked at again, as you choose.",
        "%(number)d cases are open now. They keep their promises, or each is looked at again, as "
        "you choose.",
        number,
    )
    return told % {"number": number}
