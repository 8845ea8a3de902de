"""A case of its own that support proposes waits for the customer: start page and lists."""

from tests.portal.pages import words
from tests.portal.test_case_agreements import decide, desk, propose  # noqa: F401


def test_sc_13_proposal_waits_for_the_customer_until_it_is_answered(desk):  # noqa: F811
    with_support = desk.client.get("/").context["home"]
    proposal = propose(desk)

    home = desk.client.get("/")
    listed = desk.client.get("/cases/?view=waiting")
    decide(desk, proposal, "decline")
    after = desk.client.get("/").context["home"]

    assert (len(with_support.asked), len(with_support.with_support)) == (0, 1)
    shown = home.context["home"]
    assert [one.kind for one in shown.asked] == ["split"]
    assert shown.with_support == []
    assert "Its cost is shown before anything is opened." in words(home)
    assert len(listed.context["cases"].rows) == 1
    assert "we propose a case of its own: please say yes or no" in words(listed)
    assert (len(after.asked), len(after.with_support)) == (0, 1)
