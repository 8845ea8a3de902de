"""What shuts people out of a page, as axe-core finds it (WCAG 2.0 to 2.2, A and AA)."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# By night, and on a phone, only these can come out otherwise.
BY_LOOKS = ["color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable"]
GRAVE = {"serious", "critical"}

_axe = Axe()


def barriers(page: Page, *, by_looks_only: bool = False) -> list[str]:
    """List what is serious or critical on the page as it is: the rule, and up to three places."""
    asked = ("rule", BY_LOOKS) if by_looks_only else ("tag", LEVELS)
    chosen = {"type": asked[0], "values": asked[1]}
    # Without preloading: axe would fetch style sheets anew, which the pages do not allow.
    options = {"runOnly": chosen, "resultTypes": ["violations"], "preload": False}
    found = _axe.run(page, options=options).response["violations"]
    return [_told(fault) for fault in found if fault["impact"] in GRAVE]


def _told(fault: dict) -> str:
    places = [" ".join(map(str, node["target"])) for node in fault["nodes"]]
    more = f" and {len(places) - 3} more" if len(places) > 3 else ""
    return f"{fault['id']}: {'; '.join(places[:3])}{more}"
