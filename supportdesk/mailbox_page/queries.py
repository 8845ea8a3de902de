"""What a reader of the demonstration's mailbox may see."""

import re
from collections.abc import Callable

from accounts.errors import NotFound
from accounts.models import Person
from outbox.models import DeliveredMail
from outbox.queries import mailbox
from tickets.models import Case
from tickets.queries import visible_cases
from tickets.wording import display_number


def mails_for(person: Person, *, limit: int, address: str | None = None) -> list[DeliveredMail]:
    """List the newest mail that a person may read, all or that to `address` (any case).

    Of a restricted case that somebody may not see they read no mail but their own (DD-06).
    """
    may_read = _reader(person)
    return [mail for mail in mailbox(limit=limit, address=address) if may_read(mail)]


def delivered_mail(person: Person, mail_id: int) -> DeliveredMail:
    """Find one delivered e-mail of the tenant that is entered.

    Raises NotFound for none and for one that the person may not read alike.
    """
    found = DeliveredMail.objects.filter(pk=mail_id).first()
    if found is None or not _reader(person)(found):
        raise NotFound
    return found


def _reader(person: Person) -> Callable[[DeliveredMail], bool]:
    restricted = Case.objects.filter(is_restricted=True).select_related("tenant")
    hidden = list(restricted.exclude(pk__in=visible_cases(person).values("pk")))
    if not hidden:
        return lambda mail: True
    signs = [str(case.uuid) for case in hidden]
    numbers = "|".join(re.escape(display_number(case)) for case in hidden)
    addresses = "|".join(str(case.number) for case in hidden)
    named = re.compile(rf"\b(?:{numbers})\b|/cases/(?:{addresses})\b")

    def may_read(mail: DeliveredMail) -> bool:
        if mail.to_address == (person.email or "").lower():
            return True
        thread = str(mail.headers.get("References", ""))
        is_about = any(sign in thread for sign in signs)
        return not is_about and not named.search(f"{mail.subject}\n{mail.body}")

    return may_read
