"""Which incoming mail somebody of the desk may see, and what waits for a person."""

from django.db.models import Count, Max, Q, QuerySet

from accounts.errors import NotFound
from accounts.models import Person
from mailbox.models import Mailbox, RawMail
from tickets.queries import closed_to

State = RawMail.State
# The lists of the page, by the name in their address.
LISTS: dict[str, tuple[str, ...]] = {
    "waiting": RawMail.FOR_A_PERSON,
    "refused": (State.REFUSED,),
    "ignored": (State.IGNORED,),
    "taken": (State.JOINED, State.OPENED),
    "binned": (State.BINNED,),
}


def visible_mails(person: Person) -> QuerySet[RawMail]:
    """Select the mails that somebody of the desk may see: none about a case closed to them."""
    if not person.may("use_desk"):
        return RawMail.objects.none()
    hidden = closed_to(person)
    mails = RawMail.objects.all()
    return mails.exclude(Q(case__in=hidden) | Q(about__in=hidden)) if hidden else mails


def mails_on(name: str, person: Person) -> QuerySet[RawMail]:
    """List the mails of one of LISTS, the newest first."""
    found = visible_mails(person).filter(state__in=LISTS[name])
    beside = ("mailbox", "person__company", "case__tenant", "about__tenant")
    return found.select_related(*beside).order_by("-pk")


def count_waiting() -> int:
    """Count what waits for a person; also what is about a case that its reader may not see."""
    return RawMail.objects.filter(state__in=RawMail.FOR_A_PERSON).count()


def access_mail(person: Person, mail_id: int) -> RawMail:
    """Find one mail. Raises NotFound for none and for one that is not theirs to see alike."""
    beside = (
        "tenant", "mailbox", "person__company", "case__tenant", "about__tenant", "event",
        "decided_by", "vouched_by",
    )  # fmt: skip
    found = visible_mails(person).select_related(*beside).filter(pk=mail_id).first()
    if found is None:
        raise NotFound
    return found


def mailboxes() -> QuerySet[Mailbox]:
    """List the vendor's mailboxes, with how many mails came to each and when the newest did."""
    counted = {"number": Count("mails"), "newest_at": Max("mails__received_at")}
    return Mailbox.objects.annotate(**counted).order_by("code")


def access_mailbox(mailbox_id: int) -> Mailbox:
    """Find one mailbox. Raises NotFound."""
    found = Mailbox.objects.select_related("tenant").filter(pk=mailbox_id).first()
    if found is None:
        raise NotFound
    return found
