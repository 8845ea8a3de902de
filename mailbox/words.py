"""Why a mail is where it is, in sentences for the desk."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mailbox import verdicts
from mailbox.models import RawMail
from mailbox.parsing import limits

REASONS: Mapping[str, Promise] = {
    limits.EMPTY: _("There is nothing in it."),
    limits.TOO_BIG: _("It is larger than a mail may be (25 MB)."),
    limits.HEADERS_TOO_BIG: _("Its headers are larger than those of any honest mail."),
    limits.HEADER_TOO_LONG: _("One of its headers is longer than any honest one."),
    limits.TOO_MANY_RECIPIENTS: _("It names more recipients than we read."),
    limits.TOO_DEEP: _("Its parts are nested deeper than we read."),
    limits.TOO_MANY_PARTS: _("It has more parts than we read."),
    limits.TOO_SLOW: _("Reading it took too long, so it was stopped."),
    limits.TOO_MUCH_MEMORY: _("Reading it took too much memory, so it was stopped."),
    limits.CRASHED: _("The program that read it came to grief over it."),
    verdicts.KEEPS_FAILING: _(
        "It could not be dealt with three times: a fault of the desk, see its log."
    ),
    verdicts.NO_SENDER: _("It does not say plainly who it is from: none, or several, or hidden."),
    verdicts.BAD_ADDRESS: _(
        "It was sent to an address for answers that we have not made, or whose message is gone."
    ),
    verdicts.OTHER_SENDER: _(
        "It was sent to the address that somebody else answers to. Perhaps it was forwarded."
    ),
    verdicts.UNPROVEN: _(
        "Nothing proves that it is from the address that it names. Ask the sender another way if "
        "you are in doubt."
    ),
    verdicts.FORGED: _("Its sender's own domain says that it is not from there: it is forged."),
    verdicts.QUOTES_DESK: _(
        "It would go to the customer, but seems to quote what only the desk may read."
    ),
    verdicts.NAMES_CASE: _(
        "A contact of yours wrote anew and names a case. By its number alone nothing is joined."
    ),
    verdicts.CONFIRM_COST: _(
        "It would open a case that costs points. Nothing is charged until its sender agrees."
    ),
    verdicts.ESCALATION: _("It asks for an escalation: log it, with the words of the mail."),
    verdicts.CASE_REFUSES: _("The case does not take it."),
    verdicts.USE_FORM: _("Cases are not opened by mail, but by the form."),
    verdicts.DESK_WRITES: _(
        "Somebody of the desk wrote to it, but not to the address of a message about a case."
    ),
    verdicts.NOTHING_SAID: _("It says nothing above what it quotes, and brings no file."),
    verdicts.TOO_OFTEN: _(
        "Its sender has written very often within an hour. Perhaps a program writes it."
    ),
    verdicts.STRANGER: _("Nobody of your customers has the address of its sender."),
    verdicts.PERHAPS_AUTOMATIC: _(
        "A contact of yours wrote it, but perhaps by a mailing list or a note of absence. Nobody "
        "was told."
    ),
    verdicts.AUTOMATIC: _("A program wrote it, such as a note of absence. Nobody was told."),
    verdicts.BOUNCED: _("A mail server says that a message of ours did not arrive."),
    verdicts.LOOP: _("It went through this desk before."),
    verdicts.TWICE: _("It came before, by another way or at another address."),
}
# Why a mail whose sender is known is answered.
ANSWERED = frozenset(
    {verdicts.CONFIRM_COST, verdicts.CASE_REFUSES, verdicts.USE_FORM, verdicts.NOTHING_SAID}
)
TOLD = _("Its sender was told so, and what to do.")
UNTOLD = _(
    "Its sender was not told: they had enough automatic answers, or want none. Answer them in "
    "person."
)


def reason_of(mail: RawMail) -> str:
    """Say why a mail is where it is, and whether its sender knows; "" where nothing is to say."""
    if not mail.why:
        return ""
    said = REASONS.get(mail.why)
    words = str(said) % mail.figures if said is not None and mail.figures else str(said or mail.why)
    if mail.why not in ANSWERED:
        return words
    return f"{words} {TOLD if mail.answered else UNTOLD}"
