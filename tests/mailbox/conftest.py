"""A desk whose mail lands in mailboxes, and that believes the server at its own border."""

import pytest

from accounts.tenancy import tenant
from mailbox import reading
from tests.entitled import entitle
from tests.mailbox.post import OURS, in_process
from tests.packs import publish


@pytest.fixture(autouse=True)
def border(settings, tmp_path, monkeypatch):
    settings.EMAIL_BACKEND = "outbox.mailbox.MailboxBackend"
    settings.MAIL_AUTHSERV_IDS = [OURS]
    settings.MAIL_IN_DOMAIN = "localhost"
    # Nobody's mail is believed unproven.
    settings.DEMO = False
    settings.ATTACHMENT_ROOT = tmp_path / "files"
    monkeypatch.setattr(reading, "run_parser", in_process)


@pytest.fixture
def desk(alpha, beta):
    """Alpha and beta under a policy that opens cases by mail without a charge."""
    for twin in (alpha, beta):
        publish(twin, "datadynamics")
        with tenant(twin.tenant):
            entitle(twin.company)
            entitle(twin.other_company)
    return alpha
