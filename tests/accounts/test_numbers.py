"""Numbers in addresses and forms are read, or are none, however long they are."""

import pytest

from accounts.numbers import number_in

ENDLESS = "9" * 5_000


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0), ("17", 17), ("9" * 18, 10**18 - 1), ("9" * 19, None), (ENDLESS, None),
        ("", None), ("-1", None), ("1.5", None), (" 1", None), ("x", None), ("²", None),
    ],
)  # fmt: skip
def test_whole_number_is_read_and_anything_else_is_none(text, number):
    assert number_in(text) == number


@pytest.mark.parametrize(
    ("path", "sent", "status"),
    [
        ("/desk/duty/remove/", {"shift": ENDLESS}, 404),
        ("/desk/acknowledge/", {"seen": ENDLESS}, 302),
        ("/desk/uploads/", {"case": ENDLESS, "name": "a", "size": "1"}, 409),
        ("/desk/?owner=" + ENDLESS, None, 302),
    ],
)
def test_endless_number_is_refused_like_any_other_that_nothing_has(
    alpha, browse, path, sent, status
):
    lead = browse(alpha.tenant, alpha.lead)

    answer = lead.get(path) if sent is None else lead.post(path, sent)

    assert answer.status_code == status
