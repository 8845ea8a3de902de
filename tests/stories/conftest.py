from collections.abc import Callable
from datetime import datetime

import pytest

from tests.packs import publish
from tests.stories.house import House
from tests.twins import Twin


@pytest.fixture
def open_house(alpha: Twin, beta: Twin, browse, set_desk_time, settings) -> Callable[..., House]:
    """Open alpha under a pack, at a moment: open_house("msp", at). Beta follows the same pack."""
    settings.EMAIL_BACKEND = "outbox.mailbox.MailboxBackend"

    def under(pack: str, at: datetime) -> House:
        for twin in (alpha, beta):
            publish(twin, pack)
        house = House(alpha, browse, set_desk_time)
        set_desk_time(at)
        return house

    return under
