"""What the entries of a case's life say to either side."""

import pytest

from tickets.life_reading import life_text
from tickets.models import CaseEvent


@pytest.mark.parametrize("kind", ["incident_joined", "incident_left", "answered_through"])
def test_ms_05_number_of_an_incident_is_the_desks_alone(kind):
    event = CaseEvent(kind=kind, payload={"incident": 7})

    said = [
        life_text(event, {"case": "TW-%s"}, "Europe/Berlin", for_customer=is_customer)
        for is_customer in (False, True)
    ]

    assert said == ["TW-7", ""]
