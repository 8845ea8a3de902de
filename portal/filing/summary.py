"""All answers once more, and what is promised for them, before the case is sent."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from entitlements.gate_rules import Cost
from entitlements.models import GateOverride
from portal.filing.draft import Filing
from portal.filing.releases import UNKNOWN
from portal.promises import Told, is_moved, promised_for, receipt_beforehand
from sla.engine.parts import Level, Phone
from tickets.filing import Weighed, refusal_sentence
from tickets.reading import Receipt


@dataclass(frozen=True)
class Answer:
    """One answer, and the step on which it can be changed; "" for what is not asked."""

    name: str
    value: str
    step: str


@dataclass(frozen=True)
class Summary:
    """What the check page shows. `moved_from` is a wished time that is outside of the hours."""

    answers: list[Answer]
    wished_for: datetime | None
    asks_when: bool
    promise: Told | None
    receipt: Receipt | None
    moved_from: datetime | None
    notes: list[Level]
    call_owed: bool
    phones: tuple[Phone, ...]
    refusals: list[str]
    notices: list[str]
    cost: Cost | None
    override: GateOverride | None
    zone_is_assumed: bool


def summary_of(filing: Filing) -> Summary:
    """Prepare the check page of a draft that is answered to the end."""
    weighed = filing.weighed
    settled, wished_for = weighed.settled, filing.wish.scheduled_for
    is_elsewhere = settled is not None and is_moved(settled.promise, wished_for)
    return Summary(
        answers=_answers(filing),
        wished_for=wished_for,
        asks_when=filing.is_slot_wanted,
        promise=promised_for(weighed),
        receipt=receipt_beforehand(
            weighed, at=filing.at, scheduled_for=wished_for, zone=filing.zone
        ),
        moved_from=wished_for if is_elsewhere else None,
        notes=[level for level in filing.levels if _is_noted(level, weighed)],
        call_owed=weighed.call_owed,
        phones=weighed.phones,
        refusals=[refusal_sentence(refusal, filing.policy) for refusal in weighed.refusals],
        notices=[refusal_sentence(notice, filing.policy) for notice in weighed.notices],
        cost=weighed.cost,
        override=weighed.override,
        zone_is_assumed=weighed.where.falls_through,
    )


def _is_noted(level: Level, weighed: Weighed) -> bool:
    """Tell whether a level's note still says something once the promise is told.

    A call that is owed has a notice, and a time that is agreed leaves no more to be said of it.
    """
    settled = weighed.settled
    if settled is not None and settled.promise.state == "scheduled":
        return False
    return bool(level.note) and not (weighed.call_owed and level.call == "required")


def _answers(filing: Filing) -> list[Answer]:
    policy, wish = filing.policy, filing.wish
    parts = [
        (_("Type"), policy.case_type(wish.case_type), "what"),
        (_("Product"), filing.product if len(filing.products) > 1 else None, "what"),
    ]
    parts += [
        (level_name, policy.level(axis, getattr(wish, axis)), axis)
        for axis, level_name in (("severity", _("Severity")), ("priority", _("Priority")))
        if len(filing.offered(axis)) > 1
    ]
    answers = [Answer(name, part.name, step) for name, part, step in parts if part is not None]
    answers.insert(0, Answer(_("Subject"), filing.answers["subject"], "what"))
    answers += _known(filing)
    answers.append(Answer(_("Description"), filing.answers["body"], "details"))
    if filing.is_availability_required:
        answers.append(Answer(_("Can be reached"), filing.answers["availability"], "details"))
    if wish.keep_informed:
        answers.append(Answer(_("Wants to hear"), _("what becomes of it"), "details"))
    return answers


def _known(filing: Filing) -> list[Answer]:
    """List the release, and what is known without asking: the edition, the case it is about."""
    known = []
    if filing.releases:
        version = filing.release.version if filing.release else str(UNKNOWN)
        known.append(Answer(_("Release"), version, "release"))
    editions = {edition.code: edition.name for edition in filing.policy.editions}
    if edition := filing.weighed.facts.edition:
        known.append(Answer(_("Edition, by your contract"), editions.get(edition, edition), ""))
    if filing.origin:
        prefix = filing.by.tenant.case_prefix
        about = f"{prefix}-{filing.origin.number} {filing.origin.subject}"
        known.append(Answer(_("New case about"), about, ""))
    return known
