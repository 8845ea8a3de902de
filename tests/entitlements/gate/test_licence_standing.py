"""How licences stand on a day: tables without a database."""

from dataclasses import dataclass
from datetime import date

import pytest

from entitlements.licensing import Standing, best_licence, standing_of


@dataclass(frozen=True)
class Held:
    valid_from: date = date(2026, 1, 1)
    valid_until: date | None = date(2026, 6, 30)
    verified_at: object | None = "once"


@pytest.mark.parametrize(
    ("licence", "on_date", "grace_days", "standing"),
    [
        (None, date(2026, 3, 1), 0, Standing("missing")),
        (Held(), date(2026, 1, 1), 0, Standing("good", date(2026, 6, 30))),
        (Held(), date(2025, 12, 31), 0, Standing("not_begun", date(2026, 6, 30))),
        (Held(), date(2026, 6, 30), 0, Standing("good", date(2026, 6, 30))),
        (Held(), date(2026, 7, 1), 0, Standing("expired", date(2026, 6, 30))),
        (Held(), date(2026, 7, 1), 10, Standing("in_grace", date(2026, 7, 10))),
        (Held(), date(2026, 7, 10), 10, Standing("in_grace", date(2026, 7, 10))),
        (Held(), date(2026, 7, 11), 10, Standing("expired", date(2026, 7, 10))),
        (Held(valid_until=None), date(2090, 1, 1), 0, Standing("good")),
        (Held(verified_at=None), date(2026, 3, 1), 0, Standing("unverified", date(2026, 6, 30))),
        (Held(verified_at=None), date(2026, 7, 1), 0, Standing("expired", date(2026, 6, 30))),
    ],
)
def test_dd_33_licence_is_verified_and_not_expired(licence, on_date, grace_days, standing):
    assert standing_of(licence, on_date, grace_days) == standing


def test_dd_33_best_licence_counts():
    old, unseen = Held(valid_until=date(2026, 2, 1)), Held(verified_at=None)
    short, long = Held(valid_until=date(2026, 4, 1)), Held(valid_until=None)

    assert best_licence([old, long, unseen, short], date(2026, 3, 1)) == long
    assert best_licence([old, unseen], date(2026, 3, 1)) == unseen
    assert best_licence([], date(2026, 3, 1)) is None
