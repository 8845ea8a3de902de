"""All answers once more, and what is promised for them, before the case is sent."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from entitlements.gate_rules import Cost
from entitlements.models import GateOverride
from portal.case_files import filing_box
from portal.filing.draft import Filing
from portal.filing.releases import UNKNOWN
from portal.promises import Told, is_moved, promised_for, receipt_beforehand
from sla.engine.pageparts import Phone
from sla.engine.parts import Level
from tickets.filing import Weighed, refusal_sentence
from tickets.judging_words import elsewhere_sentence
from tickets.models import Case
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
    judged: list[str]
    is_security: bool


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
        judged=_judged(filing),
        is_security=filing.wish.is_security,
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
    answers += _situation(filing)
    answers += _known(filing)
    answers.append(Answer(_("Description"), filing.answers["body"], "details"))
    if filing.is_availability_required:
        answers.append(Answer(_("Can be reached"), filing.answers["availability"], "details"))
    box = filing_box(filing.by, policy, filing.at)
    if box.waiting:
        answers.append(Answer(_("Files"), box.names(), "details"))
    if wish.keep_informed:
        answers.append(Answer(_("You want to hear"), _("what becomes of it"), "details"))
    return answers


def _judged(filing: Filing) -> list[str]:
    """Say before sending why another level counts than the one that was chosen (MX-11)."""
    environment = filing.wish.environment
    told = (elsewhere_sentence(judged, environment) for judged in filing.judged)
    return [sentence for sentence in told if sentence]


def _situation(filing: Filing) -> list[Answer]:
    if filing.is_wish:
        return []
    wish = filing.wish
    named = [
        (_("System"), dict(Case.Environment.choices).get(wish.environment), "situation"),
        (_("Affected"), dict(Case.Affected.choices).get(wish.affected), "situation"),
        (_("Workaround"), wish.workaround, "situation"),
        (_("Security matter"), _("yes") if wish.is_security else "", "situation"),
        (_("Level, with a workaround"), _decided(filing), "offer"),
    ]
    return [Answer(name, str(value), step) for name, value, step in named if value]


def _decided(filing: Filing) -> str:
    judged = filing.lower_level
    return judged.counts.name if judged is not None and judged.counts is not None else ""


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
