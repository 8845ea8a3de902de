"""Files in the portal: with the draft, with an answer, tools and terms (DD-19, DD-35, DD-37)."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.places import host_of
from accounts.tenancy import tenant
from sla.actions import load_document
from sla.queries import current_policy
from tests.packs import POLICIES
from tests.portal.pages import all_cases, file_cases, fill_in, send, words
from tests.uploads import LOG, uploaded
from tickets.actions.conversation import reply_to_case
from tickets.actions.diagnosing import offer_diagnostic
from tickets.actions.ending import close_case
from tickets.actions.meeting import set_meeting_link
from tickets.attachment_models import Attachment, AttachmentDownload
from tickets.link_models import DiagnosticDrop
from tickets.models import Case

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def shelves(settings, tmp_path):
    settings.ATTACHMENT_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def world(vendor):
    return vendor("datadynamics")


@pytest.fixture
def enter(browse, world) -> Callable[..., Client]:
    """Give a client of the contact, or of somebody else."""
    return lambda person=None: browse(world.tenant, person or world.contact)


@pytest.fixture
def case(world) -> Case:
    return file_cases(world, 1, at=MONDAY, severity="2", priority="normal")[0]


def a_file(name: str = "app.log", content: bytes = LOG) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "text/html")


def rows(world) -> list[Attachment]:
    with tenant(world.tenant):
        return list(Attachment.objects.select_related("event").order_by("pk"))


def test_dd_19_files_wait_in_the_draft_and_open_with_the_case(world, enter):
    client = enter()
    files = {"files": [a_file("a.log"), a_file("b.png", b"\x89PNG\r\n\x1a\n")]}

    fill_in(client, "datadynamics", details={"body": "It stops.", **files})
    waiting = [row.event for row in rows(world)]
    check = words(client.get("/file/check/"))
    number = send(client)["Location"].split("/")[2]

    assert waiting == [None, None]
    assert "Files a.log, b.png" in check
    sent = [(row.name, row.content_type, row.event.kind, row.is_internal) for row in rows(world)]
    assert sent == [
        ("a.log", "text/plain", "case_opened", False),
        ("b.png", "image/png", "case_opened", False),
    ]
    page = words(client.get(f"/cases/{number}/"))
    assert "a.log" in page and "picture (PNG)" in page
    # How support is set up is not the customer's.
    assert "scanner" not in page


def test_dd_19_discarded_draft_takes_its_files_with_it(world, enter):
    client = enter()
    fill_in(client, "datadynamics", details={"body": "It stops.", "files": [a_file()]})

    client.post("/file/discard/")

    assert rows(world) == []


def test_sc_18_files_go_along_into_the_draft_of_a_new_case(world, case, enter):
    client = enter()
    with tenant(world.tenant):
        uploaded(world.contact, case, "answer", at=MONDAY, name="b.log")
        close_case(case_id=case.pk, by=world.contact, at=MONDAY)
        # What came by itself, after the case was closed.
        Attachment.objects.update(event=None, draft="answer")

    again = {"reason": "It is back.", "files": [a_file("c.log")]}
    followed = client.post(f"/cases/{case.number}/follow/", again)

    assert followed.status_code == 302
    assert [(row.name, row.case_id, row.draft) for row in rows(world)] == [
        ("b.log", None, "file"),
        ("c.log", None, "file"),
    ]


def test_dd_19_refused_answer_keeps_its_files_and_a_tick_leaves_one_out(
    world, case, enter, django_capture_on_commit_callbacks
):
    client = enter()
    page = f"/cases/{case.number}/reply/"

    files = [a_file("a.log"), a_file("b.log"), a_file("empty.log", b"")]
    with django_capture_on_commit_callbacks() as stored:
        refused = client.post(page, {"body": "", "files": files})
    first = rows(world)[0]
    with django_capture_on_commit_callbacks() as sent:
        client.post(page, {"body": "Here.", "files-drop": [str(first.uuid)]})

    nudged = [[call.__module__ for call in calls].count("jobs.tasks") for calls in (stored, sent)]
    assert nudged == [1, 0]
    assert refused.status_code == 422
    assert refused.context["reply_form"].errors.keys() == {"files"}
    assert refused.context["reply_form"]["body"].value() == ""
    assert [(row.name, row.event.kind) for row in rows(world)] == [("b.log", "customer_replied")]


def test_dd_19_files_alone_are_an_answer_and_sent_twice_are_sent_once(world, case, enter):
    client = enter()
    sent = {"body": "", "seen": 1}
    page = f"/cases/{case.number}/reply/"

    client.post(page, {**sent, "files": [a_file()]})
    client.post(page, {**sent, "files": [a_file()]})

    with tenant(world.tenant):
        said = list(case.messages.order_by("pk").values_list("body", flat=True))
    assert said[1:] == ["Files: app.log"]
    assert [row.name for row in rows(world)] == ["app.log"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"x" * (25 * 2**20 + 1), "25.0\xa0MB. Compress it, or switch scripts on"),
    ],
)
def test_dd_35_refusal_stands_at_the_file_and_the_words_stay(world, case, content, told, enter):
    answer = enter().post(
        f"/cases/{case.number}/reply/", {"body": "My words.", "files": [a_file("big.log", content)]}
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    assert told in page and "big.log" in page and "My words." in page
    assert rows(world) == []


def test_dd_19_large_file_is_sent_in_parts_and_goes_on_after_a_break(world, case, enter):
    client = enter()
    asked = {"name": "../big.log", "size": 10, "draft": "answer", "case": case.number}

    begun = client.post("/uploads/", asked)
    url = begun.json()["url"]
    first = client.post(url, {"offset": 0, "part": a_file("blob", b"01234")})
    again = client.post(url, {"offset": 0, "part": a_file("blob", b"01234")})
    standing = client.get(url)
    blocked = client.post(f"/cases/{case.number}/reply/", {"body": "Here."})
    client.post(url, {"offset": 5, "part": a_file("blob", b"56789")})
    client.post(f"/cases/{case.number}/reply/", {"body": "Here."})

    assert (begun.status_code, begun.json()["name"]) == (201, "big.log")
    assert first.json()["offset"] == standing.json()["offset"] == 5
    assert (again.status_code, again.json()["code"], again.json()["offset"]) == (
        409,
        "wrong_offset",
        5,
    )
    assert blocked.status_code == 422 and "has not arrived whole" in words(blocked)
    assert [(row.size_bytes, row.event.kind) for row in rows(world)] == [(10, "customer_replied")]


def test_hardening_34_part_of_more_than_five_megabytes_is_refused(world, case, enter):
    client = enter()
    asked = {"name": "a", "size": 9 * 2**20, "draft": "answer", "case": case.number}
    url = client.post("/uploads/", asked).json()["url"]

    answer = client.post(url, {"offset": 0, "part": a_file("a", b"x" * (5 * 2**20 + 1))})

    assert (answer.status_code, answer.json()["code"]) == (413, "part_too_large")
    assert client.get(url).json()["offset"] == 0


def test_dd_35_download_is_saved_never_shown_logged_and_outside_of_a_transaction(
    world, case, enter
):
    with tenant(world.tenant):
        uploaded(
            world.contact, case, "answer", b"<script>x()</script>", at=MONDAY, name='ü;"x.html'
        )
    client = enter()
    client.post(f"/cases/{case.number}/reply/", {"body": "Here."})
    [row] = rows(world)

    answer = client.get(f"/attachments/{row.uuid}/")
    with CaptureQueriesContext(connection) as asked:
        body = answer.getvalue()

    assert len(asked) == 0
    assert body == b"<script>x()</script>"
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''%C3%BC%3B%22x.html"
    assert {
        name: answer[name]
        for name in (
            "Content-Type",
            "X-Content-Type-Options",
            "Content-Security-Policy",
            "Cache-Control",
            "Content-Length",
        )
    } == {
        "Content-Type": "text/plain",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
        "Content-Length": "20",
    }
    with tenant(world.tenant):
        assert AttachmentDownload.objects.get().person_id == world.contact.pk
    assert client.get(f"/attachments/{uuid.uuid4()}/").status_code == 404


def publish_terms(world) -> str:
    """Publish the vendor's pack with terms for tools, unless it has them already."""
    with tenant(world.tenant):
        pack = (POLICIES / "datadynamics.toml").read_text()
        if not current_policy(MONDAY).policy.diagnostics.terms:
            pack += '\n[diagnostics]\nterms = "Use it for the specified purpose only."\n'
            load_document(text=pack, by=None, at=MONDAY)
        return current_policy(MONDAY).policy.diagnostics.terms


def test_dd_37_tool_is_had_only_once_its_terms_are_accepted(world, enter):
    terms = publish_terms(world)
    case = file_cases(world, 1, at=MONDAY, severity="2", priority="normal")[0]
    client, page = enter(), f"/cases/{case.number}/"
    with tenant(world.tenant):
        uploaded(world.agent, case, "diagnostic", b"MZ tool", at=MONDAY, name="trace.exe")
        drop = offer_diagnostic(
            case_id=case.pk, name="Tracer", purpose="Find the hang.", link="",
            by=world.agent, at=MONDAY,
        )  # fmt: skip
    url = f"/attachments/{drop.attachment.uuid}/"

    before = client.get(url).status_code, "trace.exe" in words(client.get(page))
    unticked = client.post(f"{page}diagnostics/", {"drop": drop.pk, "decision": "accept"})
    shut = client.get(url).status_code
    agreed = {"drop": drop.pk, "decision": "accept", "agree": "on"}
    client.post(f"{page}diagnostics/", agreed)
    client.post(f"{page}diagnostics/", agreed)
    had = client.get(url).getvalue()
    client.post(f"{page}diagnostics/", {"drop": drop.pk, "decision": "withdraw"})

    assert before == (404, False)
    assert unticked.status_code == 422 and "Tick that you accept the terms" in words(unticked)
    assert (shut, had, client.get(url).status_code) == (404, b"MZ tool", 404)
    with tenant(world.tenant):
        kept = DiagnosticDrop.objects.get()
        kinds = list(case.events.order_by("seq").values_list("kind", flat=True))
    assert (kept.accepted_by_id, kept.withdrawn_by_id) == (world.contact.pk, world.contact.pk)
    assert kept.terms == terms
    assert kinds[1:] == ["diagnostics_offered", "diagnostics_accepted", "diagnostics_withdrawn"]


def test_dd_36_and_dd_29_meeting_and_channel_are_seen_by_both_sides(world, case, enter):
    client, page = enter(), f"/cases/{case.number}/"
    with tenant(world.tenant):
        set_meeting_link(
            case_id=case.pk, link="https://meet.example/4711", by=world.agent, at=MONDAY
        )

    asked = {"channel": "phone", "for_all": "on"}
    for _press in range(2):
        client.post(f"{page}channel/", asked)
    with tenant(world.tenant):
        assert case.events.filter(kind="channel_preferred").count() == 1

    shown = words(client.get(page))
    at_desk = words(enter(world.agent).get(f"/desk/cases/{case.number}/"))
    assert "We meet here: https://meet.example/4711" in shown
    assert "You want to be answered by phone" in shown
    assert "https://meet.example/4711" in at_desk
    assert "Wants to be answered by phone" in at_desk


def test_hardening_34_far_too_long_post_is_not_read(world):
    client = Client(headers={"host": host_of(world.tenant)})

    answer = client.generic(
        "POST", "/file/details/", b"x", "multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(601 * 2**20),
    )  # fmt: skip

    assert answer.status_code == 413
    assert "all files together may have 25.0 MB" in words(answer)


def test_dd_35_internal_files_are_in_no_byte_of_the_customers_pages(world, case, enter):
    with tenant(world.tenant):
        uploaded(world.agent, case, "note", at=MONDAY, name="cn-inside-secret.log")
        uploaded(world.agent, case, "reply", at=MONDAY, name="for-you.log")
        reply_to_case(case_id=case.pk, by=world.agent, body="For you.", at=MONDAY)
    enter(world.agent).post(
        f"/desk/cases/{case.number}/note/", {"note-body": "Inside.", "note-seen": ""}
    )

    page = enter().get(f"/cases/{case.number}/").content.decode()

    assert sorted(row.is_internal for row in rows(world)) == [False, True]
    assert "for-you.log" in page and "Files (1)" in page
    assert "cn-inside-secret" not in page
    assert [one.number for one in all_cases(world)] == [case.number]
