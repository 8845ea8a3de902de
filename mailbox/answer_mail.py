"""How automatic answers read: what became of a mail, and what to do."""

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from accounts.places import site_url
from mailbox.addresses import SUPPORT, mailbox_of
from mailbox.answering import KIND
from mailbox.confirming import confirm_path
from mailbox.models import RawMail
from outbox.answer_marks import DESK, PUBLIC
from outbox.registry import Refs, Rendered, register
from outbox.reply_addresses import mail_domain, takes_mail

SUBJECTS = {
    "refused": gettext_lazy("not taken"),
    "closed": gettext_lazy("the case is closed"),
    "cost": gettext_lazy("this would cost points: do you agree?"),
    "form": gettext_lazy("please use the form"),
    "held": gettext_lazy("we have your e-mail"),
    "desk": gettext_lazy("to which case does it belong?"),
}
DECIDED = gettext_lazy("Somebody has decided about that mail meanwhile.")


def register_answers() -> None:
    """Tell the outbox about the kind of this module."""
    register(KIND, _may_have, _render)


def _may_have(person: Person, refs: Refs) -> bool | str:
    mail = RawMail.objects.filter(pk=refs["mail"], person=person).first()
    if mail is None:
        return False
    is_asked = refs["answer"] == "cost"
    return str(DECIDED) if is_asked and mail.state != RawMail.State.HELD else True


def _render(person: Person, refs: Refs) -> Rendered:
    mail = RawMail.objects.select_related("tenant", "about").get(pk=refs["mail"])
    code = str(refs["answer"])
    number = f"{mail.tenant.case_prefix}-{mail.about.number}" if mail.about else ""
    shown = {
        "person": person,
        "vendor": mail.tenant,
        "told": mail.told,
        "points": mail.figures.get("points"),
        "subject": mail.subject or _("(no subject)"),
        "number": number if "case" in refs else "",
        "portal": site_url(mail.tenant, "/"),
        "form": site_url(mail.tenant, reverse("portal:file")) if person.is_customer else "",
        "confirm": site_url(mail.tenant, confirm_path(mail)) if code == "cost" else "",
    }
    return Rendered(
        subject=_subject(str(SUBJECTS[code]), str(shown["subject"]), str(shown["number"])),
        body=render_to_string(f"mail/mail_{code}.txt", shown),
        headers=_headers(mail, refs),
        answers=(PUBLIC if person.is_customer else DESK) if "case" in refs else "",
    )


def _subject(became: str, subject: str, number: str) -> str:
    """Put the case in front, as in all mail about it, and leave the sender's subject as it is."""
    front = f"[{number}] " if number and f"[{number}]" not in subject else ""
    return f"{front}{became[:1].upper()}{became[1:]}: {subject}"[:250]


def _headers(mail: RawMail, refs: Refs) -> dict[str, str]:
    """Thread with the mail that is answered; what is about no case is answered to the mailbox."""
    headers = {"In-Reply-To": mail.message_id} if mail.message_id else {}
    if "case" not in refs and takes_mail() and mailbox_of(SUPPORT) is not None:
        headers["Reply-To"] = f"{SUPPORT}@{mail_domain(mail.tenant)}"
    return headers
