"""The words of what people are told about releases, downloads, licences and what ends.

Asked for at sending time: a date that has moved since, a topic that is stopped, a contract that has
ended keep a mail from leaving.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Company, Person
from accounts.places import site_url
from accounts.queries import whereabouts
from accounts.tenancy import desk_now
from entitlements.announcing import MAILS, register_announcing
from entitlements.holdings import holding_of, policy_at
from entitlements.lifecycle_notices import (
    CUSTOMERS_ON_IT,
    LICENCE,
    LICENCE_ENDS,
    SUPPORT_ENDS,
    register_notices,
)
from entitlements.maintenance import whom_to_ask
from entitlements.models import Bulletin, Download, Licence, Product, Release
from entitlements.release_lists import vendors_day
from entitlements.releases import companies_on, releases_named_by
from entitlements.support_table import Supported, SupportTable, support_for, support_of
from entitlements.topics import find_topic, may_have, stop_url
from outbox.registry import Refs, Rendered, register
from sla.engine.parts import Facts

Words = Mapping[str, Any]


def register_lifecycle() -> None:
    """Have releases, downloads and ends told of: the kinds of mail, the work, the daily tasks."""
    register_announcing()
    register_notices()
    register(MAILS["release"], _may_have(_of_release), _release_out)
    register(MAILS["download"], _may_have(_of_download), _download_out)
    register(MAILS["bulletin"], _may_have(_of_bulletin), _bulletin)
    register(SUPPORT_ENDS, _may_hear_of_end, _support_ends)
    register(CUSTOMERS_ON_IT, _may_see_customers, _customers_on_it)
    register(LICENCE_ENDS, _may_hear_of_licence, _licence_ends)


def _may_have(
    product_of: Callable[[Refs], Product | None],
) -> Callable[[Person, Refs], bool | str]:
    def may_receive(person: Person, refs: Refs) -> bool | str:
        return may_have(person, str(refs["topic"]), product_of(refs), desk_now())

    return may_receive


def _of_release(refs: Refs) -> Product:
    return Product.objects.get(releases=int(refs["release"]))


def _of_download(refs: Refs) -> Product:
    return Product.objects.get(releases__downloads=int(refs["download"]))


def _of_bulletin(refs: Refs) -> Product | None:
    return Bulletin.objects.select_related("product").get(pk=refs["bulletin"]).product


def _release_out(person: Person, refs: Refs) -> Rendered:
    release = _release(refs)
    subject = _("%(product)s %(version)s is released") % {
        "product": release.product.name,
        "version": release.version,
    }
    shown = {"release": release, "table": _table(person, release.product)}
    return _to_topic("release_out", person, refs, subject, "portal:downloads", shown)


def _download_out(person: Person, refs: Refs) -> Rendered:
    download = Download.objects.select_related("release__product").get(pk=refs["download"])
    release = download.release
    subject = f"{release.product.name} {release.version}: {download.name}"
    return _to_topic(
        "download_out", person, refs, subject, "portal:downloads", {"download": download}
    )


def _bulletin(person: Person, refs: Refs) -> Rendered:
    bulletin = Bulletin.objects.get(pk=refs["bulletin"])
    shown = {"bulletin": bulletin}
    return _to_topic("bulletin", person, refs, bulletin.subject, "portal:notifications", shown)


def _may_hear_of_end(person: Person, refs: Refs) -> bool | str:
    allowed = _may_have(_of_release)(person, refs)
    if allowed is not True:
        return allowed
    release = _release(refs)
    row = _table(person, release.product).row_of(release)
    return _is_still(row, refs) or _("The end of support is another day by now.")


def _support_ends(person: Person, refs: Refs) -> Rendered:
    release = _release(refs)
    figures = {
        "product": release.product.name,
        "version": release.version,
        "day": _day(refs["last_day"]),
    }
    subject = _("Support for %(product)s %(version)s ends on %(day)s") % figures
    used, _number = releases_named_by(_company(person)).get(release.product_id, (None, None))
    shown = figures | {
        "table": _table(person, release.product),
        "is_known": used == release.pk,
    }
    return _to_topic("support_ends", person, refs, subject, "portal:support_end", shown)


def _may_see_customers(person: Person, refs: Refs) -> bool:
    return person.may("use_desk") and Release.objects.filter(pk=refs["release"]).exists()


def _customers_on_it(person: Person, refs: Refs) -> Rendered:
    release = _release(refs)
    figures = {
        "product": release.product.name,
        "version": release.version,
        "day": _day(refs["last_day"]),
    }
    at = desk_now()
    today = vendors_day(at)
    on_it = companies_on(release, today)
    facts = Facts(product=release.product.code)
    shown = figures | {
        "rows": [row for row in on_it if row.company.account_manager_id == person.pk],
        "table": support_of(release.product, policy_at(at), facts, today),
    }
    subject = _("Your customers on %(product)s %(version)s: support ends on %(day)s") % figures
    return Rendered(subject, _body("support_ends_customers", person, "desk:customers", shown))


def _may_hear_of_licence(person: Person, refs: Refs) -> bool | str:
    licence = Licence.objects.filter(pk=refs["licence"]).first()
    if licence is None:
        return False
    end = licence.valid_until if refs["what"] == LICENCE else licence.maintenance_until
    if end is None or end.isoformat() != refs["last_day"]:
        return _("It ends on another day by now.")
    return person.company_id == licence.company_id or person.may("use_desk")


def _licence_ends(person: Person, refs: Refs) -> Rendered:
    licence = Licence.objects.select_related("product", "company__tenant").get(pk=refs["licence"])
    name, address = whom_to_ask(licence.company, policy_at(desk_now()))
    is_licence = refs["what"] == LICENCE
    figures = {"product": licence.product.name, "day": _day(refs["last_day"])}
    if is_licence:
        subject = _("Your licence of %(product)s ends on %(day)s") % figures
    else:
        subject = _("Maintenance of %(product)s ends on %(day)s") % figures
    shown = figures | {"licence": licence, "is_licence": is_licence, "name": name}
    page = "portal:downloads" if person.is_customer else "desk:queue"
    return Rendered(subject, _body("licence_ends", person, page, shown | {"address": address}))


def _to_topic(
    kind: str, person: Person, refs: Refs, subject: str, page: str, shown: Words
) -> Rendered:
    """Write a mail that can be stopped by one click, in the mail and by the mail program."""
    topic = find_topic(policy_at(desk_now()), str(refs["topic"]))
    stop = stop_url(person, str(refs["topic"]))
    more = {
        "topic": topic,
        "stop": stop,
        "choices": site_url(person.tenant, reverse("portal:notifications")),
    }
    headers = {
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    reason = "" if topic else None  # the letter names the topic, where there still is one
    return Rendered(subject, _body(kind, person, page, {**shown, **more}), headers, reason=reason)


def _body(kind: str, person: Person, page: str, shown: Words) -> str:
    url = site_url(person.tenant, reverse(page))
    whole = {"person": person, "vendor": person.tenant, "url": url, **shown}
    return render_to_string(f"mail/{kind}.txt", whole)


def _release(refs: Refs) -> Release:
    return Release.objects.select_related("product").get(pk=refs["release"])


def _table(person: Person, product: Product) -> SupportTable:
    at = desk_now()
    company = _company(person)
    day = whereabouts(company=company, person=person).date_at(at)
    return support_for(holding_of(company, policy_at(at), day), product)


def _company(person: Person) -> Company:
    assert person.company is not None  # whoever has none may not receive it
    return person.company


def _is_still(row: Supported | None, refs: Refs) -> bool:
    if row is None or row.last_day is None:
        return False
    return row.last_day.isoformat() == refs["last_day"]


def _day(text: int | str) -> str:
    return date_format(date.fromisoformat(str(text)), "j F Y")
