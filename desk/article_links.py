"""Articles beside a case, and their addresses in what is said to a customer."""

import re

from accounts.places import site_url
from desk.forms import ActForm
from knowledge.errors import ArticleIsInternal
from knowledge.queries import internal_titles
from tickets.actions.holding import SENDERS

# Where words to the customer stand in the forms of the case page.
SAID = ("body", "own", "why")


def refuse_closed_articles(form: ActForm) -> None:
    """Refuse to send a customer the address of an article that they cannot open.

    Raises ArticleIsInternal. Reads nothing where no address of an article is said.
    """
    if form.prefix not in SENDERS:
        return
    address = re.escape(site_url(form.scene.case.tenant, "/help/")) + r"(\d{1,9})\b"
    for name in SAID:
        said = re.findall(address, form.cleaned_data.get(name) or "", re.IGNORECASE)
        closed = internal_titles(int(key) for key in said) if said else []
        if closed:
            raise ArticleIsInternal(field=name, title="”, “".join(closed))
