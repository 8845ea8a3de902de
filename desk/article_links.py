"""Addresses of articles in the forms of the case page."""

from desk.forms import ActForm
from knowledge.addresses import refuse_closed
from tickets.actions.holding import SENDERS

# Where words to the customer stand in the forms of the case page.
SAID = ("body", "own", "why")


def refuse_closed_articles(form: ActForm) -> None:
    """Refuse to send a customer the address of an article that they cannot open.

    Raises ArticleIsInternal. Reads nothing where no address of an article is said.
    """
    if form.prefix not in SENDERS:
        return
    for name in SAID:
        refuse_closed(form.cleaned_data.get(name) or "", form.scene.case.tenant, field=name)
