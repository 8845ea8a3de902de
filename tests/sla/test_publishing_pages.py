"""Asking, approving and withdrawing in the admin, without JavaScript."""

import re
from datetime import datetime, time
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from accounts.tenancy import tenant
from outbox.models import OutboxMessage
from outbox.registry import registered
from sla.actions import save_targets
from sla.models import OpenCases, PolicyVersion, PublishRequest
from sla.queries import current_policy
from tests.cases import file_case
from tests.packs import publish
from tests.sla.second_manager import add_manager, change
from tests.sla.working import numbers, revision

PARIS = ZoneInfo("Europe/Paris")
NOT_MANAGERS = ("contact", "company_admin", "agent", "lead", "dispatcher", "account_manager")


@pytest.fixture
def vendors(alpha, beta):
    """Have both twins follow Metalogix."""
    for twin in (alpha, beta):
        publish(twin, "metalogix")
    return alpha, beta


@pytest.fixture
def first(browse, vendors):
    """The manager of alpha, who is the only one."""
    alpha, _beta = vendors
    return browse(alpha.tenant, alpha.manager)


@pytest.fixture
def second(browse, first, alpha, beta):
    """A second one; beta has a second one of the same name too."""
    with tenant(beta.tenant):
        add_manager(beta)
    with tenant(alpha.tenant):
        person = add_manager(alpha)
    return browse(alpha.tenant, person)


def url(name, *arguments):
    return reverse(f"admin:sla_{name}", args=arguments)


def text_of(page):
    """Give what a page says, without its tags."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page.content.decode())))


def edit(alpha):
    with tenant(alpha.tenant) as at:
        change(alpha.manager, 4, at)


def send(client, **changes):
    """Send the form of publishing as a browser would, but for the changes."""
    page = client.get(url("policydraft_publish"))
    sent = {field.html_name: field.value() for field in page.context["form"]}
    data = {name: value for name, value in sent.items() if value is not None}
    data["revision"] = page.context["revision"]
    return client.post(url("policydraft_publish"), data | changes, follow=True)


def ask(client, alpha, **changes):
    edit(alpha)
    return send(client, **changes).wsgi_request.path


def decide(client, path, decision, **more):
    page = client.get(path)
    checksum = page.context["asked"].request.checksum
    return client.post(path, {"decision": decision, "checksum": checksum} | more, follow=True)


def in_alpha(alpha, read):
    with tenant(alpha.tenant) as at:
        return read(at)


def test_only_manager_publishes_and_the_version_says_so(first, alpha):
    edit(alpha)
    page = text_of(first.get(url("policydraft_publish")))
    published = text_of(send(first))
    said = text_of(first.get(url("policyversion_text", 2)))

    assert "You are the only manager, so nobody else has to approve it." in page
    assert "Version 2 is published." in published
    assert "nobody: the only manager" in published
    assert "published without a second pair of eyes: the only manager" in said


def test_two_managers_ask_and_approve(first, second, alpha):
    path = ask(first, alpha, note="Faster", open_cases="from_change")
    waiting = text_of(first.get(path))
    own = text_of(first.get(url("policydraft_changelist")))
    index = text_of(second.get(reverse("admin:index")))
    overview = text_of(second.get(url("policydraft_changelist")))
    asked = text_of(second.get(path))
    approved = decide(second, path, "approve")

    assert "What you asked to publish waits" in own
    assert "Take it back" in waiting
    assert "Approve and publish" not in waiting
    banner = f"{alpha.manager.name} asks to publish a new version of the support policy."
    assert banner in index
    assert banner in overview
    assert (
        "first response: 8 business hours, Metalogix portal hours → 4 business hours, Metalogix "
        "portal hours" in asked
    )
    assert "≠ changed" in asked
    assert "get new promises, counted from the beginning of the version" in asked
    assert "Version 2 is published." in text_of(approved)
    version = in_alpha(alpha, lambda at: PolicyVersion.objects.get(number=2))
    assert (version.note, version.open_cases) == ("Faster", OpenCases.FROM_CHANGE)
    said = text_of(second.get(url("policyversion_text", 2)))
    assert "manager_2" in said.partition("In effect from")[0]
    assert banner not in text_of(second.get(reverse("admin:index")))


def test_publishing_page_says_who_has_to_approve_and_hides_while_one_waits(first, second, alpha):
    edit(alpha)
    before = text_of(first.get(url("policydraft_publish")))
    send(first)
    after = text_of(second.get(url("policydraft_publish")))

    assert "A second manager has to approve it: cn-alpha-manager_2." in before
    assert "Ask for approval" not in after
    assert "Approve or decline" in after


def test_declining_needs_a_reason(first, second, alpha):
    path = ask(first, alpha)

    silent = text_of(decide(second, path, "decline", reason=" "))
    declined = text_of(decide(second, path, "decline", reason="Nobody is there at six."))

    assert "This field is required." in silent
    assert "Declined. Who asked for it is told why." in declined
    assert "declined: cn-alpha-manager_2" in declined
    assert "Nobody is there at six." in declined


def test_asker_takes_it_back(first, second, alpha):
    path = ask(first, alpha)

    told = text_of(decide(second, path, "take_back"))
    taken = text_of(decide(first, path, "take_back"))

    assert f"Only {alpha.manager.name}, who asked for this, can do that." in told
    assert "Taken back. The working copy is as it was." in taken
    assert in_alpha(alpha, lambda at: numbers()) == [1]


def test_asker_cannot_approve_by_sending_the_form(first, second, alpha):
    path = ask(first, alpha)

    told = text_of(decide(first, path, "approve"))

    assert "You asked for this yourself" in told
    assert in_alpha(alpha, lambda at: numbers()) == [1]


def test_what_was_not_looked_at_is_not_approved(first, second, alpha):
    path = ask(first, alpha)

    answer = second.post(path, {"decision": "approve", "checksum": "x"}, follow=True)

    assert "This is not what you looked at." in text_of(answer)
    assert in_alpha(alpha, lambda at: numbers()) == [1]


def test_unknown_decision_is_not_found(first, second, alpha):
    assert second.post(ask(first, alpha), {"decision": "burn"}).status_code == 404


@pytest.mark.parametrize("role", NOT_MANAGERS)
def test_request_is_for_managers_only(first, second, browse, alpha, role):
    path = ask(first, alpha)
    client = browse(alpha.tenant, alpha.person_of(role))

    answers = [client.get(path), client.post(path, {"decision": "approve"})]

    assert {answer.status_code for answer in answers} == {404}


def test_request_of_another_vendor_is_not_found(first, second, browse, beta, alpha):
    path = ask(first, alpha)

    answer = browse(beta.tenant, beta.manager).get(path)

    assert answer.status_code == 404


def test_next_monday_is_offered(first, second, alpha):
    edit(alpha)
    page = first.get(url("policydraft_publish"))
    monday = page.context["form"].monday
    path = ask(first, alpha, when=monday.isoformat())

    request = in_alpha(alpha, lambda at: PublishRequest.objects.get())
    local = request.effective_at.astimezone(PARIS)
    assert (local.date(), local.hour, local.weekday()) == (monday, 0, 0)
    assert monday > page.wsgi_request.at.astimezone(PARIS).date()
    assert f"{monday:%a} {monday.day} {monday:%b %Y}, 00:00" in text_of(first.get(path))


def test_monday_that_was_shown_is_not_taken_for_the_one_after_it(first, alpha, set_desk_time):
    edit(alpha)
    shown = first.get(url("policydraft_publish")).context["form"].monday
    set_desk_time(datetime.combine(shown, time(12), tzinfo=PARIS))

    page = send(first, when=shown.isoformat())

    passed = f"Monday, {shown.day} {shown:%B %Y}, 00:00 has passed since this page was shown"
    assert passed in text_of(page)
    assert in_alpha(alpha, lambda at: numbers()) == [1]


def test_page_says_whom_it_touches_and_what_is_odd(first, alpha):
    with tenant(alpha.tenant) as at:
        file_case(alpha, at=at)
    edit(alpha)

    said = text_of(first.get(url("policydraft_publish")))

    assert "A note to customers would go to 4 people of 2 companies." in said
    assert "1 case is open now." in said
    assert "in the text deserve a look. They do not stop you." in said
    assert "See whom it would have affected" in said


def remove_all_rules(alpha):
    with tenant(alpha.tenant) as at:
        save_targets(by=alpha.manager, at=at, revision=revision(), targets=[])


def test_policy_without_any_first_response_is_published_only_if_that_is_meant(first, alpha):
    remove_all_rules(alpha)
    said = text_of(first.get(url("policydraft_publish")))
    refused = text_of(send(first))
    before = in_alpha(alpha, lambda at: numbers())
    done = text_of(send(first, meant="on"))

    told = "No case has a first response: no rule promises one to anybody."
    assert "This cannot work" in said.partition(told)[0]
    assert told in said.partition("Compared with version")[0]
    assert "I mean it" in said
    assert "Say that you mean it, or mend it first." in refused
    assert before == [1]
    assert "Version 2 is published." in done


def test_second_manager_reads_first_that_it_cannot_work(first, second, alpha):
    remove_all_rules(alpha)
    path = send(first, meant="on").wsgi_request.path

    said = text_of(second.get(path))

    assert "No case has a first response" in said.partition("Asked for")[0]


def test_policy_that_works_need_not_be_meant(first, alpha):
    edit(alpha)

    page = first.get(url("policydraft_publish"))

    assert "meant" not in page.context["form"].fields
    assert "This cannot work" not in text_of(page)


def test_version_is_withdrawn_with_a_reason(first, alpha):
    edit(alpha)
    send(first)
    address = url("policyversion_withdraw", 2)

    ahead = text_of(first.get(address))
    silent = text_of(first.post(address, {"reason": ""}))
    done = text_of(first.post(address, {"reason": "A mistake."}, follow=True))

    assert "Without it version 1 counts again" in ahead
    assert "4 business hours, Metalogix portal hours → 8 business hours" in ahead
    assert "This field is required." in silent
    assert "Version 2 is withdrawn." in done
    assert f"Withdrawn by {alpha.manager.name} on" in done
    assert "A mistake." in done
    assert in_alpha(alpha, lambda at: current_policy(at).number) == 1
    listed = text_of(first.get(url("policyversion_changelist")))
    assert "withdrawn on" in listed
    assert "It is withdrawn already" in text_of(first.get(address))


def test_version_to_come_is_withdrawn_before_it_begins(first, alpha):
    edit(alpha)
    send(first, when="later", starts_on="2999-07-01")

    ahead = text_of(first.get(url("policyversion_withdraw", 2)))
    first.post(url("policyversion_withdraw", 2), {"reason": "A mistake."})
    listed = text_of(first.get(url("policyversion_changelist")))

    assert "It is to begin on Mon 1 Jul 2999, 00:00 CEST." in ahead
    assert "Without it version 1 goes on counting then." in ahead
    assert "4 business hours, Metalogix portal hours → 8 business hours" in ahead
    assert "Version 2 never in effect: withdrawn on" in listed


def test_replaced_version_says_that_it_counts_for_nobody(first, alpha):
    edit(alpha)
    send(first)

    ahead = text_of(first.get(url("policyversion_withdraw", 1)))

    assert "It does not count now: version 2 does, and goes on." in ahead


def test_last_version_cannot_be_withdrawn(first, alpha):
    address = url("policyversion_withdraw", 1)

    ahead = text_of(first.get(address))
    refused = text_of(first.post(address, {"reason": "No"}))

    assert "It cannot be withdrawn" in ahead
    assert "It cannot be withdrawn" in refused
    assert in_alpha(alpha, lambda at: current_policy(at).number) == 1


def test_cases_of_a_withdrawn_version_are_listed_and_given_new_promises(first, alpha):
    edit(alpha)
    send(first)
    with tenant(alpha.tenant) as at:
        file_case(alpha, at=at)
    first.post(url("policyversion_withdraw", 2), {"reason": "A mistake."})
    address = reverse("admin:policy_version_cases", args=[2])

    page = text_of(first.get(url("policyversion_text", 2)))
    listed = text_of(first.get(address))
    ordered = first.post(address, {"base": "opening"})

    assert "What was opened under it, and giving the open ones new promises" in page
    assert "TW-1" in listed
    assert "1 open case still follows it." in listed
    assert ordered.status_code == 302
    assert "/admin/jobs/job/" in ordered["Location"]


def test_other_managers_are_told_of_a_withdrawal_and_of_new_promises(first, second, alpha):
    decide(second, ask(first, alpha), "approve")
    with tenant(alpha.tenant) as at:
        file_case(alpha, at=at)
    ahead = text_of(first.get(url("policyversion_withdraw", 2)))
    first.post(url("policyversion_withdraw", 2), {"reason": "A mistake."})
    first.post(reverse("admin:policy_version_cases", args=[2]), {"base": "change"})

    letters = in_alpha(alpha, lambda at: letters_to("manager_2"))
    assert "You may do this alone" in ahead
    assert "The other managers are told at once, with your reason: cn-alpha-manager_2." in ahead
    assert "A mistake." in letters["policy_withdrawn"]
    assert (
        f"{alpha.manager.name} ordered new promises for the open cases that follow Version 2 of "
        "the support policy. That version is withdrawn" in letters["policy_cases_retargeted"]
    )
    assert "policy_cases_retargeted" not in in_alpha(alpha, lambda at: letters_to("manager"))


def letters_to(name):
    """Read what a person is written to, by kind."""
    messages = OutboxMessage.objects.filter(recipient__name=f"cn-alpha-{name}")
    return {
        message.kind: registered(message.kind).render(message.recipient, message.refs).body
        for message in messages.select_related("recipient")
    }


def test_cases_of_the_version_in_effect_get_no_other_promises(first, alpha):
    with tenant(alpha.tenant) as at:
        file_case(alpha, at=at)
    address = reverse("admin:policy_version_cases", args=[1])

    listed = text_of(first.get(address))
    refused = first.post(address, {"base": "opening"})

    assert "It is in effect, so there are no other promises to give." in listed
    assert refused.status_code == 200
