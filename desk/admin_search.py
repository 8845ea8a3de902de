"""One search over what a manager looks after: people, contracts, cases, the policy, pages."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Company, Person, Team
from desk.landing_sections import all_pages
from desk.mail_pages import edit_url
from entitlements.holdings import policy_at
from entitlements.models import Contract, Licence, Product, Release
from outbox.texts import described
from sla.errors import NoDraft
from sla.overview import overview_groups
from sla.pages import edited
from tickets.search import search as search_cases
from tickets.wording import display_number

LONGEST_ASKED = 200
SHOWN = 8
PAGES_SHOWN = 12


@dataclass(frozen=True)
class Hit:
    """One thing that was found: its name, what is beside it, and its address."""

    name: str
    url: str
    beside: str = ""


@dataclass(frozen=True)
class Found:
    """What was found of one kind. `more`: where the rest is, "" if this is all."""

    title: str
    hits: tuple[Hit, ...]
    more: str = ""


def look_for(text: str, by: Person, at: datetime) -> tuple[str, list[Found]]:
    """Look for everything whose names hold all words of a text; what is not found is left out.

    Gives the text as it was looked for with the groups. As many statements for many hits as for
    one.
    """
    asked = " ".join(text.replace("\x00", " ").split())[:LONGEST_ASKED]
    if not any(letter.isalnum() for letter in asked):
        return asked, []
    found = (
        _pages(asked),
        _people(asked),
        _companies(asked),
        _cases(by, asked),
        _contracts(asked, at),
        _licences(asked),
        _products(asked),
        _policy(asked),
        _texts(asked),
    )
    return asked, [one for one in found if one.hits]


def _pages(asked: str) -> Found:
    hits = [
        Hit(str(page.name), page.url, f"{section.name}: {page.what}")
        for section, page in all_pages()
        if _has(asked, section.name, page.name, page.what, page.other_words)
    ]
    return Found(_("Pages"), tuple(hits[:PAGES_SHOWN]))


def _people(asked: str) -> Found:
    people = Person.objects.filter(_in_all(asked, "name", "email", "phone", "company__name"))
    return _rows(
        _("People"),
        people.select_related("company").order_by("-is_active", "name", "pk"),
        lambda one: Hit(one.name, _change("accounts_person", one.pk), _person_beside(one)),
        _listed("accounts_person", asked),
    )


def _person_beside(person: Person) -> str:
    where = person.company.name if person.company else ""
    left = "" if person.is_active else _("not active")
    parts = (person.get_role_display(), where, person.email, left)
    return " · ".join(str(part) for part in parts if part)


def _companies(asked: str) -> Found:
    companies = Company.objects.filter(_in_all(asked, "name", "domains__domain")).distinct()
    return _rows(
        _("Companies"),
        companies.order_by("name", "pk"),
        lambda one: Hit(one.name, _change("accounts_company", one.pk), one.country),
        _listed("accounts_company", asked),
    )


def _cases(by: Person, asked: str) -> Found:
    found = search_cases(by, asked)
    hits = [
        Hit(
            f"{display_number(hit.case)}: {hit.case.subject}",
            reverse("desk:case", args=[hit.case.number]),
            f"{hit.case.company.name} · {hit.case.get_status_display()}",
        )
        for hit in found.hits[:SHOWN]
    ]
    more = f"{reverse('desk:search')}?q={_quoted(asked)}" if len(found.hits) > SHOWN else ""
    return Found(_("Cases"), tuple(hits), more)


def _contracts(asked: str, at: datetime) -> Found:
    policy = policy_at(at)
    plans = [plan.code for plan in policy.plans if _has(asked, plan.name)] if policy else []
    names = {plan.code: plan.name for plan in policy.plans} if policy else {}
    wanted = _in_all(asked, "company__name", "product__name", "reseller") | Q(plan__in=plans)
    contracts = Contract.objects.filter(wanted).select_related("company", "product")

    def hit(one: Contract) -> Hit:
        until = _("open-ended")
        if one.ends_on:
            until = _("until %(day)s") % {"day": date_format(one.ends_on, "j M Y")}
        what = (names.get(one.plan, one.plan), one.product.name if one.product else "", until)
        return Hit(
            one.company.name,
            _change("entitlements_contract", one.pk),
            " · ".join(part for part in what if part),
        )

    listed = _listed("entitlements_contract", asked)
    return _rows(_("Contracts"), contracts.order_by("company__name", "-starts_on"), hit, listed)


def _licences(asked: str) -> Found:
    key = re.sub(r"\s+", "", asked).upper()
    wanted = _in_all(asked, "company__name", "product__name") | Q(number_key__contains=key)
    licences = Licence.objects.filter(wanted).select_related("company", "product")
    return _rows(
        _("Licences"),
        licences.order_by("company__name", "number"),
        lambda one: Hit(
            one.number,
            _change("entitlements_licence", one.pk),
            f"{one.company.name} · {one.product.name}",
        ),
        _listed("entitlements_licence", asked),
    )


def _products(asked: str) -> Found:
    """Find products, releases and teams: few of each, so they stand together."""
    products = Product.objects.filter(_in_all(asked, "name", "code")).order_by("name")
    releases = Release.objects.filter(_in_all(asked, "version", "product__name"))
    teams = Team.objects.filter(_in_all(asked, "name")).order_by("name")
    hits = [
        *(
            Hit(one.name, _change("entitlements_product", one.pk), _("product"))
            for one in products[:SHOWN]
        ),
        *(
            Hit(
                f"{one.product.name} {one.version}",
                _change("entitlements_release", one.pk),
                _("release"),
            )
            for one in releases.select_related("product").order_by("-version_key")[:SHOWN]
        ),
        *(Hit(one.name, _change("accounts_team", one.pk), _("team")) for one in teams[:SHOWN]),
    ]
    return Found(_("Products, releases and teams"), tuple(hits))


def _policy(asked: str) -> Found:
    try:
        groups = overview_groups(edited())
    except NoDraft:
        groups = []
    hits = [
        Hit(part.name, part.url, part.summary[:160])
        for group in groups
        for part in group.parts
        if _has(asked, group.name, part.name, part.summary)
    ]
    return Found(_("Support policy"), tuple(hits[:SHOWN]))


def _texts(asked: str) -> Found:
    hits = [
        Hit(str(about.title), edit_url(kind, side, settings.LANGUAGE_CODE), str(about.group))
        for kind, about in described().items()
        for side in about.sides[:1]
        if _has(asked, about.title)
    ]
    return Found(_("Texts of messages"), tuple(hits[:SHOWN]))


def _rows(title: str, rows: QuerySet, hit: Callable[..., Hit], more: str) -> Found:
    found = list(rows[: SHOWN + 1])
    return Found(title, tuple(map(hit, found[:SHOWN])), more if len(found) > SHOWN else "")


def _in_all(asked: str, *fields: str) -> Q:
    """Make the condition that each word is in one of the fields."""
    condition = Q()
    for word in asked.split():
        in_any = Q()
        for field in fields:
            in_any |= Q(**{f"{field}__icontains": word})
        condition &= in_any
    return condition


def _has(asked: str, *texts: object) -> bool:
    whole = " ".join(str(text) for text in texts).casefold()
    return all(word in whole for word in asked.casefold().split())


def _change(model: str, pk: int) -> str:
    return reverse(f"admin:{model}_change", args=[pk])


def _listed(model: str, asked: str) -> str:
    return f"{reverse(f'admin:{model}_changelist')}?q={_quoted(asked)}"


def _quoted(asked: str) -> str:
    return quote(asked, safe="")
