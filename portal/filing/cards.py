"""Choices as cards: the vendor's own words, and the promise beside each."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from portal.filing.draft import KEEP_LEVEL, TAKE_OFFER
from portal.filing.forms import LevelForm
from portal.filing.situation import OfferForm, offer_choices
from portal.outlook import Outlook
from portal.promises import Told, promised_for
from sla.engine.pageparts import Phone
from sla.engine.parts import CaseType, Level
from sla.openings import Opening, opening_for
from tickets.filing import Weighed, judged_level, weigh
from tickets.judging_words import elsewhere_sentence

CALLING = ("required", "refused")


@dataclass(frozen=True)
class Card:
    """One choice of a group; `html_id` is the input's."""

    value: str
    name: str
    html_id: str
    is_checked: bool
    definition: str = ""
    note: str = ""
    promise: Told | None = None
    outlook: Outlook | None = None
    opening: Opening | None = None
    phones: tuple[Phone, ...] = ()
    refusals: tuple[str, ...] = ()
    elsewhere: str = ""


def type_cards(
    field: BoundField, case_types: tuple[CaseType, ...], outlooks: Mapping[str, Outlook]
) -> list[Card]:
    """Make a card of each type of case, with the promises that are possible for it."""
    return [
        Card(
            value=case_type.code,
            name=case_type.name,
            html_id=f"{field.auto_id}_{place}",
            is_checked=field.value() == case_type.code,
            definition=case_type.definition,
            outlook=outlooks[case_type.code],
        )
        for place, case_type in enumerate(case_types)
    ]


def level_cards(form: LevelForm) -> list[Card]:
    """Make a card of each level on offer, with what this customer is promised by it."""
    field = form[form.axis]
    return [
        Card(
            value=level.code,
            name=level.name,
            html_id=f"{field.auto_id}_{place}",
            is_checked=field.value() == level.code,
            definition=level.definition,
            note=_counted(form, weighed, level).note,
            promise=promised_for(weighed),
            opening=opening_for(weighed.published.policy, weighed.facts, form.filing.at),
            phones=weighed.phones if _counted(form, weighed, level).call in CALLING else (),
            refusals=tuple(form.refusals(level.code, weighed)),
            elsewhere=_elsewhere(form, weighed),
        )
        for place, (level, weighed) in enumerate(form.weighed_choices)
    ]


def offer_cards(form: OfferForm) -> list[Card]:
    """Make a card of the level that is offered and of the one that was chosen (MX-13)."""
    filing, field = form.filing, form["offer"]
    cards = []
    for place, (answer, name) in enumerate(offer_choices(filing)):
        wish = replace(filing.wish, takes_offer=answer == TAKE_OFFER)
        weighed = weigh(wish, by=filing.by, at=filing.at)
        judged = filing.lower_level
        level = judged.offer if answer == TAKE_OFFER else judged.here
        cards.append(
            Card(
                value=answer,
                name=name,
                html_id=f"{field.auto_id}_{place}",
                is_checked=field.value() == answer,
                definition=level.definition,
                note=str(OFFER_NOTES[answer]),
                promise=promised_for(weighed),
                opening=opening_for(weighed.published.policy, weighed.facts, filing.at),
            )
        )
    return cards


def _counted(form: LevelForm, weighed: Weighed, level: Level) -> Level:
    """Find the level that counts for a chosen one: its call is owed, and its note is told."""
    judged = judged_level(weighed.wish, weighed.published.policy, form.axis)
    return judged.counts or level


def _elsewhere(form: LevelForm, weighed: Weighed) -> str:
    judged = judged_level(weighed.wish, weighed.published.policy, form.axis)
    return elsewhere_sentence(judged, weighed.wish.environment)


OFFER_NOTES = {
    TAKE_OFFER: _("Offered, because you can go on working with the workaround."),
    KEEP_LEVEL: _("Your own choice stays."),
}
