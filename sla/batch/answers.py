"""The answer to one line of the batch: what would be promised, and why.

Computes with the functions that real cases use; touches no stored case.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from sla.batch import fields
from sla.batch.fields import BadLine, Record
from sla.batch.lines import id_of, lines, read_line, write_line
from sla.batch.vendors import Vendors
from sla.engine.calendar import (
    Calendar,
    Instant,
    Pause,
    open_seconds_between,
    parse_calendar,
)
from sla.engine.clock import Settled
from sla.engine.errors import EngineError
from sla.engine.filing import check_filing
from sla.engine.parts import Cell, Facts
from sla.engine.policy import Policy
from sla.engine.receipt import Interval, receipt
from sla.engine.span import Span, span_end
from sla.engine.target import Promise, Target, promise
from sla.explain import calendar_text, engine_error_text, refusal_text, target_text, why_texts
from sla.queries import FIRST_RESPONSE, promise_at

Answer = dict[str, Any]

OPERATIONS = ("due", "between")
# The field that each metric counts from, and the policy's span that it asks for.
SPANS = {
    "auto_close": ("waiting_since", "waiting.close_after"),
    "reopen_until": ("closed_at", "reopen.window"),
    "points_expire": ("purchased_at", "points.life"),
}
METRICS = ("response", *SPANS)
# By calendar: the field of the target that holds the amount of each kind.
AMOUNTS = {
    "elapsed": "seconds",
    "business_time": "seconds",
    "business_days": "days",
    "weeks": "weeks",
    "next_business_day": None,
    "immediate": None,
    "scheduled": None,
}
# The batch's codes for what a policy refuses; everything else is an unknown or missing value.
REFUSED = ("phone_required", "channel_not_entitled")


def answers(stream: BinaryIO) -> Iterator[str]:
    """Answer each line of JSON with a line of JSON, in the same order, as it comes in.

    A line that cannot be answered gives an error of its own. Outside of any tenant.
    """
    vendors = Vendors()
    for line in lines(stream):
        yield answer_line(line, vendors)


def answer_line(line: bytes | None, vendors: Vendors) -> str:
    """Answer one line. None stands for a line too long to be read."""
    record: Record = {}
    try:
        record = read_line(line)
        answer = _answer(record, vendors)
    except BadLine as error:
        answer = _error(error.code, str(error))
    except EngineError as error:
        answer = _error(error.code, engine_error_text(error))
    return write_line({"id": id_of(record), **answer})


def _answer(record: Record, vendors: Vendors) -> Answer:
    operation = fields.choice(record, "op", OPERATIONS)
    if operation == "between":
        return _between(record)
    if record.get("vendor") is not None:
        return _due_by_policy(record, vendors.policy(fields.text(record, "vendor")))
    if record.get("target") is not None:
        return _due_by_calendar(record)
    raise BadLine(_("vendor is missing, or calendar and target are."))


def _error(code: str, message: str) -> Answer:
    return {"ok": False, "error": {"code": code, "message": message}}


def _between(record: Record) -> Answer:
    calendar = _calendar(record)
    if calendar is None:
        raise BadLine(_("%(name)s is missing.") % {"name": "calendar"})
    a, b = fields.instant(record, "a"), fields.instant(record, "b")
    return {"ok": True, "seconds": open_seconds_between(calendar, a, b, fields.pauses(record))}


def _due_by_calendar(record: Record) -> Answer:
    calendar, target = _calendar(record), _target(record)
    opened_at, slot, pauses = _moments(record)
    promised = promise(calendar, target, opened_at, pauses, slot)
    intervals = receipt(calendar, target, promised, opened_at, pauses)
    named = calendar.zone if calendar and target.kind != "elapsed" else _("round the clock")
    return _due(promised, target_text(target), named, intervals)


def _due_by_policy(record: Record, policy: Policy) -> Answer:
    metric = fields.choice(record, "metric", METRICS)
    customer = fields.table(record, "customer") or {}
    if metric != "response":
        return _span_end(record, policy, metric, fields.zone(customer))
    facts = _facts(record, customer)
    _check(facts, policy)
    opened_at, slot, pauses = _moments(record)
    settled = promise_at(policy, facts, opened_at, slot, pauses)
    if settled.cell is None:
        return _due(settled.promise, _("no target"), None, ())
    _check_known(settled.cell)
    cell = settled.cell
    return _due(
        settled.promise,
        target_text(cell.target),
        calendar_text(cell),
        _intervals(settled, cell, pauses),
    )


def _span_end(record: Record, policy: Policy, metric: str, zone: str | None) -> Answer:
    since, name = SPANS[metric]
    span = policy.spans.get(name)
    if span is None:
        message = _("The policy of %(vendor)s sets no %(metric)s.")
        raise BadLine(message % {"vendor": policy.vendor, "metric": metric}, "unsupported")
    start = fields.instant(record, since)
    if zone is None and _follows_customer(span):
        raise BadLine(_("%(name)s is missing.") % {"name": "customer.time_zone"})
    wall = policy.span_zone(span, Facts(zone=zone))
    return {"ok": True, "due_at": _utc(span_end(span, wall, start)), "explanation": []}


def _follows_customer(span: Span) -> bool:
    return span.zone == "customer" and span.rule != "elapsed"


def _moments(record: Record) -> tuple[Instant, Instant | None, tuple[Pause, ...]]:
    return (
        fields.instant(record, "opened_at"),
        fields.optional_instant(record, "scheduled_for"),
        fields.pauses(record),
    )


def _facts(record: Record, customer: Record) -> Facts:
    return Facts(
        plan=fields.optional_text(record, "plan"),
        severity=fields.level_code(record, "severity"),
        priority=fields.level_code(record, "priority"),
        case_type=fields.optional_text(record, "case_type"),
        channel=fields.text(record, "channel"),
        region=fields.optional_text(record, "region"),
        country=fields.country(customer),
        edition=fields.optional_text(record, "edition"),
        zone=fields.zone(customer),
    )


def _check(facts: Facts, policy: Policy) -> None:
    """Refuse what could not be filed so, as for a real case."""
    has_rule = policy.rule(FIRST_RESPONSE, facts) is not None
    # A level that the rule does not depend on may be left out.
    refusals = [
        refusal
        for refusal in check_filing(policy, facts, by_customer=False)
        if not (has_rule and refusal.code == "level_needed")
    ]
    if refusals:
        # A value that makes no sense comes before what a sensible one is not entitled to.
        refusal = min(refusals, key=lambda refusal: refusal.code in REFUSED)
        code = refusal.code if refusal.code in REFUSED else "bad_request"
        raise BadLine(refusal_text(refusal, policy), code)
    if not has_rule:
        _refuse_missing(facts, policy)


def _refuse_missing(facts: Facts, policy: Policy) -> None:
    """Refuse to say "no target" where only a case type is missing to find one."""
    if facts.case_type is None and policy.case_types:
        codes = ", ".join(case_type.code for case_type in policy.case_types)
        raise BadLine(_("A case_type is needed: %(choices)s.") % {"choices": codes})


def _check_known(cell: Cell) -> None:
    """Refuse to assume where a customer is; a real case falls back and warns."""
    if cell.target.kind == "elapsed" or not cell.assumed:
        return
    needed = {"zone": "customer.time_zone", "region": "region"}[cell.assumed[0]]
    raise BadLine(_("%(name)s is missing.") % {"name": needed})


def _intervals(settled: Settled, cell: Cell, pauses: tuple[Pause, ...]) -> tuple[Interval, ...]:
    return receipt(cell.calendar, cell.target, settled.promise, settled.opened_at, pauses)


def _calendar(record: Record) -> Calendar | None:
    table = fields.table(record, "calendar")
    return None if table is None else _parsed_calendar(json.dumps(table))


@lru_cache(maxsize=256)
def _parsed_calendar(text: str) -> Calendar:
    return parse_calendar(json.loads(text))


def _target(record: Record) -> Target:
    table = fields.table(record, "target") or {}
    kind = fields.choice(table, "kind", tuple(AMOUNTS))
    name = AMOUNTS[kind]
    return Target(kind, fields.amount(table, name) if name else 0)


def _due(
    promised: Promise, target: str, calendar: str | None, intervals: tuple[Interval, ...]
) -> Answer:
    return {
        "ok": True,
        "due_at": _utc(promised.due_at),
        "due_from": _utc(promised.due_from),
        "starts_at": _utc(promised.starts_at),
        "state": promised.state,
        "need_seconds": promised.need_seconds,
        "target": target,
        "calendar": calendar,
        "explanation": [
            {
                "from": _utc(interval.start),
                "to": _utc(interval.end),
                "counted_seconds": interval.counted_seconds,
                "why": why,
            }
            for interval, why in zip(intervals, why_texts(intervals), strict=True)
        ],
    }


def _utc(at: Instant | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat()[:-6] + "Z"
