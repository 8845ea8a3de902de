"""Headless Chromium against the live server. Nothing but loopback resolves in it."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, sync_playwright

from accounts.models import Tenant
from accounts.tenancy import tenant
from supportdesk.demo.cast import VENDORS, hire
from supportdesk.demo.sold import purchases, sell, settle
from supportdesk.demo.stories import STORIES, tell
from tests.browser.visitor import Visitor

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
FLAGS = [
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-domain-reliability",
    "--disable-client-side-phishing-detection",
    "--metrics-recording-only",
    "--no-first-run",
    "--disable-features=OptimizationHints,MediaRouter,Translate",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost , "
    "EXCLUDE *.localhost",
]
# A Tuesday, 10:20 in New York; desk time only moves forward.
TUESDAY = datetime(2030, 3, 5, 15, 20, tzinfo=UTC)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    is_root = os.geteuid() == 0
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps a loop in this thread; what Django fears of one does not happen here.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            chromium_sandbox=not is_root,
            args=[*FLAGS, "--no-sandbox"] if is_root else FLAGS,
        )
        yield browser
        browser.close()


@pytest.fixture
def demo(transactional_db, set_desk_time, settings) -> Callable[[str], Tenant]:
    """Fill the desk of one vendor as the demo does, and give the vendor: demo("metalogix")."""
    settings.EMAIL_BACKEND = "outbox.mailbox.MailboxBackend"
    set_desk_time(TUESDAY)

    def fill(slug: str) -> Tenant:
        call_command("load_policy", f"policies/{slug}.toml", verbosity=0)
        vendor = Tenant.objects.get(slug=slug)
        plan = next(plan for plan in VENDORS if plan.slug == slug)
        with tenant(vendor) as now:
            cast = hire(plan, now)
            sell(slug, cast, now)
            for _at, happen in purchases(slug, cast, now):
                happen()
            for number, story in enumerate(STORIES):
                tell(story, number=number, vendor=slug, cast=cast, now=now)
            settle(slug, cast, now)
        return vendor

    return fill


@pytest.fixture
def visit(chromium: Browser, live_server, settings) -> Callable:
    """Visit a host: `with visit(host, face="portal") as visitor`. Every trouble is told at the end.

    With `scripts=False` the browser runs no JavaScript.
    """
    port = live_server.url.rpartition(":")[2]
    settings.SITE_PORT = f":{port}"

    @contextmanager
    def at(host: str, *, face: str, scripts: bool = True) -> Iterator[Visitor]:
        context = chromium.new_context(java_script_enabled=scripts, reduced_motion="reduce")
        context.set_default_timeout(15_000)
        visitor = Visitor(context.new_page(), f"http://{host}:{port}", face, scripts)
        yield visitor
        context.close()
        assert visitor.troubles == [], "\n".join(dict.fromkeys(visitor.troubles))

    return at
