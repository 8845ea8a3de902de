"""Replaying past cases under another policy: long work in parts, one reading of events each.

The engine's own function judges (`sla.engine.replay`); here cases are chosen, events read, and what
was found is written down. Params of the job are moments in epoch seconds, codes and a checksum.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import Any

from django.db.models import BigIntegerField, F, Func, QuerySet, TextField
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.tenancy import current_tenant_id
from jobs.actions import start_job
from jobs.models import Job
from jobs.registry import JobKind, Part, register
from sla.documents import policy_of, read_rows
from sla.engine.clock import Event
from sla.engine.document import canonical_text, checksum
from sla.engine.kinds import WAITING
from sla.engine.policy import Policy
from sla.engine.replay import Replay
from sla.engine.verdicts import LATE, TO_KEPT, TO_LATE, Fired, Outcome, Replayed, direction
from sla.engine.walltime import wall_reading
from sla.models import PolicyVersion
from sla.queries import access_version, originals_by_number, parsed, working_copy
from tickets.errors import SpanIsEmpty
from tickets.models import Case, CaseEvent
from tickets.replay_models import ReplayedText, ReplayFlip, ReplayGap
from tickets.timeline import moment, seconds_of

KIND = "replay"
CASES_PER_PART = 2_000
ROWS_PER_INSERT = 2_000
VERSIONED = ("case_opened", "policy_retargeted")
DIMENSIONS = ("plan", "severity", "priority", "weekday", "kind")
MOVED = "moved"
FIGURES = ("clocks", "late_before", "late_after", TO_LATE, TO_KEPT, MOVED)
_THURSDAY = 3  # the first day of the epoch

Timeline = tuple[int, list[Event]]


def start_replay(
    *,
    since: datetime,
    until: datetime,
    by: Person,
    at: datetime,
    version: int | None = None,
    plan: str = "",
) -> Job:
    """Order the replay of the cases opened in [since, until), of one plan or of all.

    Under published version number `version`, else under the working copy as it is now: its text is
    kept, for the copy goes on changing. Raises SpanIsEmpty, NoDraft, NotFound, NotAllowed.
    """
    if since >= until:
        raise SpanIsEmpty(field="until")
    digest = access_version(version).checksum if version else _keep_working_copy()
    params = {
        "from": seconds_of(since),
        "to": seconds_of(until),
        "plan": plan,
        "version": version,
        "checksum": digest,
    }
    return start_job(kind=KIND, params=params, by=by, at=at)


def register_replay() -> None:
    """Tell the jobs how this kind of work is done."""
    how = JobKind(
        title=_("Replay of past cases"), plan=plan, work=work, finish=finish, url=_report_page
    )
    register(KIND, how)


def plan(job: Job, at: datetime) -> list[Part]:
    """Divide the cases of the span by their ids, into parts of the same size."""
    ids = list(cases_of(job.params).order_by("pk").values_list("pk", flat=True))
    sets = [ids[first : first + CASES_PER_PART] for first in range(0, len(ids), CASES_PER_PART)]
    return [Part({"first": some[0], "last": some[-1]}, len(some)) for some in sets]


def work(job: Job, params: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """Replay the cases of one part; write what flips, give back the sums."""
    timelines = list(_timelines(job, params))
    policies = originals_by_number(_versions(timelines))
    replay = Replay(policy_under(job.params), seconds_of(job.requested_at))
    tally = _Tally(job)
    for case_id, events in timelines:
        tally.add(case_id, events, replay.case(events, policies))
    ReplayFlip.objects.bulk_create(tally.flips, batch_size=ROWS_PER_INSERT)
    ReplayGap.objects.bulk_create(tally.gaps, batch_size=ROWS_PER_INSERT)
    return tally.sums()


def finish(job: Job, results: Sequence[Mapping[str, Any]], at: datetime) -> dict[str, Any]:
    """Add up the sums of all parts."""
    total: dict[str, Any] = {}
    for result in results:
        _add(total, result)
    return total


def cases_of(params: Mapping[str, Any]) -> QuerySet[Case]:
    """Select the cases that a replay is about."""
    cases = Case.objects.filter(
        opened_at__gte=moment(params["from"]), opened_at__lt=moment(params["to"])
    )
    return cases.filter(plan=params["plan"]) if params["plan"] else cases


def policy_under(params: Mapping[str, Any]) -> Policy:
    """Read the policy that was replayed under, by its checksum."""
    digest = params["checksum"]
    return parsed(digest, text_under(params))


def text_under(params: Mapping[str, Any]) -> str:
    """Read the text that was replayed: of a version, or kept of the working copy."""
    rows = PolicyVersion if params["version"] else ReplayedText
    found = rows.objects.filter(checksum=params["checksum"]).values_list("document", flat=True)
    return found[0]


def _report_page(job: Job) -> str:
    return reverse("admin:replay_report", args=[job.pk])


class _Tally:
    """What one part found: rows to be written, and sums."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.zone = job.tenant.time_zone
        self.flips: list[ReplayFlip] = []
        self.gaps: list[ReplayGap] = []
        self.cases = 0
        self.judged: Counter[tuple] = Counter()
        self.steps_before: Counter[str] = Counter()
        self.steps_after: Counter[str] = Counter()

    def add(self, case_id: int, events: Sequence[Event], found: Replayed) -> None:
        self.cases += 1
        day, _ = wall_reading(self.zone, events[0].at)
        weekday = (day + _THURSDAY) % 7
        self._add_gaps(case_id, found)
        self.steps_before.update(step.step for step in found.steps_before)
        self.steps_after.update(step.step for step in found.steps_after)
        facts = found.facts
        codes = (facts.plan or "", facts.severity or "", facts.priority or "", weekday)
        for one in found.outcomes:
            if one.kind == WAITING:  # it is the customer's time
                continue
            judged = (one.is_promised, one.before, one.after, _is_moved(one))
            self.judged[(*codes, one.kind, *judged)] += 1
            if one.flips:
                self.flips.append(self._flip(case_id, codes, one, found))

    def sums(self) -> dict[str, Any]:
        """Give the part's result: figures of promises in all and by dimension, steps, the rest."""
        sums: dict[str, Any] = {
            "cases": self.cases,
            "gaps": len({gap.case_id for gap in self.gaps}),
        }
        sums["steps_before"], sums["steps_after"] = dict(self.steps_before), dict(self.steps_after)
        for (*codes, promised, before, after, moved), number in self.judged.items():
            figures = {name: number for name in _figures_of(before, after)}
            if moved:
                figures[MOVED] = number
            by = dict(zip(DIMENSIONS, codes, strict=True))
            if promised:
                _add(sums, {"total": figures})
                _add(sums, {f"by_{name}": {str(by[name]): figures} for name in DIMENSIONS[:-1]})
            _add(sums, {"by_kind": {by["kind"]: figures}})
        return sums

    def _add_gaps(self, case_id: int, found: Replayed) -> None:
        missing = [*found.unknown, *([("", found.fault)] if found.fault else [])]
        self.gaps.extend(
            ReplayGap(
                tenant_id=self.job.tenant_id, job=self.job, case_id=case_id, axis=axis, code=code
            )
            for axis, code in missing
        )

    def _flip(
        self, case_id: int, codes: tuple[str, str, str, int], one: Outcome, found: Replayed
    ) -> ReplayFlip:
        plan, severity, priority, weekday = codes
        before = {step.key for step in found.steps_before if _is_of(step, one)}
        after = {step.key for step in found.steps_after if _is_of(step, one)}
        return ReplayFlip(
            tenant_id=self.job.tenant_id,
            job=self.job,
            case_id=case_id,
            kind=one.kind,
            started_seq=one.started_seq,
            before=one.before,
            after=one.after,
            direction=one.direction,
            is_promised=one.is_promised,
            due_before=moment(one.due_before),
            due_after=moment(one.due_after),
            plan=plan,
            severity=severity,
            priority=priority,
            weekday=weekday,
            steps_only_before=len(before - after),
            steps_only_after=len(after - before),
        )


def _is_of(step: Fired, one: Outcome) -> bool:
    return (step.clock, step.origin) == (one.kind, one.origin)


def _is_moved(one: Outcome) -> bool:
    """Tell whether a clock is due at another time on either side, with the same verdict."""
    dues = (one.due_before, one.due_after)
    return not one.flips and None not in dues and one.due_before != one.due_after


def _figures_of(before: str, after: str) -> Iterator[str]:
    yield "clocks"
    if before in LATE:
        yield "late_before"
    if after in LATE:
        yield "late_after"
    way = direction(before, after)
    if way in FIGURES:
        yield way


def _add(total: dict[str, Any], more: Mapping[str, Any]) -> None:
    """Add figures to figures, however deep they lie."""
    for name, value in more.items():
        if isinstance(value, Mapping):
            _add(total.setdefault(name, {}), value)
        else:
            total[name] = total.get(name, 0) + value


def _keep_working_copy() -> str:
    """Keep the canonical text of the working copy; give its checksum. Raises NoDraft."""
    text = canonical_text(policy_of(read_rows(working_copy())))
    digest = checksum(text)
    kept = ReplayedText(tenant_id=current_tenant_id(), checksum=digest, document=text)
    ReplayedText.objects.bulk_create([kept], ignore_conflicts=True)
    return digest


def _timelines(job: Job, params: Mapping[str, Any]) -> Iterator[Timeline]:
    """Read the events of a part's cases in one statement, without model instances."""
    ids = cases_of(job.params).filter(pk__range=(params["first"], params["last"])).values("pk")
    rows = (
        # What came in after the order would make a part depend on when it is done.
        CaseEvent.objects.filter(case__in=ids, occurred_at__lte=job.requested_at)
        .order_by("case_id", "seq")
        .values_list(
            "case_id",
            "seq",
            "kind",
            _EpochSeconds("occurred_at"),
            Cast(F("payload"), TextField()),
            "caused_by",
        )
    )
    decoded = lru_cache(maxsize=None)(json.loads)  # most payloads of a part say the same
    for case_id, entries in groupby(rows.iterator(chunk_size=20_000), key=lambda row: row[0]):
        yield (
            case_id,
            [Event(seq, kind, at, decoded(text), by) for _, seq, kind, at, text, by in entries],
        )


def _versions(timelines: Iterable[Timeline]) -> set[int]:
    return {
        event.payload["policy_version"]
        for _, events in timelines
        for event in events
        if event.kind in VERSIONED
    }


class _EpochSeconds(Func):
    # Fractions are dropped, as `seconds_of` does.
    template = "floor(extract(epoch from %(expressions)s))::bigint"
    output_field = BigIntegerField()
