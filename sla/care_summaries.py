"""What a policy says of escalations at a customer's wish, the team beside the tiers, and files."""

from collections.abc import Callable, Mapping

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sla.engine.care import Attaching
from sla.engine.policy import Policy
from sla.sentences import roles_text
from sla.words import cases_named, listed_text


def _grades(policy: Policy) -> str:
    return listed_text(grade.name for grade in policy.grades)


def _swat(policy: Policy) -> str:
    swat = policy.swat
    if not swat.when:
        return swat.name and _("%(name)s: no case brings it in by itself") % {"name": swat.name}
    said = _("%(name)s for cases with %(cases)s") % {
        "name": swat.name or _("The SWAT team"),
        "cases": cases_named(swat.when, policy),
    }
    names = [grade.name for grade in policy.grades if grade.code in swat.grades]
    members = _("members: %(names)s") % {"names": listed_text(names)}
    return f"{said}; {members}" if names else said


def _escalation(policy: Policy) -> str:
    if not policy.escalation.open:
        return _("Customers cannot ask for one.")
    if not policy.escalation.roles:
        return _("Customers may ask for one; it reaches the owner of the case.")
    told = _("Customers may ask for one; it reaches the owner of the case and: %(roles)s")
    return told % {"roles": roles_text(policy.escalation.roles)}


def _attachments(policy: Policy) -> str:
    return capfirst(", ".join((size_text(policy.attachments), kept_text(policy.attachments))))


def _diagnostics(policy: Policy) -> str:
    return policy.diagnostics.terms or _("None is given.")


def size_text(files: Attaching) -> str:
    """Say how large a file may be."""
    if files.max_megabytes is None:
        return _("as large as the platform takes")
    return _("up to %(number)d MB each") % {"number": files.max_megabytes}


def kept_text(files: Attaching) -> str:
    """Say how long files are kept (DD-35)."""
    if files.retention_days is None:
        return _("kept as long as the case")
    told = ngettext(
        "kept %(number)d day after the case is closed",
        "kept %(number)d days after the case is closed",
        files.retention_days,
    )
    return told % {"number": files.retention_days}


CARE_SUMMARIES: Mapping[str, Callable[[Policy], str]] = {
    "grades": _grades,
    "swat": _swat,
    "escalation": _escalation,
    "attachments": _attachments,
    "diagnostics": _diagnostics,
}
