"""What a vendor's document says of itself, where people read it before and after they ask."""

import pytest

from accounts.tenancy import tenant
from sla.actions import load_document
from tests.packs import pack_for
from tests.stories.forms import press, words
from tests.stories.house import BODY, local

NEW_YORK = "America/New_York"
SUBJECT = "Reports are empty"
EUROPE = (
    '[[phones]]\nnumber = "+49 30 555 0199"\nlabel = "Europe"\nregions = ["EMEA"]\n\n[[phones]]'
)
MONDAY = local(NEW_YORK, "2030-03-04 10:00")


@pytest.mark.parametrize(
    ("pack", "plan", "told"),
    [
        # MX-12: what counts as high, and that there is no way around it.
        (
            "metalogix",
            "standard",
            "an important part of normal operation is badly limited and there is no way around it.",
        ),
        ("datadynamics", "", "A function does not do what it should, or fails under certain"),
    ],
)
def test_mx_12_dd_07_what_a_severity_means_stands_beside_it(open_house, pack, plan, told):
    house = open_house(pack, MONDAY)
    customer = house.customer("Harbor", NEW_YORK, "US", plan=plan)

    page = house.page(customer, "/file/")
    situation = house.go_on(customer, page, case_type="problem", subject=SUBJECT)
    choosing = press(
        house.client(customer), situation, "Save and continue", environment="production"
    )

    assert choosing.request["PATH_INFO"] == "/file/severity/"
    assert told in words(choosing)


def test_ms_01_priority_is_assigned_by_the_desk_for_what_it_touches(open_house):
    house = open_house("msp", MONDAY)
    nora = house.customer("Citywide", NEW_YORK, "US")
    house.file(
        nora,
        {"case_type": "problem", "subject": SUBJECT},
        {"priority": "P5"},
        {"body": BODY},
    )
    why = "Nobody there can work."

    house.act(
        house.twin.agent,
        1,
        "Change the priority",
        priority__level="P2",
        priority__reason=why,
    )

    page = house.portal_page(nora, 1)
    assert "P2 Isolated Outage" in page
    assert "P5" in page
    assert why in page
    assert "P2 Isolated Outage" in house.in_queue(house.twin.agent, SUBJECT)


def test_mx_24_every_number_is_told_and_those_of_a_region_there_only(open_house):
    house = open_house("metalogix", MONDAY)
    with tenant(house.twin.tenant):
        text = pack_for(house.twin.tenant.slug, "metalogix").replace("[[phones]]", EUROPE, 1)
        load_document(text=text, by=None, at=MONDAY)
    numbers = ("+49 30 555 0199", "202-609-9100")
    jule = house.customer("Bergmann", "Europe/Berlin", "DE", plan="standard")
    carter = house.customer("Harbor", NEW_YORK, "US", plan="standard")
    steps = ({"case_type": "problem", "subject": SUBJECT}, {"severity": "1"}, {"body": BODY})

    in_europe, in_america = house.file(jule, *steps), house.file(carter, *steps)

    assert [number in in_europe for number in numbers] == [True, True]
    assert [number in in_america for number in numbers] == [False, True]


def test_dd_41_free_training_is_recommended_before_anybody_asks(open_house):
    house = open_house("datadynamics", MONDAY)

    page = words(house.browse(house.twin.tenant).get("/policy/"))

    assert "Please take part in the free training." in page
