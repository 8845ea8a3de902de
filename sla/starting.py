"""How a new vendor begins: one of the prepared policies, or an empty one, as its working copy."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import NotAllowed, NotFound
from accounts.models import Person, Tenant
from accounts.tenancy import current_tenant_id
from sla.documents import fill, write_rows
from sla.engine.document import canonical_text, parse_document, text_of
from sla.engine.policy import SCHEMA, Policy
from sla.engine.texts import texts_of
from sla.errors import AlreadyStarted
from sla.models import PolicyDraft
from sla.publishing import checked_policy

EMPTY = "empty"
# What is another vendor's alone: its numbers, addresses, dates, and what its own text is about.
_NOT_TAKEN_OVER = ("phones", "contact", "policy_date", "readings")
_TEXTS_NOT_TAKEN_OVER = ("eula", "eula_url")


@dataclass(frozen=True, slots=True)
class Template:
    """A prepared policy to begin from."""

    code: str
    name: str
    summary: str


def templates() -> tuple[Template, ...]:
    """List the policies that come with the installation, by their names."""
    read = ((code, policy) for code, (_text, policy) in _packs().items())
    found = [Template(code, policy.name, policy.summary) for code, policy in read]
    return tuple(sorted(found, key=lambda template: template.name))


@transaction.atomic
def start_policy(*, by: Person, at: datetime, template: str) -> PolicyDraft:
    """Fill the first working copy of the entered vendor from a template's code, or from EMPTY.

    Nothing is published. The vendor's address, name, zone and case prefix are put in; the numbers,
    addresses and dates of another vendor are left out, and clocks of its home zone follow the new
    one. Raises NotAllowed, NotFound (no such template), AlreadyStarted, PolicyIsFaulty.
    """
    if not by.may("edit_policy"):
        raise NotAllowed
    vendor = Tenant.objects.get(pk=current_tenant_id())
    canonical = canonical_text(checked_policy(text_of(_document(template, vendor)), at))
    # Of two who start at once the second waits here, and is told.
    fresh = PolicyDraft(tenant_id=vendor.pk, sections="", updated_at=at)
    PolicyDraft.objects.bulk_create([fresh], ignore_conflicts=True)
    draft = PolicyDraft.objects.select_for_update(of=("self",), no_key=True).get()
    if draft.sections:
        raise AlreadyStarted
    write_rows(draft, fill(tomllib.loads(canonical)))
    draft.revision += 1
    draft.updated_at, draft.updated_by = at, by
    draft.save(update_fields=["sections", "revision", "updated_at", "updated_by"])
    return draft


def _document(template: str, vendor: Tenant) -> dict[str, Any]:
    if template == EMPTY:
        return _empty_document(vendor)
    if template not in _packs():
        raise NotFound
    text, policy = _packs()[template]
    document = tomllib.loads(text)
    return document if policy.vendor == vendor.slug else _taken_over(document, policy, vendor)


def _empty_document(vendor: Tenant) -> dict[str, Any]:
    """Say as little as a policy can: one way to file one type of case, and no promise at all."""
    return {
        **_heading(vendor),
        "name": _named(vendor),
        "channels": [{"code": "portal", "name": _("Web portal")}],
        "case_types": [{"code": "problem", "name": _("Problem"), "default": True}],
    }


def _named(vendor: Tenant) -> str:
    name = _("%(vendor)s Support") % {"vendor": vendor.name}
    last = name.split()[-1]
    # Who is called “Acme Support” has no “Acme Support Support”.
    return vendor.name if vendor.name.split()[-1] == last else name


def _taken_over(document: Mapping[str, Any], policy: Policy, vendor: Tenant) -> dict[str, Any]:
    """Make another vendor's document this one's."""
    kept = {key: value for key, value in document.items() if key not in _NOT_TAKEN_OVER}
    page = kept.get("page", {})
    kept["page"] = {key: text for key, text in page.items() if key not in _TEXTS_NOT_TAKEN_OVER}
    for calendar in kept.get("calendars", {}).values():
        if calendar.get("time_zone") == policy.time_zone:
            calendar["time_zone"] = vendor.time_zone
    brand = _brand_of(policy)
    if brand:
        rename = _renaming(brand, vendor.name)
        kept = _everywhere(kept, rename) | {"translations": _renamed(kept, rename)}
    return _fitting(kept | _heading(vendor))


def _renamed(document: Mapping[str, Any], rename: Callable[[str], str]) -> dict[str, Any]:
    """Give the translations with a brand changed in the texts, too, by which they are found."""
    tables = document.get("translations", {}).items()
    return {
        language: {rename(text): rename(said) for text, said in words.items()}
        for language, words in tables
    }


def _fitting(document: dict[str, Any]) -> dict[str, Any]:
    """Leave out the translations of texts that were not taken over."""
    told = texts_of(parse_document(text_of(document)))
    texts = {text for texts in told.values() for text in texts}
    tables = {
        language: {text: said for text, said in words.items() if text in texts}
        for language, words in document.get("translations", {}).items()
    }
    return document | {"translations": tables}


def _heading(vendor: Tenant) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "vendor": vendor.slug,
        "time_zone": vendor.time_zone,
        "case_prefix": vendor.case_prefix,
    }


def _brand_of(policy: Policy) -> str:
    """Find what a vendor calls itself: the words with which its policy and calendars begin."""
    names = [policy.name.split(), *(spec.name.split() for spec in policy.calendars)]
    shared = []
    for words in zip(*names, strict=False):
        if len(names) == 1 or len(set(words)) > 1:
            break
        shared.append(words[0])
    return " ".join(shared)


def _renaming(brand: str, name: str) -> Callable[[str], str]:
    # What the name itself ends with is not said twice: “Acme Support” has no “Support Support”.
    last = re.escape(name.split()[-1])
    pattern = re.compile(rf"\b{re.escape(brand)}\b(?: {last}\b)?")
    return lambda text: pattern.sub(lambda _found: name, text)


def _everywhere(value: Any, change: Callable[[str], str]) -> Any:
    """Change every text within a document; its keys stay."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_everywhere(one, change) for one in value]
    if isinstance(value, dict):
        return {key: _everywhere(one, change) for key, one in value.items()}
    return value


@cache
def _packs() -> dict[str, tuple[str, Policy]]:
    """Read the installation's policies, once per process."""
    texts = {
        path.stem: path.read_text() for path in (settings.BASE_DIR / "policies").glob("*.toml")
    }
    return {code: (text, parse_document(text, code)) for code, text in sorted(texts.items())}
