"""Working on a case together, through its page: drafts, presence, undoing, texts, macros, tags."""

import re

import pytest
from django.db.models.functions import Now
from django.urls import reverse

from accounts.tenancy import tenant
from tests.desk.conftest import MONDAY, text_of
from tickets.actions.conversation import reply_as_customer
from tickets.actions.tagging import add_tag
from tickets.canned import save_canned
from tickets.held_answers import Sent, send_held_answers
from tickets.macros import save_macro
from tickets.models import ActDraft, CannedReply, Case, HeldAnswer, Macro, SavedView

SECRET = "cn-alpha-half-a-thought"


def post(desk, case, name, person=None, **data):
    return desk.client(person).post(reverse(f"desk:{name}", args=[case.number]), data, follow=True)


def keep(desk, case, text, person=None, act="reply", **more):
    data = {"act": act, f"{act}-body": text, f"{act}-seen": case.last_seq} | more
    return post(desk, case, "draft", person, **data)


def here(desk, case, person=None, **headers):
    page = reverse("desk:presence", args=[case.number])
    return desk.client(person).get(page, headers=headers)


@pytest.fixture
def lead(desk):
    return desk.twin.lead


@pytest.fixture
def held_back(settings):
    settings.UNDO_SEND_SECONDS = 10


def test_draft_is_there_on_return_and_its_words_are_its_writers_alone(desk, case, lead):
    kept = keep(desk, case, SECRET)

    assert "Draft kept at" in text_of(kept)
    assert f"{SECRET}</textarea>" in text_of(desk.page(case))
    others = text_of(desk.page(case, lead))
    assert SECRET not in others
    assert f"{desk.twin.agent.name} has a draft" in others

    desk.act(case, "reply", body="The whole thought.")

    assert SECRET not in text_of(desk.page(case))
    assert "has a draft" not in text_of(desk.page(case, lead))


def test_draft_is_kept_quietly_for_a_script_and_not_of_nothing(desk, case):
    page = reverse("desk:draft", args=[case.number])
    data = {"act": "ask", "ask-body": "Which version?"}

    told = desk.client().post(page, data, headers={"X-Quietly": "1"})

    assert "Draft kept at" in told.json()["said"]
    keep(desk, case, " ", act="ask")
    with tenant(desk.twin.tenant):
        assert not ActDraft.objects.exists()
    assert keep(desk, case, "x", act="close").status_code == 404
    assert keep(desk, case, "x", desk.twin.dispatcher).status_code == 403


def test_refused_answer_is_a_draft_as_well(desk, case):
    with tenant(desk.twin.tenant):
        reply_as_customer(case_id=case.pk, by=desk.twin.contact, body="It is worse.", at=MONDAY)

    answer = desk.act(case, "reply", body=SECRET, seen=1)

    assert answer.status_code == 422
    assert f"{SECRET}</textarea>" in text_of(desk.page(case))


def test_who_writes_and_who_looks_is_told_and_asked_for_only_when_it_changes(desk, case, lead):
    page = reverse("desk:presence", args=[case.number])
    desk.client().post(page, {"writing": "1"})
    desk.client(desk.twin.manager).post(page, {"writing": "0"})

    told = here(desk, case, lead)

    assert f"{desk.twin.agent.name} is writing an answer" in text_of(told)
    assert f"{desk.twin.manager.name} is looking at this case" in text_of(told)
    same = here(desk, case, lead, **{"if-none-match": told.headers["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    queue = text_of(desk.client(lead).get(reverse("desk:queue")))
    assert f"{desk.twin.agent.name} writes · {desk.twin.manager.name} looks at it" in queue
    listed = desk.client(lead).get(reverse("desk:listed_presence"), {"cases": f"{case.number},x"})
    assert "writes" in listed.json()[str(case.number)]

    desk.client().post(page, {"gone": "1"})

    assert "is writing" not in text_of(here(desk, case, lead))


def test_send_is_held_and_can_be_undone(desk, case, held_back):
    desk.act(case, "reply", body="We look into it.")
    page = text_of(desk.page(case))

    held_id = re.search(r'name="held" value="(\d+)"', page)[1]
    assert "Your answer is sent in" in page
    assert len(desk.said(case)) == 1

    undone = post(desk, case, "undo", held=held_id)

    assert "nothing was sent" in text_of(undone)
    assert "We look into it.</textarea>" in text_of(undone)
    assert send_held_answers() == Sent()


def test_writer_is_told_that_a_question_was_sent_and_of_no_news(desk, case, held_back):
    desk.act(case, "ask", body="Which version?")
    drawn = desk.reread(case).last_seq
    held = text_of(desk.page(case))
    with tenant(desk.twin.tenant):
        HeldAnswer.objects.update(send_at=Now())
    send_held_answers()

    page = reverse("desk:presence", args=[case.number])
    told = text_of(desk.client().get(page, {"seen": drawn}))

    assert "Your question is sent in" in held
    assert "Your question was sent." in told
    assert "new entry" not in told
    assert "was sent" not in text_of(desk.page(case))


def test_placeholder_that_has_no_value_here_is_not_sent(desk, case):
    refused = desk.act(case, "reply", body="You hear from us by {promise}. {Not} {one}.")

    assert refused.status_code == 422
    assert "{promise} stands there as it is" in text_of(refused)
    assert len(desk.said(case)) == 1


def test_others_are_told_of_an_answer_on_its_way_and_cannot_answer_beside_it(
    desk, case, lead, held_back
):
    desk.act(case, "reply", body="We look into it.")

    beside = desk.act(case, "reply", lead, body="Me too.")

    assert beside.status_code == 422
    assert f"an answer of {desk.twin.agent.name} to this case is about to be sent" in text_of(
        beside
    )
    with tenant(desk.twin.tenant):
        HeldAnswer.objects.update(send_at=Now())
    assert send_held_answers() == Sent(sent=1)
    assert [kind for kind, _body in desk.said(case)] == ["customer", "reply"]
    assert "The case has a new entry" in text_of(
        desk.client(lead).get(reverse("desk:presence", args=[case.number]), {"seen": 1})
    )


def test_writer_sees_on_the_case_why_an_answer_was_not_sent(desk, case, held_back, settings):
    desk.act(case, "reply", body="We look into it.")
    with tenant(desk.twin.tenant):
        reply_as_customer(case_id=case.pk, by=desk.twin.contact, body="It is worse.", at=MONDAY)
        HeldAnswer.objects.update(send_at=Now())

    assert send_held_answers() == Sent(refused=1)

    page = text_of(desk.page(case))
    assert "Your answer was not sent, and is a draft again." in page
    assert "new entry since the button was pressed" in page
    assert "We look into it.</textarea>" in page

    settings.UNDO_SEND_SECONDS = 0
    desk.act(case, "reply", body="We look into that too.")
    keep(desk, case, "One more thing.")

    assert "Your answer was not sent" not in text_of(desk.page(case))


def test_text_is_written_shared_by_leads_only_and_inserted_with_its_values(desk, case, lead):
    client, page = desk.client(), reverse("desk:canned_new")
    wrong = client.post(page, {"title": "Hello", "body": "Dear {contct}, {number}"})
    client.post(page, {"title": "Hello", "body": "Dear {contact}, about {number} and {product}."})
    desk.client(lead).post(page, {"title": "Bye", "body": "Bye.", "is_shared": "on"})

    assert "There is no placeholder {contct}" in text_of(wrong)
    with tenant(desk.twin.tenant):
        hello = CannedReply.objects.get(title="Hello")
        assert CannedReply.objects.get(title="Bye").owner is None
    assert "is_shared" not in text_of(client.get(page))
    assert desk.client(lead).get(reverse("desk:canned", args=[hello.pk])).status_code == 404

    data = {"act": "reply", "reply-body": "First.", "reply-canned": hello.pk}
    inserted = text_of(post(desk, case, "insert", **data))

    filled = f"Dear {desk.twin.contact.name}, about TW-{case.number} and {desk.twin.product.name}."
    assert f"First.\n\n{filled}</textarea>" in inserted
    assert filled in text_of(desk.client().get(reverse("desk:case_texts", args=[case.number])))


def test_texts_are_read_for_a_note_by_those_who_answer_no_customer(desk, case, lead):
    with tenant(desk.twin.tenant):
        bye = {"title": "Bye", "body": "Bye, {contact}.", "is_shared": True}
        save_canned(canned_id=None, by=lead, at=MONDAY, **bye)

    texts = desk.client(desk.twin.dispatcher).get(reverse("desk:case_texts", args=[case.number]))

    assert f"Bye, {desk.twin.contact.name}." in text_of(texts)
    assert 'name="act" value="note"' in text_of(texts)


def test_macro_is_shown_first_and_then_done_whole_or_not_at_all(desk, case):
    form = {
        "title": "Not urgent",
        "says": "reply",
        "text": "Dear {contact}, it can wait.",
        "severity": "4",
        "reason": "Nothing stands still.",
        "owner": "on",
        "tags": "#Later, printer",
    }
    desk.client().post(reverse("desk:macro_new"), form)
    with tenant(desk.twin.tenant):
        macro = Macro.objects.get()
    page = reverse("desk:macro", args=[case.number])

    shown = desk.client().get(page, {"macro": macro.pk})

    for words in (
        f"Dear {desk.twin.contact.name}, it can wait.",
        "Severity Level 4",
        "later, printer",
        "Nothing stands still.",
    ):
        assert words in text_of(shown)
    sent = dict(re.findall(r'name="(macro|mark|seen)" value="(\w+)"', text_of(shown)))
    wrong = desk.client().post(page, sent | {"mark": "other"})
    assert wrong.status_code == 422
    assert desk.reread(case).severity != "4"
    assert desk.client(desk.twin.manager).get(page, {"macro": macro.pk}).status_code == 404

    desk.client().post(page, sent)

    stored = desk.reread(case)
    assert (stored.severity, stored.owner) == ("4", desk.twin.agent)
    assert desk.said(case)[-1] == ("reply", f"Dear {desk.twin.contact.name}, it can wait.")
    tagged = text_of(desk.page(case))
    assert 'tag=later"' in tagged
    assert 'tag=printer"' in tagged


def test_tags_narrow_the_queue_and_views_keep_that_with_a_count(desk, case, lead):
    other = desk.file(subject="cn-alpha-other")
    post(desk, case, "tag", tag=" #Printer  jam ")
    client = desk.client()

    page = text_of(client.get(reverse("desk:queue"), {"view": "open", "tag": "printer jam"}))

    assert case.subject in page
    assert other.subject not in page
    query = "view=open&tag=printer+jam"
    client.post(reverse("desk:keep_view"), {"query": query, "title": "Jams", "is_shared": "on"})
    with tenant(desk.twin.tenant):
        view = SavedView.objects.get()
        assert (view.owner, view.query) == (desk.twin.agent, "view=open&tag=printer+jam")
    assert 'Jams <span class="count">1</span>' in text_of(client.get(reverse("desk:queue")))
    assert "Jams" not in text_of(desk.client(lead).get(reverse("desk:queue")))
    change = reverse("desk:change_view", args=[view.pk])
    assert desk.client(lead).post(change, {"do": "delete"}).status_code == 404

    with tenant(desk.twin.tenant):
        tag = case.case_tags.get().tag
    assert "Printer" not in text_of(post(desk, case, "tag", remove=tag.pk))


def test_search_box_leads_to_a_case_by_its_number_and_else_to_what_has_the_words(desk, case):
    with tenant(desk.twin.tenant):
        add_tag(case_id=case.pk, name="printer", by=desk.twin.agent)
        save_canned(
            canned_id=None, title="x", body="y", is_shared=False, by=desk.twin.agent, at=MONDAY
        )
        save_macro(
            macro_id=None,
            title="x",
            steps={"tags": ["x"]},
            is_shared=False,
            by=desk.twin.agent,
            at=MONDAY,
        )
        assert Case.objects.count() == 1
    find = reverse("desk:find_case")

    by_words = desk.client().get(find, {"number": "print"}, follow=True)

    assert case.subject in text_of(by_words)
    assert "1 case" in text_of(by_words)
    assert desk.client().get(find, {"number": "TW-1"}).url == reverse("desk:case", args=[1])
    nothing = desk.client().get(find, {"number": "zebra <b>"}, follow=True)
    assert "Nothing has all of these words" in text_of(nothing)
    assert "<b>" not in text_of(nothing)


def test_answer_and_draft_that_are_too_long_together_are_put_back_and_nobody_else_waits(
    desk, case, lead, held_back
):
    second = desk.file()
    desk.act(case, "reply", body="a" * 150_000)
    keep(desk, case, "b" * 150_000)
    desk.act(second, "reply", lead, body="Hello.")
    with tenant(desk.twin.tenant):
        reply_as_customer(case_id=case.pk, by=desk.twin.contact, body="It is worse.", at=MONDAY)
        HeldAnswer.objects.update(send_at=Now())

    assert send_held_answers() == Sent(sent=1, refused=1)

    with tenant(desk.twin.tenant):
        draft = ActDraft.objects.get(case=case)
    assert draft.answers["body"] == f"{'a' * 150_000}\n\n{'b' * 150_000}"


def test_answer_that_cannot_even_be_put_back_is_set_aside_and_nobody_else_waits(
    desk, case, lead, held_back
):
    second = desk.file()
    desk.act(case, "reply", body="We look into it.")
    desk.act(second, "reply", lead, body="Hello.")
    with tenant(desk.twin.tenant):
        HeldAnswer.objects.update(send_at=Now())
        HeldAnswer.objects.filter(case=case).update(answers={"lost": "words"})

    assert send_held_answers() == Sent(sent=1, failed=1)
    assert send_held_answers() == Sent()

    with tenant(desk.twin.tenant):
        held = HeldAnswer.objects.get(case=case)
    assert (held.state, held.why) == ("refused", "Something went wrong at the desk.")
    assert held.answers == {"lost": "words"}
