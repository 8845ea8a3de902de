"""Addresses of articles in what is said to a customer."""

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

from accounts.models import Tenant
from accounts.places import site_url
from knowledge.errors import ArticleIsInternal
from knowledge.queries import internal_titles


def closed_articles(text: str, tenant: Tenant) -> list[str]:
    """Name the articles whose address a text gives, and that no customer can open.

    Reads nothing where no address of an article is said.
    """
    address = re.escape(site_url(tenant, "/help/")) + r"(\d{1,9})\b"
    said = re.findall(address, text, re.IGNORECASE)
    return internal_titles(int(key) for key in said) if said else []


def refuse_closed(text: str, tenant: Tenant, *, field: str = "") -> None:
    """Refuse to tell a customer the address of an article that they cannot open.

    Raises ArticleIsInternal.
    """
    closed = closed_articles(text, tenant)
    if closed:
        raise article_is_internal(closed, field=field)


def article_is_internal(titles: Iterable[str], *, field: str = "") -> ArticleIsInternal:
    """Make the refusal that names these articles."""
    return ArticleIsInternal(field=field, title=_("”, “").join(titles))
