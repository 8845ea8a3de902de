"""How it was: asked once an end, changed for a while, counted with its denominator."""

import pytest

from accounts.errors import Invalid, NotAllowed, NotFound
from accounts.models import Tenant
from tests.cases import MONDAY, after, file_case, reopen_as_agreed
from tests.tickets.test_mail import letter
from tickets.actions.ending import close_case, resolve_case
from tickets.actions.rating import rate_case
from tickets.models import Case, CaseRating
from tickets.rating import (
    NothingToRate,
    RatingIsOver,
    asked_about,
    ended,
    rated,
    rating_url,
    read_rating_url,
)

DAY = 24


def solved(alpha, at=1):
    case = file_case(alpha)
    return resolve_case(case_id=case.pk, solution="Restart.", by=alpha.agent, at=after(at))


def said(alpha, case, score, at, **more):
    return rate_case(case_id=case.pk, score=score, by=alpha.contact, at=after(at), **more)


def counted(since, until):
    """Give the scores of a span, and how many ended in it."""
    scores = rated(since, until).order_by("score").values_list("score", flat=True)
    return list(scores), ended(since, until).count()


def test_rating_is_kept_once_an_end_and_can_be_changed_for_14_days(metalogix, alpha):
    case = solved(alpha)

    said(alpha, case, "bad", 2, words="Too late.")
    said(alpha, case, "good", 3)
    close_case(case_id=case.pk, by=alpha.contact, at=after(4))
    said(alpha, case, "okay", 2 + 14 * DAY - 1)
    with pytest.raises(RatingIsOver):
        said(alpha, case, "bad", 2 + 14 * DAY)

    rating = CaseRating.objects.get()
    assert (rating.score, rating.words, rating.ended_at) == ("okay", "Too late.", after(1))
    assert (rating.rated_at, rating.rated_by_id) == (after(2), alpha.contact.pk)


def test_case_is_asked_about_for_30_days_and_anew_when_it_ends_again(metalogix, alpha):
    case = solved(alpha)
    with pytest.raises(RatingIsOver):
        said(alpha, case, "good", 1 + 30 * DAY)
    said(alpha, case, "bad", 2)
    reopen_as_agreed(case, alpha, at=after(3))
    with pytest.raises(NothingToRate):
        said(alpha, case, "good", 4)

    resolve_case(case_id=case.pk, solution="A patch.", by=alpha.agent, at=after(5))
    said(alpha, case, "good", 6)

    scores = CaseRating.objects.order_by("ended_at").values_list("score", "ended_at")
    assert list(scores) == [("bad", after(1)), ("good", after(5))]
    # Of each case its last end counts.
    assert counted(MONDAY, after(DAY)) == (["good"], 1)


def test_only_a_customer_of_the_case_says_how_it_was(metalogix, alpha):
    case = solved(alpha)

    for person, refusal in ((alpha.agent, NotAllowed), (alpha.stranger, NotFound)):
        with pytest.raises(refusal):
            rate_case(case_id=case.pk, score="good", by=person, at=after(2))
    with pytest.raises(Invalid):
        said(alpha, case, "great", 2)

    assert not CaseRating.objects.exists()


def test_counts_say_of_how_many_that_ended(metalogix, alpha):
    cases = [solved(alpha, at=hours) for hours in (1, 2, 3, 40)]
    file_case(alpha)
    for case, score in zip(cases, ("good", "good", "bad", "okay"), strict=True):
        said(alpha, case, score, 41)
    solved(alpha, at=4)

    assert counted(MONDAY, after(DAY)) == (["bad", "good", "good"], 4)


def test_solution_asks_by_three_addresses_unless_the_vendor_does_not(metalogix, alpha):
    case = solved(alpha)

    told = letter("resolved", alpha.contact).body
    Tenant.objects.filter(pk=alpha.tenant.pk).update(asks_rating=False)
    silent = letter("resolved", alpha.contact).body

    for score in ("Good", "Okay", "Bad"):
        link = rating_url(case, case.resolved_at, alpha.contact, score.lower())
        assert f"{score}: {link}\n" in told
    assert "How did we do?" not in silent
    assert asked_about([case]) == {}


def test_address_is_good_for_its_person_and_its_end_alone(metalogix, alpha):
    case = solved(alpha)
    token = rating_url(case, case.resolved_at, alpha.contact).rstrip("/").rpartition("/")[2]
    person, asked = read_rating_url(token)
    assert (person.pk, asked.case.pk, asked.rating) == (alpha.contact.pk, case.pk, None)

    reopen_as_agreed(Case.objects.get(pk=case.pk), alpha, at=after(3))
    with pytest.raises(NothingToRate):
        read_rating_url(token)
    alpha.contact.is_active = False
    alpha.contact.save(update_fields=["is_active"])
    with pytest.raises(NotFound):
        read_rating_url(token)
    with pytest.raises(NotFound):
        read_rating_url(token + "x")


def test_link_of_who_does_not_see_the_case_leads_nowhere(metalogix, alpha):
    case = solved(alpha)
    token = rating_url(case, case.resolved_at, alpha.stranger).split("/")[-2]

    with pytest.raises(NotFound):
        read_rating_url(token)
