"""What is promised, and why it is due when it is."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from accounts.models import Person
from api.fields import Told
from api.shapes.cases import WishIn
from tickets.filing import Weighed, refusal_sentence
from tickets.reading import STATE_NAMES, ClockView, Receipt
from tickets.timeline import moment

STATES = list(STATE_NAMES)
PROMISE_STATES = ["running", "paused", "awaiting_schedule", "scheduled", "no_target"]


class RuleOut(Told):
    cases = serializers.CharField(help_text="Which cases it is for.")
    promise = serializers.CharField()
    note = serializers.CharField()


class NearRuleOut(RuleOut):
    why_not = serializers.CharField()


class ChangeOut(Told):
    title = serializers.CharField()
    at = serializers.DateTimeField(allow_null=True)
    before = serializers.DateTimeField(allow_null=True)
    after = serializers.DateTimeField(allow_null=True)
    because = serializers.CharField()
    reason = serializers.CharField(help_text="What the desk told the customer.")


class IntervalOut(Told):
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    counted_seconds = serializers.IntegerField(help_text="0 where it was not counted.")
    why = serializers.CharField(help_text="Why it was counted, or was not.")


class ReceiptOut(Told):
    """Every stretch of time between the start and the due time; the same as the customer reads."""

    policy_version = serializers.IntegerField()
    zone = serializers.CharField()
    zone_assumed = serializers.BooleanField()
    counted_from = serializers.DateTimeField()
    counted_seconds = serializers.IntegerField()
    intervals = IntervalOut(many=True)
    sentences = serializers.ListField(child=serializers.CharField())
    rule = RuleOut(allow_null=True)
    near_misses = NearRuleOut(many=True)
    changes = ChangeOut(many=True)


class PromiseOut(Told):
    key = serializers.CharField()
    kind = serializers.CharField()
    name = serializers.CharField()
    state = serializers.ChoiceField(choices=STATES)
    is_open = serializers.BooleanField()
    is_promised = serializers.BooleanField(help_text="False: the desk only aims at it.")
    started_at = serializers.DateTimeField(allow_null=True)
    due_from = serializers.DateTimeField(allow_null=True, help_text="The goal, where one is told.")
    due_at = serializers.DateTimeField(allow_null=True, help_text="The commitment.")
    ended_at = serializers.DateTimeField(allow_null=True)
    target = serializers.CharField()
    calendar = serializers.CharField()
    receipt = ReceiptOut()


class PromisesOut(Told):
    results = PromiseOut(many=True)


class PromiseIn(WishIn):
    """A case that nobody has opened yet: what would be promised for it?"""


class SentenceOut(Told):
    code = serializers.CharField()
    detail = serializers.CharField()


class FirstResponseOut(Told):
    state = serializers.ChoiceField(choices=PROMISE_STATES)
    due_from = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)


class CostOut(Told):
    points = serializers.IntegerField(help_text="What opening it takes.")
    balance = serializers.IntegerField(
        allow_null=True,
        help_text="What is on hand; null for who may not see it, and without `points:read`.",
    )
    missing = serializers.IntegerField(allow_null=True)


class ForeseenOut(Told):
    """What would come of a case. Nothing is written and nothing is charged."""

    may_be_opened = serializers.BooleanField()
    refusals = SentenceOut(many=True)
    notices = SentenceOut(many=True)
    policy_version = serializers.IntegerField()
    plan = serializers.CharField(allow_null=True)
    case_type = serializers.CharField(allow_null=True)
    severity = serializers.CharField(allow_null=True)
    priority = serializers.CharField(allow_null=True)
    product = serializers.CharField(allow_null=True)
    time_zone = serializers.CharField()
    call_owed = serializers.BooleanField(help_text="It has to be reported by phone as well.")
    first_response = FirstResponseOut(allow_null=True)
    cost = CostOut(allow_null=True, help_text="Null: it is free.")


def promise_told(view: ClockView, receipt: Receipt) -> dict[str, Any]:
    """Tell a promise with its receipt."""
    own = ("key", "kind", "name", "state", "started_at", "due_from", "due_at", "ended_at")
    return {name: getattr(view, name) for name in (*own, "target", "calendar")} | {
        "is_open": view.clock.is_open,
        "is_promised": view.clock.is_promised,
        "receipt": _receipt(receipt),
    }


def promises_told(found: Sequence[tuple[ClockView, Receipt]]) -> list[dict[str, Any]]:
    """Tell promises, in their order."""
    return list(PromiseOut([promise_told(*one) for one in found], many=True).data)


def foreseen_told(weighed: Weighed, reader: Person, *, with_points: bool) -> dict[str, Any]:
    """Tell what was weighed; what is on hand only `with_points`."""
    policy, facts = weighed.published.policy, weighed.facts
    sentences = {
        name: [
            {"code": one.code, "detail": refusal_sentence(one, policy)}
            for one in getattr(weighed, name)
        ]
        for name in ("refusals", "notices")
    }
    told = {
        **{name: getattr(facts, name) for name in ("plan", "case_type", "severity", "priority")},
        **sentences,
        "may_be_opened": not weighed.refusals,
        "policy_version": weighed.published.number,
        "product": facts.product,
        "time_zone": weighed.where.time_zone,
        "call_owed": weighed.call_owed,
        "first_response": _first_response(weighed, reader),
        "cost": _cost(weighed, with_points and reader.may("see_points")),
    }
    return dict(ForeseenOut(told).data)


def _receipt(receipt: Receipt) -> dict[str, Any]:
    own = ("policy_version", "zone", "zone_assumed", "counted_from", "counted_seconds")
    return {name: getattr(receipt, name) for name in own} | {
        "intervals": receipt.lines,
        "sentences": receipt.sentences,
        "rule": receipt.rule,
        "near_misses": [
            {"cases": one.cases, "promise": one.promise, "note": one.note, "why_not": one.why}
            for one in receipt.near_misses
        ],
        "changes": receipt.changes,
    }


def _first_response(weighed: Weighed, reader: Person) -> dict[str, Any] | None:
    if weighed.settled is None:
        return None
    promise, cell = weighed.settled.promise, weighed.settled.cell
    # What the desk only aims at is no business of a customer.
    is_told = cell is None or cell.row.promised or not reader.is_customer
    return {
        "state": promise.state if is_told else "no_target",
        "due_from": moment(promise.due_from) if is_told else None,
        "due_at": moment(promise.due_at) if is_told else None,
    }


def _cost(weighed: Weighed, sees: bool) -> dict[str, Any] | None:
    cost = weighed.cost
    if cost is None:
        return None
    return {
        "points": cost.charged,
        "balance": cost.balance if sees else None,
        "missing": cost.missing if sees else None,
    }
