"""Files at the desk: with answers, notes, callers' cases; tools, meetings, the wished channel."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.tenancy import tenant
from outbox.models import OutboxMessage
from tests.desk.conftest import text_of
from tests.uploads import LOG, uploaded
from tickets.actions.meeting import check_link
from tickets.attachment_models import Attachment
from tickets.file_errors import LinkNotSafe


@pytest.fixture(autouse=True)
def shelves(settings, tmp_path):
    settings.ATTACHMENT_ROOT = tmp_path
    return tmp_path


def a_file(name: str, content: bytes = LOG) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def rows(desk) -> list[tuple[str, str, bool]]:
    with tenant(desk.twin.tenant):
        found = Attachment.objects.filter(event__isnull=False).select_related("event")
        return [(row.name, row.event.kind, row.is_internal) for row in found.order_by("pk")]


@pytest.mark.parametrize(
    ("code", "kind", "internal"),
    [
        ("ask", "question_asked", False),
        ("solve", "resolved", False),
        ("note", "note_added", True),
    ],
)
def test_dd_19_files_go_with_each_act_and_notes_keep_them_inside(desk, case, code, kind, internal):
    desk.act(case, code, body="With a file.", files=[a_file("a.log"), a_file("b.log")])

    assert rows(desk) == [("a.log", kind, internal), ("b.log", kind, internal)]


def test_dd_19_page_shows_files_and_what_may_be_added(desk, case):
    desk.act(case, "note", body="With a file.", files=[a_file("a.log")])

    page = text_of(desk.page(case))

    assert page.count('name="reply-files"') == page.count('name="note-files"') == 1
    assert "Up to 20 files, together at most 25.0 MB" in page
    assert "each at most 2.0 GB" in page
    assert "a.log" in page and "Files (1)" in page
    assert "not looked through: no scanner is set up" in page


def test_dd_35_leads_see_who_had_which_file(desk, case):
    with tenant(desk.twin.tenant):
        uploaded(desk.twin.agent, case, "note", at=case.opened_at)
    desk.act(case, "note", body="With a file.")
    with tenant(desk.twin.tenant):
        key = Attachment.objects.get().uuid

    desk.client().get(f"/desk/attachments/{key}/")

    assert "Who had them" in text_of(desk.page(case, desk.twin.lead))
    assert "Who had them" not in text_of(desk.page(case))


def test_dd_19_callers_case_opens_with_the_files_of_its_form(desk):
    twin, client = desk.twin, desk.client()
    page = f"/desk/cases/new/{twin.company.pk}/case/"
    call = f"?contact={twin.contact.pk}&channel=phone&case_type=problem&visit=abc123"
    sent = {"token": "abc123", "subject": "It hangs", "body": "Said so.", "severity": "3"}

    client.post(page + call, {**sent, "files": [a_file("call.log")]})

    assert rows(desk) == [("call.log", "case_opened", False)]


def test_dd_36_meeting_link_is_told_and_shown(desk, case):
    drawn = desk.form(case, "meeting")["drawn"].value()
    desk.act(case, "meeting", link="https://meet.example/1", drawn=drawn)
    refused = desk.act(case, "meeting", link="http://meet.example/1")

    assert desk.reread(case).meeting_link == "https://meet.example/1"
    assert refused.status_code == 422 and "begins with https://" in text_of(refused)
    with tenant(desk.twin.tenant):
        told = OutboxMessage.objects.filter(kind="meeting_set")
        assert [message.recipient_id for message in told] == [desk.twin.contact.pk]


@pytest.mark.parametrize(
    "link",
    ["http://a.example", "javascript:alert(1)", "https://", "https://a@b.example", "https://[",
     "https://a.example/ x", "data:text/html,x", "https://a.example/" + "x" * 200],
)  # fmt: skip
def test_dd_36_only_a_safe_address_is_a_link(link):
    with pytest.raises(LinkNotSafe):
        check_link(link, field="link")


def test_dd_29_wished_channel_is_big_on_the_case_and_beside_the_reply(desk, case):
    desk.act(case, "channel", channel="phone", for_all="on", drawn="channel:")
    other = desk.file()

    page = text_of(desk.page(case))

    assert '<strong class="wished__channel">phone</strong>' in page
    assert "wants to be answered by phone: call them, and log the call" in page
    assert "wished__channel" in text_of(desk.page(other))


def test_dd_37_without_terms_in_the_policy_no_tool_is_offered(desk, case):
    page = text_of(desk.page(case))

    refused = desk.act(case, "diagnostic", name="Tracer", purpose="Find it.", link="https://x.test")

    assert "Offer a diagnostic tool" not in page
    assert refused.status_code == 422
    assert "The policy has no terms for diagnostic tools" in text_of(refused)
