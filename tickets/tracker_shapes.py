"""How Jira, GitHub and GitLab are called, and what they answer: bytes and values, no database.

Jira: REST API 2. GitHub: REST, version 2022-11-28. GitLab: API v4. Of an issue only key, address,
state and the version of its fix are read, each cut to its length; nothing of its text.
"""

import json
import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError
from outbox.hook_models import WebhookEndpoint
from outbox.hook_registry import Call
from tickets.tracker_models import TrackerLink

Shape, State = WebhookEndpoint.Shape, TrackerLink.State
JSON = {"Content-Type": "application/json"}
LABEL = "supportdesk"
JIRA_KEY = re.compile(r"[A-Z][A-Z0-9_]{0,40}-[0-9]{1,12}")
NUMBER = re.compile(r"[0-9]{1,12}")
# What Jira calls what is not done after all; a vendor's own words count as done.
DROPPED = frozenset(
    {"won't fix", "won't do", "wontfix", "duplicate", "cannot reproduce", "declined"}
)


class NotAnIssue(DomainError):
    """The tracker answered with something in which no issue can be recognised."""

    code = "not_an_issue"
    message = _("The answer of the tracker makes no sense here.")


@dataclass(frozen=True)
class Issue:
    """An issue as its tracker tells it; `remote_state` in its own words."""

    key: str
    url: str
    state: str
    remote_state: str
    fixed_in: str = ""


@dataclass(frozen=True)
class Tracker:
    """The calls of one kind of tracker: to open an issue, to say something on one, to look at one.

    `read` takes an issue as it stands in answers, with the base of its addresses.
    """

    open: Callable[[WebhookEndpoint, str, str], Call]
    say: Callable[[WebhookEndpoint, str, str], Call]
    look: Callable[[WebhookEndpoint, str], Call]
    read: Callable[[Mapping[str, Any], str], Issue]
    of_hook: Callable[[Mapping[str, Any]], tuple[str, Mapping[str, Any] | None]]


def read_issue(endpoint: WebhookEndpoint, body: Any) -> Issue:
    """Read an issue out of what a tracker said. Raises NotAnIssue."""
    try:
        found = TRACKERS[endpoint.shape].read(body, _base(endpoint))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise NotAnIssue from error
    url = _kept(found.url, 500)
    return Issue(
        key=_kept(found.key, 60),
        url=url if url.startswith(("https://", "http://")) else "",
        state=found.state,
        remote_state=_kept(found.remote_state, 80),
        fixed_in=_kept(found.fixed_in, 80),
    )


def key_of(endpoint: WebhookEndpoint, text: str) -> str:
    """Take the key of an issue from what somebody typed: a key, a number, or its whole address.

    A number is only believed with the address of the endpoint's own project. Raises NotAnIssue.
    """
    named, is_jira = text.strip().rstrip("/"), endpoint.shape == Shape.JIRA
    before, _slash, last = named.rpartition("/")
    last = last.lstrip("#").upper()
    if not (JIRA_KEY if is_jira else NUMBER).fullmatch(last):
        raise NotAnIssue(_("Give the key or the number of the issue."), field="issue")
    within = f"/{endpoint.project}/".casefold()
    if before and not is_jira and within not in f"{before}/".casefold():
        elsewhere = _("This issue is not in %(project)s, where this tracker keeps its issues.")
        raise NotAnIssue(elsewhere, field="issue", project=endpoint.project)
    return last


def _kept(text: str, most: int) -> str:
    """Fit what a tracker said for a row: no signs that cannot be stored, on one line."""
    return "".join(sign for sign in text[:most] if sign.isprintable())


def _base(endpoint: WebhookEndpoint) -> str:
    return endpoint.revealed_url.rstrip("/")


def _dumped(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def _jira_headers(endpoint: WebhookEndpoint) -> dict[str, str]:
    token = endpoint.revealed_secret
    if ":" not in token:
        return JSON | {"Authorization": f"Bearer {token}"}
    return JSON | {"Authorization": f"Basic {b64encode(token.encode()).decode()}"}


def _jira_open(endpoint: WebhookEndpoint, title: str, words: str) -> Call:
    fields = {
        "project": {"key": endpoint.project},
        "issuetype": {"name": "Bug"},
        "summary": title,
        "description": words,
        "labels": [LABEL],
    }
    url = f"{_base(endpoint)}/rest/api/2/issue"
    return Call(url, _dumped({"fields": fields}), _jira_headers(endpoint))


def _jira_say(endpoint: WebhookEndpoint, key: str, words: str) -> Call:
    url = f"{_base(endpoint)}/rest/api/2/issue/{quote(key, safe='')}/comment"
    return Call(url, _dumped({"body": words}), _jira_headers(endpoint))


def _jira_look(endpoint: WebhookEndpoint, key: str) -> Call:
    asked = "?fields=status,resolution,fixVersions"
    url = f"{_base(endpoint)}/rest/api/2/issue/{quote(key, safe='')}{asked}"
    return Call(url, headers=_jira_headers(endpoint), method="GET")


def _jira_read(body: Mapping[str, Any], base: str) -> Issue:
    key, fields = str(body["key"]), body.get("fields") or {}
    status = fields.get("status") or {}
    category = (status.get("statusCategory") or {}).get("key", "new")
    resolution = str((fields.get("resolution") or {}).get("name", ""))
    state = {"indeterminate": State.PROGRESS, "done": State.DONE}.get(category, State.OPEN)
    if state == State.DONE and resolution.casefold() in DROPPED:
        state = State.DROPPED
    versions = [str(one["name"]) for one in fields.get("fixVersions") or []]
    fixed_in = versions[0] if versions else ""
    named = str(status.get("name", ""))
    return Issue(key, f"{base}/browse/{quote(key, safe='')}", state, named, fixed_in)


def _jira_hook(body: Mapping[str, Any]) -> tuple[str, Mapping[str, Any] | None]:
    issue = body["issue"]
    return str(issue["key"]), issue if "fields" in issue else None


def _github_headers(endpoint: WebhookEndpoint) -> dict[str, str]:
    return JSON | {
        "Authorization": f"Bearer {endpoint.revealed_secret}",
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
    }


def _github_url(endpoint: WebhookEndpoint, *parts: str) -> str:
    named = "/".join(quote(part, safe="") for part in parts)
    url = f"{_base(endpoint)}/repos/{quote(endpoint.project)}/issues"
    return f"{url}/{named}" if named else url


def _github_open(endpoint: WebhookEndpoint, title: str, words: str) -> Call:
    body = {"title": title, "body": words, "labels": [LABEL]}
    return Call(_github_url(endpoint), _dumped(body), _github_headers(endpoint))


def _github_say(endpoint: WebhookEndpoint, key: str, words: str) -> Call:
    url = _github_url(endpoint, key, "comments")
    return Call(url, _dumped({"body": words}), _github_headers(endpoint))


def _github_look(endpoint: WebhookEndpoint, key: str) -> Call:
    return Call(_github_url(endpoint, key), headers=_github_headers(endpoint), method="GET")


def _github_read(body: Mapping[str, Any], _base_url: str) -> Issue:
    is_closed, reason = body["state"] == "closed", body.get("state_reason")
    if is_closed:
        state = State.DROPPED if reason in ("not_planned", "duplicate") else State.DONE
    else:
        state = State.PROGRESS if body.get("assignees") else State.OPEN
    remote = f"{body['state']}: {reason}" if is_closed and reason else str(body["state"])
    url = str(body.get("html_url", ""))
    return Issue(str(int(body["number"])), url, state, remote, _milestone(body))


def _github_hook(body: Mapping[str, Any]) -> tuple[str, Mapping[str, Any] | None]:
    return str(int(body["issue"]["number"])), body["issue"]


def _gitlab_headers(endpoint: WebhookEndpoint) -> dict[str, str]:
    return JSON | {"PRIVATE-TOKEN": endpoint.revealed_secret}


def _gitlab_url(endpoint: WebhookEndpoint, *parts: str) -> str:
    project = quote(endpoint.project, safe="")
    named = "".join(f"/{quote(part, safe='')}" for part in parts)
    return f"{_base(endpoint)}/projects/{project}/issues{named}"


def _gitlab_open(endpoint: WebhookEndpoint, title: str, words: str) -> Call:
    body = {"title": title, "description": words, "labels": LABEL}
    return Call(_gitlab_url(endpoint), _dumped(body), _gitlab_headers(endpoint))


def _gitlab_say(endpoint: WebhookEndpoint, key: str, words: str) -> Call:
    url = _gitlab_url(endpoint, key, "notes")
    return Call(url, _dumped({"body": words}), _gitlab_headers(endpoint))


def _gitlab_look(endpoint: WebhookEndpoint, key: str) -> Call:
    return Call(_gitlab_url(endpoint, key), headers=_gitlab_headers(endpoint), method="GET")


def _gitlab_read(body: Mapping[str, Any], _base_url: str) -> Issue:
    if body["state"] == "closed":
        state = State.DONE
    else:
        state = State.PROGRESS if body.get("assignees") else State.OPEN
    url = str(body.get("web_url", ""))
    return Issue(str(int(body["iid"])), url, state, str(body["state"]), _milestone(body))


def _gitlab_hook(body: Mapping[str, Any]) -> tuple[str, Mapping[str, Any] | None]:
    # It names its milestone by a key only: the issue is looked at instead.
    return str(int(body["object_attributes"]["iid"])), None


def _milestone(body: Mapping[str, Any]) -> str:
    return str((body.get("milestone") or {}).get("title", ""))


TRACKERS: Mapping[str, Tracker] = {
    Shape.JIRA: Tracker(_jira_open, _jira_say, _jira_look, _jira_read, _jira_hook),
    Shape.GITHUB: Tracker(_github_open, _github_say, _github_look, _github_read, _github_hook),
    Shape.GITLAB: Tracker(_gitlab_open, _gitlab_say, _gitlab_look, _gitlab_read, _gitlab_hook),
}
