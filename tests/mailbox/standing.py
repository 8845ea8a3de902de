"""One mail that waits, a mailbox and a link of a vendor, for the walk over all addresses."""

from mailbox.addresses import mailbox_of
from mailbox.confirming import confirm_path
from mailbox.hooks import hook_url
from mailbox.models import RawMail
from mailbox.parsing import parse
from mailbox.receiving import Came, keep_mail
from tests.mailbox.post import written
from tests.twins import Twin

MISSING = {
    "raw_mail": {"mail_id": 987_654},
    "mail_act": {"mail_id": 987_654, "act": "bin"},
    "box": {"mailbox_id": 987_654},
    "mail_hook": {"mailbox_id": 987_654, "secret": "a" * 48},
    "mail_confirm": {"token": "no-token"},
}


def raise_incoming(twin: Twin) -> dict[str, dict[str, object]]:
    """Give the arguments of addresses about incoming mail; in the vendor's tenant."""
    box = mailbox_of("support")
    assert box is not None
    box.hook_provider = "postmark"
    box.save()
    words = f"{twin.canary}mail"
    raw = written(sender=twin.contact.email, to="s@x.test", subject=words, body=words)
    mail = keep_mail(box, Came(raw, "listener"))
    parsed = parse(raw)
    mail.state, mail.why, mail.figures = RawMail.State.HELD, "confirm_cost", {"points": 10}
    mail.settled_at, mail.parsed, mail.person = mail.received_at, parsed.to_json(), twin.contact
    mail.subject, mail.sender = words, twin.contact.email
    mail.save()
    secret = hook_url(box).rstrip("/").rpartition("/")[2]
    return {
        "raw_mail": {"mail_id": mail.pk},
        "mail_act": {"mail_id": mail.pk, "act": "bin"},
        "box": {"mailbox_id": box.pk},
        "mail_hook": {"mailbox_id": box.pk, "secret": secret},
        "mail_confirm": {"token": confirm_path(mail).rstrip("/").rpartition("/")[2]},
    }
