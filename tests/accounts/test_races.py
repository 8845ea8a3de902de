"""Two managers who press at the same moment: the second sees what the first did.

On real connections.
"""

import pytest

from accounts.actions import add_person
from accounts.leaving import set_active
from accounts.models import Person
from accounts.tenancy import tenant
from outbox.text_models import MailText
from outbox.texts import save_text
from tests.tickets.test_tie_races import inside, started_behind

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_managers_do_not_make_each_other_inactive(alpha):
    with tenant(alpha.tenant):
        other = add_person(name="Mo", role="manager", email="mo@desk.test")

    second = started_behind(
        alpha,
        lambda at: set_active(person_id=other.pk, is_active=False, by=alpha.manager, at=at),
        inside(alpha, set_active, person_id=alpha.manager.pk, is_active=False, by=other),
    )

    with tenant(alpha.tenant):
        working = Person.objects.filter(role="manager", is_active=True)
        assert (second, list(working)) == (["not_allowed"], [alpha.manager])


def test_text_of_a_message_is_not_written_over_one_that_nobody_saw(alpha):
    place = {"kind": "resolved", "side": "customer", "language": "en", "subject": "Solved"}
    said = place | {"why": "", "seen": None, "by": alpha.manager}

    second = started_behind(
        alpha,
        lambda at: save_text(body="One. {text}", at=at, **said),
        inside(alpha, save_text, body="Another. {text}", **said),
    )

    with tenant(alpha.tenant):
        bodies = list(MailText.objects.values_list("body", flat=True))
    assert (second, bodies) == (["mail_text_has_changed"], ["One. {text}"])
