"""Purchases, spends, credits, refunds, expiries and corrections in any order against a model.

50 runs by default; `LEDGER_RUNS=2000 pytest tests/entitlements/ledger/test_machine.py` makes the
2,000 that issue 4 asks for. All runs are savepoints of one transaction.
"""

import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.actions import add_person
from accounts.models import Company, Person
from entitlements.balances import balance_at, reconcile, trial_balance
from entitlements.corrections import approve_correction, ask_correction
from entitlements.ledger import NotEnoughPoints, add_points, credit_case, expire_lots, spend_points
from entitlements.models import PointsAccount, PointsLot
from entitlements.refunds import NothingToRefund, ask_money_refund, decline_money_refund
from tests.entitlements.ledger.moves import AT

RUNS = int(os.environ.get("LEDGER_RUNS", "50"))
STEPS = 15
DAY = timedelta(days=1)
GRACE = timedelta(days=3)
CASES = st.integers(1, 3)


@dataclass
class ModelLot:
    """What the model knows of a lot."""

    left: int
    ends: datetime | None
    order: int

    def is_over(self, at: datetime) -> bool:
        return self.ends is not None and self.ends <= at


@dataclass
class Model:
    """The ledger as one would keep it on paper: lots, and for each case what it took from which."""

    lots: list[ModelLot] = field(default_factory=list)
    taken: dict[int, list[tuple[ModelLot, int]]] = field(default_factory=dict)
    refunds: dict[int, list[tuple[ModelLot, int]]] = field(default_factory=dict)

    def add(self, points: int, ends: datetime | None) -> None:
        self.lots.append(ModelLot(points, ends, len(self.lots)))

    def usable(self, at: datetime) -> list[ModelLot]:
        there = [lot for lot in self.lots if lot.left and not lot.is_over(at)]
        never = AT + timedelta(days=10_000)
        return sorted(there, key=lambda lot: (lot.ends or never, lot.order))

    def balance(self, at: datetime) -> int:
        return sum(lot.left for lot in self.usable(at))

    def take(self, points: int, at: datetime) -> list[tuple[ModelLot, int]]:
        taken = []
        for lot in self.usable(at):
            part = min(points, lot.left)
            if part:
                lot.left -= part
                points -= part
                taken.append((lot, part))
        return taken

    def put_back(self, taken: list[tuple[ModelLot, int]], at: datetime) -> None:
        late = sum(points for lot, points in taken if lot.is_over(at))
        for lot, points in taken:
            if not lot.is_over(at):
                lot.left += points
        if late:
            self.add(late, at + GRACE)

    def spent(self, number: int) -> int:
        return sum(points for _lot, points in self.taken.get(number, []))


class LedgerMachine(RuleBasedStateMachine):
    """Does the same to the ledger and to the model; they must tell the same."""

    def __init__(self, company: Company, manager: Person, second: Person) -> None:
        super().__init__()
        self.company, self.manager, self.second = company, manager, second
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.model = Model()
        self.now = AT
        self.count = 0

    def teardown(self) -> None:
        try:
            self.check_at_the_end()
        finally:
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)

    def check_at_the_end(self) -> None:
        assert balance_at(self.company, self.now) == self.model.balance(self.now)
        sums = trial_balance()
        assert sum(sums.values()) == 0
        assert sums["lot"] == sum(lot.left for lot in self.model.lots)
        assert sums.get("spent", 0) == sum(self.model.spent(number) for number in (1, 2, 3))
        # What nobody has expired for days is the only fault there may be.
        assert {fault.code for fault in reconcile(self.now)} <= {"expiry_is_late"}
        with connection.cursor() as cursor:  # what a commit would check
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")

    def key(self) -> str:
        self.count += 1
        return f"reason-{self.count}"

    @initialize(points=st.integers(1, 60))
    def begin(self, points: int) -> None:
        self.buy(points, days=4, source="purchase")

    @rule(
        points=st.integers(1, 60),
        days=st.none() | st.integers(1, 9),
        source=st.sampled_from(["purchase", "included", "grant"]),
    )
    def buy(self, points: int, days: int | None, source: str) -> None:
        ends = None if days is None else self.now + days * DAY
        given = {"points": points, "source": source, "reason_key": self.key(), "expires_at": ends}
        self.again = partial(add_points, company=self.company, by=None, at=self.now, **given)
        self.again()
        self.model.add(points, ends)

    @rule(points=st.sampled_from([1, 10, 30]), number=CASES)
    def spend(self, points: int, number: int) -> None:
        balance = self.model.balance(self.now)
        given = {"points": points, "reason_key": self.key(), "case_number": number}
        spend = partial(spend_points, company=self.company, by=None, at=self.now, **given)
        if points > balance:
            with pytest.raises(NotEnoughPoints) as refused:
                spend()
            assert (refused.value.missing, refused.value.balance) == (points - balance, balance)
            return
        entry = spend()
        self.again = spend
        assert entry.points == -points
        self.model.taken.setdefault(number, []).extend(self.model.take(points, self.now))

    @rule(number=CASES, kind=st.sampled_from(["credit", "reversal"]))
    def credit(self, number: int, kind: str) -> None:
        spent = self.model.spent(number)
        entry = credit_case(
            company=self.company,
            case_number=number,
            kind=kind,
            by=None,
            at=self.now,
            grace_until=self.now + GRACE,
        )
        if spent:
            assert entry is not None and entry.points == spent
        self.model.put_back(self.model.taken.pop(number, []), self.now)

    @rule(number=CASES)
    def ask_for_money(self, number: int) -> None:
        given = {"company": self.company, "case_number": number, "by": None, "at": self.now}
        if not self.model.spent(number):
            try:
                ask_money_refund(**given)
            except NothingToRefund:
                pass
            return
        refund = ask_money_refund(**given)
        assert refund.points == self.model.spent(number)
        self.model.refunds[refund.pk] = self.model.taken.pop(number)

    @precondition(lambda self: self.model.refunds)
    @rule(data=st.data())
    def decline_money(self, data: st.DataObject) -> None:
        refund_id = data.draw(st.sampled_from(sorted(self.model.refunds)))
        decline_money_refund(
            refund_id=refund_id,
            answer="no",
            by=self.manager,
            at=self.now,
            grace_until=self.now + GRACE,
        )
        self.model.put_back(self.model.refunds.pop(refund_id), self.now)

    @rule(points=st.integers(-40, 40))
    def correct(self, points: int) -> None:
        assume(points)
        asked = ask_correction(
            company=self.company,
            points=points,
            reason="why",
            by=self.manager,
            at=self.now,
            expires_at=self.now + 2 * DAY if points % 2 else None,
        )
        approve = {"correction_id": asked.pk, "by": self.second, "at": self.now}
        balance = self.model.balance(self.now)
        if -points > balance:
            with pytest.raises(NotEnoughPoints):
                approve_correction(**approve)
            return
        approve_correction(**approve)
        if points > 0:
            self.model.add(points, asked.expires_at)
        else:
            self.model.take(-points, self.now)

    @rule(days=st.integers(1, 3))
    def wait(self, days: int) -> None:
        self.now += days * DAY

    @rule()
    def expire(self) -> None:
        over = [lot for lot in self.model.lots if lot.left and lot.is_over(self.now)]
        assert expire_lots(at=self.now) == len(over)
        for lot in over:
            lot.left = 0

    @rule()
    def repeat_the_last(self) -> None:
        # A repeat of a reason key is harmless: the model does nothing.
        self.again()

    @invariant()
    def tells_the_same(self) -> None:
        rows = PointsLot.objects.order_by("pk").values_list("remaining", "expires_at")
        assert list(rows) == [(lot.left, lot.ends) for lot in self.model.lots]
        assert PointsAccount.objects.get().balance == sum(lot.left for lot in self.model.lots)


def test_sc_04_sc_05_sc_21_any_order_of_changes_leaves_what_the_paper_says(alpha, entered):
    second = add_person(name="Second", role="manager", email="second@desk.test")

    run_state_machine_as_test(
        lambda: LedgerMachine(alpha.company, alpha.manager, second),
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=RUNS == 50,
            suppress_health_check=list(HealthCheck),
        ),
    )
