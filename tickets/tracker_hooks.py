"""What trackers say and are told: errands of the outbox, their webhooks, and the hourly look."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import DomainError, NotFound
from entitlements.daily import register_daily
from outbox.egress import Answer
from outbox.hook_models import WebhookEndpoint
from outbox.hook_registry import Call, Errand, Refs, register_errand
from tickets.actions.tracking import (
    LOOK,
    OPEN_ISSUE,
    SAY,
    give_up,
    keep_issue,
    look_at,
    standing_of,
    tell_issues,
)
from tickets.hooked import case_url
from tickets.models import TrackerLink
from tickets.timeline import register_saved
from tickets.tracker_shapes import TRACKERS, NotAnIssue, key_of, read_issue
from tickets.wording import display_number

State = TrackerLink.State


class TakenApart(NotFound):
    """The case and the issue were taken apart before this could be said."""

    code = "taken_apart"


class IsOpened(DomainError):
    """The issue is there: to ask for it again would make a second one."""

    code = "issue_is_opened"
    message = gettext_lazy("The issue was opened already; a second one would be another.")


def register_tracking() -> None:
    """Tell the outbox how trackers are called, and look at open issues about once an hour."""
    register_errand(OPEN_ISSUE, Errand(_write_open, _read_opened, _gave_up, is_once=True))
    register_errand(LOOK, Errand(_write_look, _read_looked, _gave_up))
    register_errand(SAY, Errand(_write_say))
    register_daily("trackers", look_at_open_issues)
    register_saved(lambda _timelines, entries: tell_issues(entries))


def heard_from_tracker(endpoint: WebhookEndpoint, body: Mapping[str, Any], *, at: datetime) -> None:
    """Take what the webhook of a tracker says of an issue that cases wait for.

    What does not say enough has the issue looked at. Raises NotAnIssue, and KeyError and the like
    for what is no such webhook.
    """
    if "issue" not in body and "object_attributes" not in body:
        return  # a ping, or of something else
    if body.get("object_kind", "issue") != "issue":
        return
    if not _is_of_project(endpoint, body):
        return
    key, told = TRACKERS[endpoint.shape].of_hook(body)
    for link in standing_of(endpoint, key_of(endpoint, key)):
        if told is not None:
            keep_issue(link_id=link.pk, issue=read_issue(endpoint, told), at=at)
        else:
            look_at(link, at=at, key=f"look:{link.pk}:{int(at.timestamp())}")


def _is_of_project(endpoint: WebhookEndpoint, body: Mapping[str, Any]) -> bool:
    """Tell whether a webhook is of our project: numbers of issues are another's, too."""
    repository, project = body.get("repository") or {}, body.get("project") or {}
    named = repository.get("full_name") or project.get("path_with_namespace")
    if endpoint.shape == WebhookEndpoint.Shape.JIRA:
        return True  # its keys say it
    return str(named).casefold() == endpoint.project.casefold()


def look_at_open_issues(at: datetime) -> int:
    """Have every issue looked at that is not over, for webhooks may be lost. Counts them."""
    found = TrackerLink.objects.filter(unlinked_at=None, endpoint__is_active=True)
    links = list(
        found.exclude(state__in=TrackerLink.OVER).exclude(issue="").select_related("endpoint")
    )
    for link in links:
        look_at(link, at=at, key=f"look:{link.pk}:{int(at.timestamp()) // 3600}")
    return len(links)


def _write_open(endpoint: WebhookEndpoint, refs: Refs) -> Sequence[Call]:
    link = _standing(refs)
    if link.issue:
        raise IsOpened
    case = link.case
    words = (link.words, _("Case %(number)s: %(url)s") % _named(link))
    told = "\n\n".join(part for part in words if part)
    return [TRACKERS[endpoint.shape].open(endpoint, f"{link.title} [{display_number(case)}]", told)]


def _read_opened(
    endpoint: WebhookEndpoint, refs: Refs, answers: Sequence[Answer], at: datetime
) -> None:
    keep_issue(link_id=int(refs["link"]), issue=_issue(endpoint, answers[-1]), at=at)
    link = TrackerLink.objects.select_related("endpoint").get(pk=refs["link"])
    look_at(link, at=at, key=f"look:{link.pk}:first")


def _write_look(endpoint: WebhookEndpoint, refs: Refs) -> Sequence[Call]:
    return [TRACKERS[endpoint.shape].look(endpoint, _standing(refs).issue)]


def _read_looked(
    endpoint: WebhookEndpoint, refs: Refs, answers: Sequence[Answer], at: datetime
) -> None:
    keep_issue(link_id=int(refs["link"]), issue=_issue(endpoint, answers[-1]), at=at)


def _write_say(endpoint: WebhookEndpoint, refs: Refs) -> Sequence[Call]:
    link = _standing(refs)
    said = {
        "linked": _("A customer waits for this: case %(number)s, %(url)s"),
        "resolved": _("Case %(number)s is solved: %(url)s"),
        "closed": _("Case %(number)s is closed: %(url)s"),
        "reopened": _("Case %(number)s is open again: %(url)s"),
    }[str(refs["what"])]
    return [TRACKERS[endpoint.shape].say(endpoint, link.issue, said % _named(link))]


def _gave_up(endpoint: WebhookEndpoint, refs: Refs, why: str, at: datetime) -> None:
    give_up(link_id=int(refs["link"]), why=why, at=at)


def _standing(refs: Refs) -> TrackerLink:
    found = TrackerLink.objects.select_related("case__tenant", "endpoint")
    link = found.filter(pk=refs["link"], unlinked_at=None).first()
    if link is None:
        raise TakenApart(_("The case and the issue were taken apart."))
    return link


def _named(link: TrackerLink) -> dict[str, str]:
    return {"number": display_number(link.case), "url": case_url(link.case, for_desk=True)}


def _issue(endpoint: WebhookEndpoint, answer: Answer) -> Any:
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise NotAnIssue from error
    return read_issue(endpoint, body)
