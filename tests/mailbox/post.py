"""Mail to alpha, as a server would hand it over: written, kept, read and settled."""

import re
from email.message import EmailMessage
from email.utils import format_datetime
from itertools import count

from accounts.models import Person, Tenant
from accounts.tenancy import tenant
from mailbox import reading
from mailbox.addresses import Route
from mailbox.models import RawMail
from mailbox.parsing import ParsedMail, parse
from mailbox.receiving import Came, take_over
from outbox.delivery import deliver_due
from outbox.models import DeliveredMail
from tests.cases import MONDAY

OURS = "mx.desk.test"
_numbers = count(1)


def written(
    *,
    sender: str,
    to: str,
    subject: str = "It is broken",
    body: str = "It stops at 80 %.",
    proven: bool = True,
    files: tuple[tuple[str, bytes], ...] = (),
    **headers: str,
) -> bytes:
    """Write a mail; `proven` puts on top what the server at the border says of it."""
    mail = EmailMessage()
    domain = sender.rpartition("@")[2].strip(" >")
    if proven:
        found = f"{OURS}; dmarc=pass header.from={domain}; dkim=pass header.d={domain}"
        mail["Authentication-Results"] = found
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Date"] = format_datetime(MONDAY)
    mail["Message-ID"] = f"<{next(_numbers)}.test@{domain or 'nowhere.test'}>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(body)
    for name, content in files:
        mail.add_attachment(content, maintype="text", subtype="plain", filename=name)
    return mail.as_bytes()


def sent_in(vendor: Tenant, raw: bytes, *to: str, code: str = "support") -> RawMail:
    """Let a mail come to a mailbox and be read; gives its row as it is then."""
    envelope = to or (f"{code}@{vendor.slug}.localhost",)
    came = Came(raw, RawMail.Source.LISTENER, "", envelope)
    key = take_over(Route(vendor.pk, code), came)
    reading.read_due()
    with tenant(vendor):
        return RawMail.objects.select_related("case", "event", "about", "person").get(pk=key)


def in_process(raw: bytes, folder: object = None) -> ParsedMail:
    """Stand in for the child process where many mails are read."""
    return parse(raw, folder)  # type: ignore[arg-type]


def mails_to(vendor: Tenant, person: Person | str) -> list[DeliveredMail]:
    """Deliver what waits, and list what somebody has got, the newest first."""
    deliver_due()
    address = person if isinstance(person, str) else person.email
    with tenant(vendor):
        return list(DeliveredMail.objects.filter(to_address=address.lower()).order_by("-pk"))


def reply_to(mail: DeliveredMail) -> str:
    """Read to which address a mail of ours is answered."""
    return re.sub(r".*<|>.*", "", str(mail.headers["Reply-To"])).strip()
