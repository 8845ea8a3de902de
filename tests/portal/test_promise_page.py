"""The promise before filing: on the page of its own, and beside the choices of the form."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tenancy import tenant
from entitlements.actions import add_product, sign_contract
from entitlements.models import Contract
from portal.outlook import channel_outlooks
from sla.queries import current_policy
from tests.portal.pages import SUBJECT, fill_in, words
from tickets.filing import Wish, weigh, weigh_many

# As in test_filing: a Friday of summer 2083, 20:30 and 10:00 in New York.
FRIDAY_EVENING = datetime(2083, 6, 5, 0, 30, tzinfo=UTC)
FRIDAY_MORNING = datetime(2083, 6, 4, 14, 0, tzinfo=UTC)


@pytest.fixture
def asked(vendor, browse, set_desk_time):
    """Ask the page of a vendor's customer: asked("msp", at=…, severity="1") gives the response."""
    worlds = {}

    def ask(slug, *, at=FRIDAY_MORNING, headers=None, **choices):
        set_desk_time(at)
        if slug not in worlds:
            worlds[slug] = vendor(slug)
        client = browse(worlds[slug].tenant, worlds[slug].contact)
        return client.get("/promise/", choices, headers=headers)

    return ask


def told(answer):
    return (answer.outlook.best.kind, answer.outlook.best.due_at)


def test_promise_of_what_is_chosen_is_that_of_the_case(asked):
    answer = asked("metalogix", severity="2").context["answer"]

    assert told(answer) == ("by", datetime(2083, 6, 4, 22, 0, tzinfo=UTC))
    assert not answer.outlook.is_open_question
    assert answer.receipt.counted_seconds == 8 * 3600
    assert answer.receipt.bar.counted_seconds == 8 * 3600


def test_open_now_and_closed_now_are_said_on_the_customers_clock(asked):
    morning = words(asked("metalogix", severity="2"))
    evening = words(asked("metalogix", at=FRIDAY_EVENING + (FRIDAY_EVENING - FRIDAY_MORNING)))

    assert "Open now, until Fri 4 Jun 2083, 21:00 EDT" in morning
    assert "Mon-Fri 07:00-21:00 America/New_York" in morning
    assert "Closed now: opens Mon 7 Jun 2083, 07:00 EDT" in evening


def test_another_moment_is_answered_as_if_it_were_now(asked):
    response = asked("metalogix", severity="2", when="2083-06-05T12:00")

    answer = response.context["answer"]
    assert answer.at == datetime(2083, 6, 5, 16, 0, tzinfo=UTC)
    assert told(answer) == ("by", datetime(2083, 6, 7, 19, 0, tzinfo=UTC))
    assert "Closed then: opens Mon 7 Jun 2083, 07:00 EDT" in words(response)
    assert "If you report it then" in words(response)


def test_level_that_is_open_yet_gives_the_soonest_and_the_latest(asked):
    response = asked("metalogix")

    answer = response.context["answer"]
    assert answer.outlook.best.due_at == datetime(2083, 6, 4, 16, 0, tzinfo=UTC)
    assert answer.outlook.worst.due_at == datetime(2083, 6, 4, 22, 0, tzinfo=UTC)
    assert answer.receipt is None
    assert "First response: between" in words(response)


def test_priority_is_named_so_beside_a_severity(asked):
    read = words(asked("datadynamics"))

    assert "Severity Level 2 - High, priority High" in read
    assert "Severity Level 2 - High, High" not in read


def test_table_has_every_level_by_every_channel(asked):
    answer = asked("datadynamics", severity="1", priority="high").context["answer"]

    rows = [[level.code for level in row.levels] for row in answer.rows]
    assert rows == [
        [severity, priority]
        for severity in ("1", "2", "3", "4")
        for priority in ("high", "normal", "low")
    ]
    assert {len(row.cells) for row in answer.rows} == {len(answer.channels)}
    assert [
        ([level.code for level in row.levels], cell.channel.code)
        for row in answer.rows
        for cell in row.cells
        if cell.is_chosen
    ] == [(["1", "high"], "portal")]


@pytest.mark.parametrize(
    "choices",
    [{"case_type": "question"}, {"severity": "2", "priority": "low"}],
    ids=["question", "low"],
)
def test_no_promise_is_said_in_words(asked, choices):
    response = asked("datadynamics", **choices)

    assert told(response.context["answer"]) == ("open_ended", None)
    assert "As time allows: no time is promised." in words(response)
    assert "no time is promised" in words(response)


def test_what_a_call_would_change_is_said(asked):
    slow = asked("metalogix", severity="2")

    assert slow.context["answer"].call.kind == "same"
    assert "A call would change nothing of the promise." in words(slow)


def test_call_of_a_premium_customer_is_answered_sooner_at_night(vendor, browse, set_desk_time):
    world = vendor("metalogix")
    with tenant(world.tenant):
        Contract.objects.update(plan="premium")
    set_desk_time(FRIDAY_EVENING)

    response = browse(world.tenant, world.contact).get("/promise/", {"severity": "1"})

    call = response.context["answer"].call
    assert (call.kind, call.told.due_at) == ("sooner", datetime(2083, 6, 5, 2, 30, tzinfo=UTC))
    assert "By phone it would be 58 h sooner" in words(response)
    assert "This has to be reported by phone as well." in words(response)
    near = [rule.why for rule in response.context["answer"].receipt.near_misses]
    assert "It fits as well, but names less of the case." in near


@pytest.mark.parametrize(
    ("choices", "sentence"),
    [
        ({"when": "some day"}, "Give a date and a time"),
        ({"when": "2999-01-01T10:00"}, "too far ahead"),
        ({"when": "1990-01-01T10:00"}, "no support policy"),
        ({"severity": "9"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_answered_is_said_at_the_field(asked, choices, sentence):
    response = asked("metalogix", **choices)

    assert response.status_code == 422
    assert sentence.lower() in words(response).lower()
    assert response.context["answer"] is None


def test_script_gets_the_answer_alone(asked):
    page = asked("metalogix", severity="2")
    part = asked("metalogix", severity="2", headers={"HX-Request": "true"})

    assert "<html" in page.content.decode()
    assert "<html" not in part.content.decode()
    assert 'hx-swap-oob="innerHTML"' in part.content.decode()
    assert words(part).startswith("First response: Fri 4 Jun 2083, 18:00 EDT")
    assert "HX-Request" in page["Vary"]


def test_page_names_nothing_of_another_vendor(vendor, browse, set_desk_time):
    set_desk_time(FRIDAY_MORNING)
    own, other = vendor("metalogix"), vendor("datadynamics")
    with tenant(other.tenant):
        add_product(code="secret", name="Secret of another vendor")

    page = words(browse(own.tenant, own.contact).get("/promise/"))

    assert "Secret" not in page
    assert "Severity Level 1" in page


def test_statements_do_not_grow_with_levels_and_channels(asked):
    few = CaptureQueriesContext(connection)
    many = CaptureQueriesContext(connection)
    asked("scalix")
    asked("datadynamics")

    with few:
        small = asked("scalix").context["answer"]
    with many:
        large = asked("datadynamics").context["answer"]

    assert sum(len(row.cells) for row in large.rows) > 5 * sum(len(row.cells) for row in small.rows)
    assert len(many) <= len(few)


def test_steps_of_the_form_cost_the_same_for_few_choices_and_many(vendor, browse, set_desk_time):
    set_desk_time(FRIDAY_MORNING)
    costs = {}
    for slug in ("scalix", "datadynamics"):
        world = vendor(slug)
        client = browse(world.tenant, world.contact)
        client.get("/file/what/")
        with CaptureQueriesContext(connection) as statements:
            page = client.get("/file/what/").context
        costs[slug] = len(statements)

    assert len(page["cards"]) == 4
    assert costs["datadynamics"] <= costs["scalix"]


def test_weighing_many_gives_what_weighing_each_gives_in_as_many_statements_as_one(vendor):
    world = vendor("datadynamics")
    with tenant(world.tenant):
        policy = current_policy(FRIDAY_MORNING).policy
        wishes = [
            Wish(world.company, world.contact, channel.code, severity=level.code)
            for channel in policy.channels
            for level in policy.severities
        ]
        common = {"by": world.contact, "at": FRIDAY_MORNING}
        weigh(wishes[0], **common)  # reads the policy's text, once a process
        one = CaptureQueriesContext(connection)
        every = CaptureQueriesContext(connection)

        with one:
            weigh(wishes[0], **common)
        with every:
            together = weigh_many(wishes, **common)

        assert together == [weigh(wish, **common) for wish in wishes]
        assert len(every) == len(one)


def test_weighing_many_reads_the_contract_of_each_product(vendor):
    world = vendor("metalogix")
    with tenant(world.tenant):
        archive = Contract.objects.get().product
        other = add_product(code="other", name="Other")
        sign_contract(
            company=world.company,
            plan="premium",
            product=other,
            starts_on=FRIDAY_MORNING.date(),
            at=FRIDAY_MORNING,
        )
        wishes = [
            Wish(world.company, world.contact, "portal", product=product, severity="2")
            for product in (archive, other, archive)
        ]

        weighed = weigh_many(wishes, by=world.contact, at=FRIDAY_MORNING)

        assert [one.facts.plan for one in weighed] == ["standard", "premium", "standard"]


def test_each_type_says_what_is_possible_for_it(vendor, browse, set_desk_time):
    world = vendor("datadynamics")
    set_desk_time(FRIDAY_MORNING)

    response = browse(world.tenant, world.contact).get("/file/what/")

    cards = {card.value: card.outlook for card in response.context["cards"]}
    assert cards["problem"].best.due_at == datetime(2083, 6, 4, 18, 0, tzinfo=UTC)
    assert cards["problem"].worst.kind == "open_ended"
    assert cards["question"].best.kind == "open_ended"
    page = words(response)
    assert "for some choices no time is promised" in page
    assert "As time allows: no time is promised." in page


def test_each_level_says_whether_its_desk_is_open(vendor, browse, set_desk_time):
    world = vendor("metalogix")
    set_desk_time(FRIDAY_EVENING)
    client = browse(world.tenant, world.contact)
    client.post("/file/what/", {"case_type": "problem", "subject": SUBJECT})

    page = words(client.get("/file/severity/"))

    assert "Open now, until Fri 4 Jun 2083, 21:00 EDT" in page


def test_each_channel_says_its_promise_and_the_phone_its_numbers(vendor, browse, set_desk_time):
    world = vendor("metalogix")
    set_desk_time(FRIDAY_MORNING)
    client = browse(world.tenant, world.contact)
    fill_in(client, "metalogix", severity={"severity": "1"})

    response = client.get("/file/details/")

    (alike,) = response.context["channels"]  # the plan is Standard: a call is no sooner
    assert [channel.code for channel in alike.channels] == ["phone", "portal"]
    assert alike.is_chosen
    assert alike.outlook.best.due_at == datetime(2083, 6, 4, 16, 0, tzinfo=UTC)
    assert [phone.number for phone in alike.phones] == ["202-609-9100"]


def test_channels_that_promise_otherwise_stand_apart(vendor, browse, set_desk_time):
    world = vendor("metalogix")
    with tenant(world.tenant):
        Contract.objects.update(plan="premium")
    set_desk_time(FRIDAY_EVENING)
    client = browse(world.tenant, world.contact)
    fill_in(client, "metalogix", severity={"severity": "1"})

    phone, portal = client.get("/file/details/").context["channels"]

    assert (phone.is_chosen, portal.is_chosen) == (False, True)
    assert phone.outlook.openings[0].is_always
    assert not portal.outlook.openings[0].is_always
    assert portal.phones == ()


def test_promises_by_channel_follow_the_choice_where_there_is_a_script(
    vendor, browse, set_desk_time
):
    world = vendor("metalogix")
    with tenant(world.tenant):
        Contract.objects.update(plan="premium")
    set_desk_time(FRIDAY_EVENING)
    client = browse(world.tenant, world.contact)
    fill_in(client, "metalogix")

    def asked(severity):
        return client.get("/file/severity/", {"severity": severity}, headers={"HX-Request": "true"})

    highest, saved = asked("1"), asked("2")

    assert "HX-Request" in highest["Vary"]
    assert "<html" not in highest.content.decode()
    assert len(highest.context["channels"]) == 2
    assert len(saved.context["channels"]) == 1
    assert "With what you have chosen now." in words(highest)
    assert client.get("/file/severity/").context["field"].value() == "2"
    assert asked("no-such-level").status_code == 200


def test_without_a_script_the_step_says_that_a_choice_counts_once_it_is_saved(vendor, browse):
    world = vendor("metalogix")
    client = browse(world.tenant, world.contact)
    fill_in(client, "metalogix")

    page = client.get("/file/severity/")

    assert "With what was saved so far." in words(page)
    assert 'hx-get="/file/severity/"' in page.content.decode()
    assert "htmx-2.min.js" in page.content.decode()
    assert "htmx" not in client.get("/file/details/").content.decode()


def test_channels_that_a_plan_does_not_include_are_left_out(vendor):
    world = vendor("scalix")
    with tenant(world.tenant):
        Contract.objects.update(edition="community")
        product = Contract.objects.get().product
        wish = Wish(world.company, world.contact, "portal", product=product)

        outlooks = channel_outlooks(wish, by=world.contact, at=FRIDAY_MORNING)
        policy = current_policy(FRIDAY_MORNING).policy

    assert [channel.code for channel in policy.channels] == ["email", "portal", "phone"]
    assert [channel.code for one in outlooks for channel in one.channels] == ["email", "portal"]


def test_people_of_the_desk_are_sent_to_their_own_work(vendor, browse):
    world = vendor("metalogix")

    response = browse(world.tenant, world.agent).get("/promise/")

    assert response["Location"] == "/desk/"
