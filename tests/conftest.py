"""Fixtures for all tests. Look-alike vendors are always there to leak into: see tests/twins.py."""

import gc
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.conf import settings
from django.test import Client, TestCase, TransactionTestCase

from accounts.models import Person, Tenant
from accounts.places import host_of
from accounts.queries import operators_tenant
from accounts.tenancy import tenant
from supportdesk.local import embedded
from tests.database import empty_tables, own_database, remember_standing_rows
from tests.distribution import LongestFirst, put_longest_first
from tests.moved_clock import move_clock_to
from tests.twins import SLUGS, Twin, standing_twin

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def pytest_configure(config: pytest.Config) -> None:
    # WhiteNoise serves from the finders here; nobody has collected anything.
    config.addinivalue_line("filterwarnings", "ignore:No directory at:UserWarning")
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    # Every client has a handler of its own, and each would look at all static files: 15 ms.
    settings.WHITENOISE_AUTOREFRESH = True
    # An answer leaves at once but in the tests of holding it back.
    settings.UNDO_SEND_SECONDS = 0
    # The daily work removes bytes without a row: never those of the demo of this checkout.
    shelves = TemporaryDirectory(prefix="supportdesk-tests-")
    settings.ATTACHMENT_ROOT = Path(shelves.name)
    config.add_cleanup(shelves.cleanup)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Tests that commit are emptied by the owner; the others roll back and need the app role only.
    TransactionTestCase.databases = {"default", "owner"}
    TransactionTestCase._fixture_teardown = lambda *_self: empty_tables()
    TestCase.databases = {"default"}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LongestFirst | None:
    if config.getvalue("dist") != "loadfile":
        return None
    config.option.loadscopereorder = False
    return LongestFirst(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        put_longest_first(items)


def pytest_collection_finish() -> None:
    """Let the collector leave alone what stays until the end: modules and the tests themselves."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_blocker,
    django_db_modify_db_settings: None,
    django_db_keepdb: bool,
    django_db_createdb: bool,
) -> Iterator[None]:
    embedded.ensure()
    database = own_database(reuse=django_db_keepdb, fresh=django_db_createdb)
    with ExitStack() as stack:
        with django_db_blocker.unblock():
            stack.enter_context(database)
            # Committed once; tests roll back around them, and what a test commits is removed.
            for slug in SLUGS:
                standing_twin(slug)
            remember_standing_rows()
        yield
        stack.enter_context(django_db_blocker.unblock())


@pytest.fixture
def at() -> datetime:
    return MONDAY


@pytest.fixture
def twins(db) -> dict[str, Twin]:
    """Two vendors that differ in nothing but their canaries."""
    return {slug: standing_twin(slug) for slug in SLUGS}


@pytest.fixture
def alpha(twins: dict[str, Twin]) -> Twin:
    return twins["alpha"]


@pytest.fixture
def beta(twins: dict[str, Twin]) -> Twin:
    return twins["beta"]


@pytest.fixture
def entered(alpha: Twin) -> Iterator[datetime]:
    """Be inside alpha for the whole test. Not for tests with requests, which enter themselves."""
    with tenant(alpha.tenant) as at:
        yield at


@pytest.fixture
def operators(db) -> Tenant:
    return operators_tenant()


@pytest.fixture
def browse() -> Callable[..., Client]:
    """Give a client at a vendor's address, perhaps signed in: browse(alpha.tenant, alpha.lead)."""

    def at_vendor(vendor: Tenant, person: Person | None = None) -> Client:
        client = Client(headers={"host": host_of(vendor)})
        if person is not None:
            with tenant(vendor):
                client.force_login(person)
        return client

    return at_vendor


@pytest.fixture
def set_desk_time(db, settings) -> Callable[[datetime], None]:
    """Move the desk's clock to a literal moment, which must lie ahead of the real one.

    The clock then stands still, for a test that rolls back is one transaction.
    """
    settings.DEMO = True

    def move_to(moment: datetime) -> None:
        with tenant(operators_tenant()):
            move_clock_to(moment)

    return move_to
