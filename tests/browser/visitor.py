"""Somebody at a browser: what they see, what their keyboard reaches, and what the console says."""

import os
import re
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlsplit

from django.conf import settings
from playwright.sync_api import ConsoleMessage, Locator, Page, Request, Response

from tests.browser.shut_out import barriers

SCREENSHOTS = settings.BASE_DIR / "screenshots"
# `make screenshots` looks in all four ways and keeps pictures, the gate in the two that axe-core
# is asked about: all of a page by day at a desk, and its looks by night on a phone.
PICTURES = os.environ.get("PICTURES") == "all"
ASKED = [(1440, "light"), (390, "dark")]
EVERY = [(width, scheme) for width in (390, 1440) for scheme in ("light", "dark")]
LOOKS = EVERY if PICTURES else ASKED
HEIGHTS = {390: 844, 1440: 900}
# A window of 1280 pixels at 400 %: WCAG 2.2, 1.4.10.
NARROWEST = 320
MOST_STOPS = 80

# The brightness of the page's ground (0 black, 1 white), and what larger parts of it are bright.
GROUNDS = """() => {
  const brightness = (element) => {
    const [red, green, blue, alpha = 1] = getComputedStyle(element).backgroundColor
      .match(/[\\d.]+/g).map(Number);
    return alpha ? (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255 : null;
  };
  const parts = [...document.body.querySelectorAll('*')].filter((element) => {
    const box = element.getBoundingClientRect();
    return box.bottom > 0 && box.width * box.height > 2000 && brightness(element) > 0.6;
  });
  return {
    page: brightness(document.body) ?? brightness(document.documentElement) ?? 1,
    bright: parts.map((element) => `${element.tagName}.${element.className}`),
  };
}"""
# What sticks out to the right of the window, with a word to find it by.
STICKING_OUT = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.body.querySelectorAll('*')]
    .filter((element) => element.getBoundingClientRect().right > width + 1)
    .map((element) => `${element.tagName}.${element.className}: ${element.innerText}`.slice(0, 60));
}"""
FOCUSED = """() => {
  const element = document.activeElement;
  // A card shows the focus of the radio button in it.
  const styles = [element, element.closest('.choice')].filter(Boolean).map((part) =>
    getComputedStyle(part));
  const box = element.getBoundingClientRect();
  return {
    words: element.innerText || element.value || element.name || element.tagName,
    tag: element.tagName,
    // A browser's own ring ("auto") is broad enough, whatever its width is said to be.
    is_marked: styles.some((style) => style.outlineStyle === 'auto' ||
      style.boxShadow !== 'none' ||
      (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2)),
    is_seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0,
  };
}"""


@dataclass
class Visitor:
    """One browser window. `troubles` collects what no page may do."""

    page: Page
    home: str
    face: str
    runs_scripts: bool = True
    troubles: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        self.page.on("request", self._request)
        self.page.on("response", self._response)

    def open(self, address: str) -> None:
        response = self.page.goto(f"{self.home}{address}")
        assert response.status == HTTPStatus.OK, f"{address}: {response.status}"

    def sign_in(self, email: str, *, to: str) -> None:
        """Go to a page by way of the sign-in form."""
        self.open(to)
        self.page.locator("input[name=login]").fill(email)
        self.page.locator("input[name=password]").fill(settings.DEMO_PASSWORD)
        self.press("Sign in")
        assert urlsplit(self.page.url).path == urlsplit(to).path, self.page.url

    def says(self, words: str) -> bool:
        return words in " ".join(self.page.locator("body").inner_text().split())

    def press(self, name: str) -> None:
        """Press a button that leads to another page, and wait for that."""
        self.go(self.page.get_by_role("button", name=name, exact=True))

    def follow(self, name: str) -> None:
        """Follow a link, and wait for its page."""
        self.go(self.page.get_by_role("link", name=name, exact=True))

    def go(self, way: Locator) -> None:
        with self.page.expect_navigation():
            way.click()

    def press_enter(self) -> None:
        """Press Enter on what has the focus and leads to another page, and wait for that."""
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def looks_well(self, name: str, address: str | None = None) -> None:
        """Look at a page large by day and small by night; see PICTURES for more.

        Nothing may stick out to the right, by night every part of it has to be dark, and axe-core
        may find nothing serious.
        """
        if address is not None:
            self.open(address)
        for width, scheme in LOOKS:
            self.page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
            self.page.emulate_media(color_scheme=scheme)
            self._check(f"{name} at {width}, {scheme}", scheme)
            self._ask_axe(f"{name} at {width}, {scheme}", (width, scheme))
            if PICTURES:
                picture = SCREENSHOTS / f"{self.face}-{name}-{width}-{scheme}.png"
                self.page.screenshot(path=picture, full_page=True, animations="disabled")
        self.page.set_viewport_size({"width": NARROWEST, "height": HEIGHTS[390]})
        self._fits(f"{name} at {NARROWEST}")

    def tab_to(self, words: str) -> int:
        """Press Tab until what carries these words has the focus; count the presses.

        Wherever the focus stops it has to be seen.
        """
        for presses in range(1, MOST_STOPS):
            self.page.keyboard.press("Tab")
            stop = self.page.evaluate(FOCUSED)
            if stop["tag"] == "BODY":
                break
            if not (stop["is_seen"] and stop["is_marked"]):
                self.troubles.append(f"focus is not seen: {stop} on {self.page.url}")
            if words.casefold() in " ".join(stop["words"].split()).casefold():
                return presses
        raise AssertionError(f"Tab does not reach {words!r} on {self.page.url}")

    def _check(self, what: str, scheme: str) -> None:
        grounds = self.page.evaluate(GROUNDS)
        is_dark = grounds["page"] < 0.2 and not grounds["bright"]
        is_light = grounds["page"] > 0.8
        if not {"dark": is_dark, "light": is_light}[scheme]:
            self.troubles.append(f"{what}: the ground is {grounds}")
        self._fits(what)

    def _fits(self, what: str) -> None:
        out = self.page.evaluate(STICKING_OUT)
        if out:
            self.troubles.append(f"{what}: sticks out: {out[:5]}")

    def _ask_axe(self, what: str, look: tuple[int, str]) -> None:
        # All of it once, and by night and on the phone what looks can change.
        if not self.runs_scripts or look not in ASKED:
            return
        found = barriers(self.page, by_looks_only=look != (1440, "light"))
        self.troubles.extend(f"{what}: {barrier}" for barrier in found)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.troubles.append(f"console: {message.text} on {self.page.url}")

    def _request(self, request: Request) -> None:
        host = urlsplit(request.url).hostname or ""
        if host != "localhost" and not host.endswith(".localhost"):
            self.troubles.append(f"asks for {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= HTTPStatus.BAD_REQUEST:
            self.troubles.append(f"{response.status} {response.url}")
        is_page = "text/html" in response.headers.get("content-type", "")
        policy = response.headers.get("content-security-policy", "")
        # A mail that is shown as it looks may do nothing at all.
        if is_page and not re.search("default-src '(self|none)'", policy):
            self.troubles.append(f"no content security policy: {response.url}")
