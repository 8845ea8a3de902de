"""What the vendor has told its customers lately, for the start page."""

from datetime import datetime, timedelta

from accounts.models import Person
from entitlements.holdings import Holding
from entitlements.models import Bulletin
from entitlements.topics import Choices, choices_of, find_topic, is_open_to, wants
from portal.lifecycle.reading import holding_for

SHOWN_FOR = timedelta(days=30)
SHOWN = 3
# So many of the latest are looked through for those that are this customer's.
LOOKED_THROUGH = 50


def notices_for(person: Person, at: datetime) -> list[Bulletin]:
    """List the newest notes to topics that a person may have and has not switched off.

    One statement where nothing was written lately, else some more, however much it was.
    """
    written = Bulletin.objects.filter(sent_at__gte=at - SHOWN_FOR, sent_at__lte=at)
    latest = list(written.select_related("product").order_by("-sent_at", "-pk")[:LOOKED_THROUGH])
    if not latest:
        return []
    holding, choices = holding_for(person, at), choices_of(person)
    return [one for one in latest if _is_for(one, holding, choices)][:SHOWN]


def _is_for(note: Bulletin, holding: Holding, choices: Choices) -> bool:
    topic = find_topic(holding.policy, note.topic)
    if topic is None or not is_open_to(topic, holding, note.product):
        return False
    return wants(topic, choices, note.product_id)
