"""The admin's pages of the policy, as tests see and send them."""

import re
from html import unescape

from django.urls import reverse

from accounts.tenancy import desk_now, tenant
from sla.queries import current_policy


def url(name, *arguments):
    return reverse(f"admin:sla_{name}", args=arguments)


def text_of(page):
    """Give what a page says, without its tags."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page.content.decode())))


def sent_by(page):
    """Fill in the main form of a page as a browser would send it unchanged."""
    context = page.context
    data = {"revision": str(context["revision"])}
    forms = [context["form"]] if "form" in context else []
    if "table" in context:
        forms += [context["table"].management_form, *context["table"].forms]
    for form in forms:
        for field in form:
            value = field.value()
            if value is None or value is False:
                continue
            data[field.html_name] = "on" if value is True else value
    return data


def row_with(page, source):
    """Find the prefix of the row of the targets' table that has this source."""
    return next(form.prefix for form in page.context["table"] if form["source"].value() == source)


def in_alpha(alpha, read):
    with tenant(alpha.tenant):
        return read()


def published(manager, **changes):
    page = manager.get(url("policydraft_publish"))
    return manager.post(url("policydraft_publish"), sent_by(page) | changes, follow=True)


def current_number(twin):
    with tenant(twin.tenant):
        return current_policy(desk_now()).number


def with_amount(manager, amount):
    page = manager.get(url("policydraft_targets", "first_response"))
    data = sent_by(page) | {f"{row_with(page, 'MX-20')}-amount": amount}
    manager.post(url("policydraft_targets", "first_response"), data)
