"""Telling the layers below where a draft stands, which they cannot read."""

from dataclasses import replace
from datetime import datetime

from accounts.models import Person
from entitlements.drafts import DraftStanding, register_draft_look
from portal.filing.draft import read_filing
from sla.errors import NoPolicy
from tickets.drafts import draft_of
from tickets.filing import refusal_sentence, weigh


def register_drafts() -> None:
    """Register how a draft is weighed."""
    register_draft_look(standing_of)


def standing_of(person: Person, channel: str, at: datetime) -> DraftStanding | None:
    """Weigh a person's draft as if it were sent now, by another channel if one is named.

    A release that has not been asked for yet does not count as missing. None without a draft.
    """
    draft = draft_of(person)
    if draft is None or person.company_id is None:
        return None
    try:
        filing = read_filing(by=person, answers=draft.answers, at=at)
    except NoPolicy:
        return None
    known = filing.policy.channel(channel) is not None
    wish = replace(filing.wish, channel=channel) if known else filing.wish
    refusals = weigh(wish, by=person, at=at).refusals
    return DraftStanding(
        subject=filing.answers.get("subject", ""),
        refused=tuple(
            (refusal.code, refusal_sentence(refusal, filing.policy))
            for refusal in refusals
            if refusal.code != "release_needed" or "release" in filing.answers
        ),
    )
