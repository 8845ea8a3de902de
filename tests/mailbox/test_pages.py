"""Mail that waits for a person: who sees it, and what can be done about it."""

import pytest
from django.urls import reverse

from accounts.change_models import Change
from accounts.tenancy import tenant
from escalation.models import EscalationRequest
from mailbox import reading
from mailbox.models import Mailbox, RawMail
from tests.cases import file_case
from tests.mailbox.post import sent_in, written
from tickets.models import Attachment, Case, InternalNote, Message


@pytest.fixture
def case(desk):
    with tenant(desk.tenant) as at:
        return file_case(desk, at=at)


@pytest.fixture
def named(desk, case):
    """A mail of the contact that names a case, and has a file."""
    raw = written(
        sender=desk.contact.email,
        to="support@alpha.localhost",
        subject=f"TW-{case.number} again",
        body="Still <b>broken</b>.",
        files=(("app.log", b"line 1\n"),),
    )
    return sent_in(desk.tenant, raw)


def press(client, row, act, **data):
    named = {f"{act}-{name}": value for name, value in data.items()}
    return client.post(reverse("incoming:act", args=[row.pk, act]), named, follow=True)


def again(twin, row):
    with tenant(twin.tenant):
        return RawMail.objects.select_related("event").get(pk=row.pk)


def test_sc_09_held_mail_is_seen_and_joined_with_one_press_as_its_senders(
    desk, case, named, browse
):
    client = browse(desk.tenant, desk.agent)
    listed = client.get(reverse("incoming:list")).content.decode()
    page = client.get(reverse("incoming:mail", args=[named.pk])).content.decode()

    assert "By its number alone nothing is joined." in listed
    assert 'is-warn"><span aria-hidden="true">1</span>' in listed
    assert "Still &lt;b&gt;broken&lt;/b&gt;." in page
    assert "Save it as it came" not in page
    response = press(client, named, "join", number=f"TW-{case.number}")

    assert "It is on TW-" in response.content.decode()
    row = again(desk, named)
    with tenant(desk.tenant):
        message = Message.objects.get(event=row.event)
        assert (message.author_id, message.body) == (desk.contact.pk, "Still <b>broken</b>.")
        assert Attachment.objects.get(event=row.event).name == "app.log"
        assert Change.objects.filter(model="mailbox.rawmail", row=str(row.pk)).count() == 1
    twice = press(client, named, "join", number=f"TW-{case.number}")
    assert "Somebody has decided about this mail already." in twice.content.decode()


@pytest.mark.parametrize(
    ("sender", "vouched", "expected"),
    [
        ("contact", False, "note"),
        ("contact", True, "message"),
        ("stranger", True, "note"),
        ("who@evil.example", True, "note"),
    ],
)
def test_nobody_speaks_whose_mail_is_not_proven(desk, case, browse, sender, vouched, expected):
    address = getattr(desk, sender).email if hasattr(desk, sender) else sender
    row = sent_in(desk.tenant, written(sender=address, to="s@x.test", proven=False))
    data = {"number": str(case.number)} | ({"vouched": "on"} if vouched else {})

    press(browse(desk.tenant, desk.lead), row, "join", **data)

    with tenant(desk.tenant):
        notes = InternalNote.objects.filter(case=case)
        assert (again(desk, row).state, notes.exists()) == ("joined", expected == "note")
        if expected == "note":
            note = notes.get()
            assert note.author_id == desk.lead.pk
            assert note.body.startswith(f"E-mail of {address}:")


def test_case_is_opened_for_a_contact_and_says_whose_words_they_are(desk, browse):
    row = sent_in(desk.tenant, written(sender="new@acme.test", to="s@x.test", body="Help."))
    client = browse(desk.tenant, desk.agent)

    refused = press(client, row, "open", contact="nobody@x.test")
    assert "Nobody of your customers has this address." in refused.content.decode()
    press(client, row, "open", contact=desk.contact.email)

    with tenant(desk.tenant):
        case = Case.objects.get()
        assert (case.contact_id, case.channel) == (desk.contact.pk, "email")
        body = "E-mail of new@acme.test:\n\nHelp."
        assert case.messages.get().body == body


def test_dd_25_escalation_is_logged_with_the_words_of_the_mail(desk, case, browse):
    subject = f"TW-{case.number} must go faster"
    raw = written(sender=desk.contact.email, to="x@y.test", subject=subject, body="Down since 8.")
    row = sent_in(desk.tenant, raw, code="escalation")
    client = browse(desk.tenant, desk.agent)
    page = client.get(reverse("incoming:mail", args=[row.pk])).content.decode()
    assert "Down since 8.</textarea>" in page

    data = {"number": str(case.number), "situation": "Down since 8.", "reason": subject}
    press(client, row, "escalate", **data)

    with tenant(desk.tenant):
        asked = EscalationRequest.objects.get(case=case)
        assert (asked.way, asked.asked_by_id, asked.logged_by_id) == (
            "email",
            desk.contact.pk,
            desk.agent.pk,
        )


def test_mail_is_binned_with_a_reason_and_read_again_for_who_vouches(desk, browse):
    client = browse(desk.tenant, desk.lead)
    row = sent_in(desk.tenant, written(sender=desk.contact.email, to="x@y.test", proven=False))
    assert "This field is required." in press(client, row, "bin", reason="").content.decode()

    press(client, row, "release", vouched="on")
    reading.read_due()
    assert again(desk, row).state == "opened"

    other = sent_in(desk.tenant, written(sender="a@b.test", to="x@y.test"))
    press(client, other, "bin", reason="Spam.")
    assert again(desk, other).state == "binned"


def test_mail_about_a_restricted_case_is_not_there_for_whom_it_does_not_concern(
    desk, case, named, browse
):
    with tenant(desk.tenant):
        Case.objects.filter(pk=case.pk).update(is_restricted=True, team=desk.team_2)

    client = browse(desk.tenant, desk.agent)
    assert client.get(reverse("incoming:mail", args=[named.pk])).status_code == 404
    assert named.subject not in client.get(reverse("incoming:list")).content.decode()
    assert (
        browse(desk.tenant, desk.lead).get(reverse("incoming:mail", args=[named.pk])).status_code
        == 200
    )


def test_raw_mail_is_saved_by_managers_only_and_as_text(desk, named, browse):
    url = reverse("incoming:raw", args=[named.pk])

    assert browse(desk.tenant, desk.lead).post(url).status_code == 404
    response = browse(desk.tenant, desk.manager).post(url)
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["Content-Disposition"].startswith("attachment")
    assert b"Still <b>broken</b>." in response.content
    with tenant(desk.tenant):
        assert Change.objects.filter(words="Downloaded as it came").count() == 1


def test_mailbox_is_made_with_secrets_that_are_never_shown(desk, browse):
    client = browse(desk.tenant, desk.manager)
    facts = {
        "code": "billing",
        "purpose": "cases",
        "authentication": "required",
        "is_active": "on",
        "imap_host": "imap.example.com",
        "imap_port": "993",
        "imap_security": "tls",
        "imap_user": "billing",
        "imap_password": "open sesame",
        "imap_folder": "INBOX",
        "hook_provider": "mailgun",
        "hook_key": "a key",
    }
    assert client.get(reverse("incoming:boxes")).status_code == 200

    page = client.post(reverse("incoming:box_new"), facts, follow=True).content.decode()

    assert "open sesame" not in page
    assert "/mail/in/" in page
    with tenant(desk.tenant):
        box = Mailbox.objects.get(code="billing")
        assert box.imap_password.reveal() == "open sesame"
        assert "open sesame" not in box.imap_password.token
    changed = facts | {"imap_password": "", "imap_user": "other"}
    client.post(reverse("incoming:box", args=[box.pk]), changed)
    with tenant(desk.tenant):
        box.refresh_from_db()
        assert (box.imap_password.reveal(), box.imap_user) == ("open sesame", "other")
    taken = client.post(reverse("incoming:box_new"), facts)
    assert "There is a mailbox “billing” already." in taken.content.decode()
