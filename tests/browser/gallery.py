"""Walking through a face by its links: one page of each address, as who is signed in sees it."""

from collections import deque
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import Error, Page

LINKS = "() => [...document.querySelectorAll('a[href]')].map((link) => link.href)"
# Its bytes are saved, not shown.
SAVED = ("attachments/", "downloads/<", "brand/", "static/")


def walk(page: Page, home: str, first: list[str], urls: str) -> Iterator[tuple[str, str]]:
    """Open one page of every address that links lead to, and yield its route and its path.

    `home` is the scheme, host and port; `urls` the URL conf that its paths are looked up in.
    """
    waiting = deque(first)
    seen: set[str] = set()
    while waiting:
        path = waiting.popleft()
        route = route_of(path, urls)
        if route is None or route in seen or route.startswith(SAVED):
            continue
        seen.add(route)
        if not _is_opened(page, f"{home}{path}"):
            continue
        waiting.extend(_ways_on(page, home))
        yield route, path


def route_of(path: str, urls: str) -> str | None:
    """Name the address as the URL conf writes it; None for what it does not have."""
    try:
        return resolve(path, urls).route
    except Resolver404:
        return None


def _is_opened(page: Page, address: str) -> bool:
    try:
        answer = page.goto(address)
    except Error:
        return False  # a file to save
    return answer is not None and "text/html" in answer.headers.get("content-type", "")


def _ways_on(page: Page, home: str) -> list[str]:
    parts = [urlsplit(link) for link in page.evaluate(LINKS)]
    return [part.path for part in parts if f"{part.scheme}://{part.netloc}" == home]
