"""Digests in the settings of somebody of the desk, and their one-click end."""

from django.urls import reverse

from accounts.tenancy import tenant
from outbox.digests import choose_digests, groups, stop_url, wishes_of
from outbox.texts import described
from tests.twins import Twin

NEVER = {"notices", "handed_over", "escalation_requested", "swat_brought_in", "answer_refused"}


def wishes(twin: Twin) -> dict[str, str]:
    with tenant(twin.tenant):
        return wishes_of(twin.agent)


def test_somebody_chooses_what_comes_together(browse, alpha, beta):
    client = browse(alpha.tenant, alpha.agent)

    chosen = {group.code: "each" for group in groups()} | {"said": "day", "ends": "hour"}
    client.post(reverse("desk:digests"), chosen)
    page = client.get(reverse("desk:settings")).content.decode()
    refused = client.post(reverse("desk:digests"), chosen | {"said": "year"}, follow=True)

    assert wishes(alpha) == {"said": "day", "ends": "hour"}
    assert wishes(beta) == {}
    assert page.count(" selected>together, each morning at eight") == 1
    assert "Nothing was changed." in refused.content.decode()


def test_one_click_in_a_digest_ends_them_all_and_looking_at_the_page_ends_none(browse, alpha, beta):
    with tenant(alpha.tenant):
        choose_digests(by=alpha.agent, wishes={"said": "day"})
        path = "/" + stop_url(alpha.agent).partition("://")[2].partition("/")[2]
    anybody = browse(alpha.tenant)

    looked = anybody.get(path)
    assert wishes(alpha) == {"said": "day"}
    done = anybody.post(path, {"List-Unsubscribe": "One-Click"})
    foreign = browse(beta.tenant).post(path)

    assert (looked.status_code, done.status_code, foreign.status_code) == (200, 200, 404)
    assert wishes(alpha) == {}


def test_nothing_of_the_ladder_can_be_held_for_a_digest():
    grouped = {kind for group in groups() for kind in group.kinds}

    assert not grouped & NEVER
    assert grouped <= set(described())
    late = {kind for kind in grouped if described()[kind].group == "Escalation and hand-overs"}
    assert late == {"assigned", "unassigned", "cases_handed_on"}
