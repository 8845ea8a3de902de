"""Which release of a product is in use: remembered, and told until when each is supported."""

from collections.abc import Sequence
from dataclasses import replace

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from entitlements.models import Release
from entitlements.support_end import last_supported_day
from portal.filing.cards import Card
from portal.filing.draft import UNKNOWN_RELEASE, Filing
from portal.filing.forms import ReleaseForm
from tickets.filing import Weighed, refusal_sentence, weigh_many

UNKNOWN = gettext_lazy("I do not know")
# What is told of one release, of all that the gate finds.
ABOUT_RELEASES = frozenset({"release_unsupported", "release_needed", "support_ends_soon"})


def release_cards(form: ReleaseForm) -> list[Card]:
    """Make a card of each release, with the end of its support in words, before it is sent."""
    filing, field = form.filing, form["release"]
    choices: list[Release | None] = [*filing.releases, None]
    wishes = [replace(filing.wish, release=release) for release in choices]
    weighed = weigh_many(wishes, by=filing.by, at=filing.at)
    cards = []
    for place, (release, one) in enumerate(zip(choices, weighed, strict=True)):
        refusals = _sentences(one, one.refusals)
        if release is None and refusals:
            continue  # The gate has to know which one it is.
        notes = _sentences(one, one.notices)
        value = str(release.pk) if release else UNKNOWN_RELEASE
        cards.append(
            Card(
                value=value,
                name=release.version if release else str(UNKNOWN),
                html_id=f"{field.auto_id}_{place}",
                is_checked=str(field.value() or "") == value,
                definition="" if refusals or notes else _supported(filing, one, release),
                note=" ".join(notes),
                refusals=refusals,
            )
        )
    return cards


def _sentences(weighed: Weighed, found: Sequence) -> tuple[str, ...]:
    policy = weighed.published.policy
    told = (refusal for refusal in found if refusal.code in ABOUT_RELEASES)
    return tuple(refusal_sentence(refusal, policy) for refusal in told)


def _supported(filing: Filing, weighed: Weighed, release: Release | None) -> str:
    if release is None:
        return ""
    if release.released_on > filing.weighed.where.date_at(filing.at):
        return _("Not out yet: it comes out on %(day)s.") % {
            "day": date_format(release.released_on, "j M Y")
        }
    rule = filing.policy.release_rule(weighed.facts)
    last = last_supported_day(release, filing.releases, rule)
    if last is None:
        return _("Supported.")
    return _("Supported until %(day)s.") % {"day": date_format(last, "j M Y")}
