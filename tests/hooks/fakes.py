"""Trackers that answer as GitHub, GitLab and Jira document it, for the calls of the desk."""

import json
import re
from typing import Any

from tests.hooks.receivers import Receiver


class FakeTracker:
    """Keeps issues and what was said on them; `answers` of the receiver come from here."""

    def __init__(self, service: Receiver) -> None:
        self.service = service
        self.issues: dict[str, dict[str, Any]] = {}
        self.said: list[tuple[str, str]] = []
        service.answer = self._answer

    def _answer(self) -> tuple[int, Any]:
        heard = self.service.heard[-1]
        for method, pattern, act in self.routes():
            found = re.fullmatch(pattern, heard.path.partition("?")[0])
            if found and heard.method == method:
                body = json.loads(heard.raw) if heard.raw else {}
                return act(body, *found.groups())
        return 404, {"message": "Not Found"}

    def routes(self) -> list:
        raise NotImplementedError

    def look(self, _body: Any, key: str) -> tuple[int, Any]:
        issue = self.issues.get(key)
        return (200, issue) if issue else (404, {"message": "Not Found"})

    def _say(self, key: str, words: str) -> tuple[int, Any]:
        self.said.append((key, words))
        return 201, {"id": len(self.said)}


class FakeGitHub(FakeTracker):
    def routes(self) -> list:
        base = r"/repos/acme/engine/issues"
        return [
            ("POST", base, self.open),
            ("GET", rf"{base}/(\d+)", self.look),
            ("POST", rf"{base}/(\d+)/comments", lambda body, key: self._say(key, body["body"])),
        ]

    def open(self, body: Any) -> tuple[int, Any]:
        number = 41 + len(self.issues) + 1
        self.issues[str(number)] = {
            "number": number,
            "state": "open",
            "state_reason": None,
            "title": body["title"],
            "body": body["body"],
            "assignees": [],
            "milestone": None,
            "html_url": f"https://github.example/acme/engine/issues/{number}",
        }
        return 201, self.issues[str(number)]


class FakeGitLab(FakeTracker):
    def routes(self) -> list:
        base = r"/api/v4/projects/acme%2Fengine/issues"
        return [
            ("POST", base, self.open),
            ("GET", rf"{base}/(\d+)", self.look),
            ("POST", rf"{base}/(\d+)/notes", lambda body, key: self._say(key, body["body"])),
        ]

    def open(self, body: Any) -> tuple[int, Any]:
        iid = len(self.issues) + 1
        self.issues[str(iid)] = {
            "id": 900 + iid,
            "iid": iid,
            "state": "opened",
            "title": body["title"],
            "description": body["description"],
            "assignees": [],
            "milestone": None,
            "web_url": f"https://gitlab.example/acme/engine/-/issues/{iid}",
        }
        return 201, self.issues[str(iid)]


class FakeJira(FakeTracker):
    def routes(self) -> list:
        base = r"/rest/api/2/issue"
        return [
            ("POST", base, self.open),
            ("GET", rf"{base}/([A-Z]+-\d+)", self.look),
            (
                "POST",
                rf"{base}/([A-Z]+-\d+)/comment",
                lambda body, key: self._say(key, body["body"]),
            ),
        ]

    def open(self, body: Any) -> tuple[int, Any]:
        fields = body["fields"]
        key = f"{fields['project']['key']}-{len(self.issues) + 1}"
        status = {"name": "Backlog", "statusCategory": {"key": "new"}}
        told = {"summary": fields["summary"], "description": fields["description"]}
        told |= {"status": status, "resolution": None, "fixVersions": []}
        self.issues[key] = {"id": "10001", "key": key, "fields": told}
        # Of a new issue Jira says no more than this.
        return 201, {
            "id": "10001",
            "key": key,
            "self": f"{self.service.url}/rest/api/2/issue/10001",
        }


FAKES = {"github": FakeGitHub, "gitlab": FakeGitLab, "jira": FakeJira}
