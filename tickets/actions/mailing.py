"""What came by mail, on the entry that it became."""

from tickets.models import CaseEvent, Message

EMAIL = "email"


def came_by_mail(event: CaseEvent, *, quoted: str = "") -> None:
    """Note of the message of an entry that it came by mail, with the older mail that it quotes.

    In the transaction of what wrote the message.
    """
    Message.objects.filter(event=event).update(way=EMAIL, quoted=quoted.strip())
