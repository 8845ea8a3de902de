"""A vendor's own words in messages: where there may be some, their check, and how they are filled.

A text is plain, with placeholders in braces from a declared list: `{name}`. What they stand for is
put in once and not read again, and a subject is made one line when the message is composed
(`outbox.letters.header_line`): nobody's name can become a placeholder or a header.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from unicodedata import category

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import roles
from accounts.change_models import Change
from accounts.changes import keep_change
from accounts.errors import DomainError, Invalid, NotAllowed, NotFound
from accounts.languages import spoken
from accounts.models import Person, Tenant
from accounts.tenancy import current_tenant_id
from outbox.registry import Rendered
from outbox.text_models import MailText

Side = MailText.Side

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
FOOT = "\n-- \n"
LONGEST_SUBJECT = 200
LONGEST_BODY = 10_000
# Controls, separators, halves of a character: what could end a header, or is no text.
BREAKS = frozenset({"Cc", "Zl", "Zp", "Cs"})
# What every kind of message knows.
OF_ALL: Mapping[str, Promise] = {
    "name": _("the name of whoever gets it"),
    "vendor": _("your name, as the vendor"),
    "subject": _("the given subject"),
    "text": _("the given text, without greeting and signature"),
    "signature": _("the given signature"),
}


class UnknownPlaceholder(Invalid):
    """Somebody wrote a placeholder that the kind has no value for."""

    code = "unknown_placeholder"
    message = _("There is no {%(name)s} here. There is: %(known)s.")


class SaysNothing(Invalid):
    """The body has lost what the message is about."""

    code = "mail_text_says_nothing"
    message = _("Without one of these nobody would learn what it is about: %(needed)s.")


class TextHasChanged(DomainError):
    """Somebody else saved another text since the form was opened."""

    code = "mail_text_has_changed"
    message = _("Somebody else has changed this text meanwhile. Look at it before you save yours.")


@dataclass(frozen=True)
class About:
    """What is known of a kind of message before there is one.

    `placeholders` are those beside `OF_ALL`, each with its meaning; the kind gives their values as
    `Rendered.values`. `needed`: the body must have one of these, or `text`.
    """

    title: str | Promise
    group: str
    sides: tuple[str, ...]
    placeholders: Mapping[str, Promise] = field(default_factory=dict)
    needed: tuple[str, ...] = ()

    @property
    def all_placeholders(self) -> dict[str, Promise]:
        return {**OF_ALL, **self.placeholders}


_about: dict[str, About] = {}


def describe(kind: str, about: About) -> None:
    """Say what a kind of message is about; from `AppConfig.ready`, once. Raises ValueError."""
    if kind in _about:
        raise ValueError(f"messages of kind {kind!r} are described already")
    _about[kind] = about


def described() -> dict[str, About]:
    """List the kinds whose words a vendor may change, by kind."""
    return dict(_about)


def access_about(kind: str, side: str, language: str) -> About:
    """Find what is known of a kind that goes to a side, in a language we have. Raises NotFound."""
    about = _about.get(kind)
    if about is None or side not in about.sides or language not in dict(settings.LANGUAGES):
        raise NotFound
    return about


def side_of(person: Person) -> str:
    """Tell which side's words somebody gets."""
    return Side.CUSTOMER if person.role in roles.CUSTOMERS else Side.DESK


def newest_text(kind: str, side: str, language: str) -> MailText | None:
    """Find the row that counts; None, or one that `is_given`, for the given words."""
    return texts_of(kind, side, language).first()


def texts_of(kind: str, side: str, language: str) -> QuerySet[MailText]:
    """List all texts that there ever were of a kind, side and language, the newest first."""
    found = MailText.objects.filter(kind=kind, side=side, language=language)
    return found.select_related("by").order_by("-pk")


def own_texts() -> dict[tuple[str, str, str], MailText]:
    """Map (kind, side, language) to the vendor's own text where one counts. One statement."""
    keys = ("kind", "side", "language")
    newest = MailText.objects.order_by(*keys, "-pk").distinct(*keys)
    return {
        (row.kind, row.side, row.language): row
        for row in newest.select_related("by")
        if not row.is_given
    }


@transaction.atomic
def save_text(
    *,
    kind: str,
    side: str,
    language: str,
    subject: str,
    body: str,
    why: str,
    seen: int | None,
    by: Person,
    at: datetime,
) -> MailText:
    """Put the vendor's own words in the place of the given ones, from the next message on.

    `seen` is the id of the row that counted when the form was opened, None if there was none.
    Locks the vendor. Raises NotAllowed, NotFound, UnknownPlaceholder, SaysNothing, Invalid,
    TextHasChanged.
    """
    check_text(kind=kind, side=side, language=language, subject=subject, body=body)
    words = {"is_given": False, "subject": subject.strip(), "body": _lines(body)}
    return _write(kind, side, language, words, why=why, seen=seen, by=by, at=at)


@transaction.atomic
def restore_text(
    *, kind: str, side: str, language: str, why: str, seen: int | None, by: Person, at: datetime
) -> MailText:
    """Put the given words back. Locks the vendor. Raises NotAllowed, NotFound, TextHasChanged."""
    access_about(kind, side, language)
    words = {"is_given": True, "subject": "", "body": ""}
    return _write(kind, side, language, words, why=why, seen=seen, by=by, at=at)


def check_text(*, kind: str, side: str, language: str, subject: str, body: str) -> None:
    """Refuse a text that could not be sent, or says nothing.

    Raises NotFound, UnknownPlaceholder, SaysNothing, Invalid; `field` names subject or body.
    """
    about = access_about(kind, side, language)
    subject, body = subject.strip(), _lines(body)
    _check_length("subject", subject, LONGEST_SUBJECT)
    _check_length("body", body, LONGEST_BODY)
    if any(category(sign) in BREAKS for sign in subject):
        raise Invalid(_("A subject is one line."), field="subject")
    if any(category(sign) in BREAKS and sign not in "\n\t" for sign in body):
        raise Invalid(_("There are signs in it that no text has."), field="body")
    _check_placeholders(about, "subject", subject)
    _check_placeholders(about, "body", body)
    needed = ("text", *about.needed)
    if not set(needed) & placeholders_in(body):
        raise SaysNothing(needed=_braced(needed), field="body")


def placeholders_in(text: str) -> set[str]:
    """List what stands in braces."""
    return set(PLACEHOLDER.findall(text))


def in_own_words(kind: str, person: Person, rendered: Rendered) -> Rendered:
    """Give a message the vendor's own words, if it has some for the recipient's side and language.

    A text that a later release has no values for is left aside: the given words leave instead.
    """
    about = _about.get(kind)
    if about is None:
        return rendered
    own = newest_text(kind, side_of(person), spoken(person.language))
    if own is None or own.is_given:
        return rendered
    if placeholders_in(own.subject + own.body) - set(about.all_placeholders):
        return rendered
    return filled(own.subject, own.body, person, rendered)


def filled(subject: str, body: str, person: Person, rendered: Rendered) -> Rendered:
    """Fill a text with what a message knows; what it does not know is empty."""
    values = values_of(person, rendered)

    def value(match: re.Match[str]) -> str:
        return values.get(match[1], "")

    text = re.sub(r"\n{3,}", "\n\n", PLACEHOLDER.sub(value, body)).strip("\n") + "\n"
    return replace(rendered, subject=PLACEHOLDER.sub(value, subject), body=text)


def values_of(person: Person, rendered: Rendered) -> dict[str, str]:
    """Read from a message in the given words what its placeholders stand for."""
    _greeting, _break, rest = rendered.body.strip("\n").partition("\n")
    text, foot, signature = rest.rpartition(FOOT)
    return {
        "company": person.company.name if person.company else "",
        **rendered.values,
        "name": person.name,
        "vendor": person.tenant.name,
        "subject": rendered.subject,
        "text": (text if foot else rest).strip("\n"),
        "signature": f"{FOOT.strip(chr(10))}\n{signature}".rstrip("\n") if foot else "",
    }


def given_body(greeting: str) -> str:
    """Write the text that says what the given one does, to begin with. `greeting` has `{name}`."""
    return f"{greeting}\n\n{{text}}\n\n{{signature}}"


def _check_length(name: str, text: str, most: int) -> None:
    if not text.strip():
        raise Invalid(_("This field is required."), field=name)
    if len(text) > most:
        raise Invalid(_("This is longer than %(most)d characters."), field=name, most=most)


def _check_placeholders(about: About, name: str, text: str) -> None:
    known = about.all_placeholders
    for one in PLACEHOLDER.findall(text):
        if one not in known:
            raise UnknownPlaceholder(name=one, known=_braced(known), field=name)


def _braced(names: Iterable[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)


def _lines(body: str) -> str:
    return body.replace("\r\n", "\n").replace("\r", "\n")


def _write(
    kind: str,
    side: str,
    language: str,
    words: Mapping[str, object],
    *,
    why: str,
    seen: int | None,
    by: Person,
    at: datetime,
) -> MailText:
    if not by.may("use_admin"):
        raise NotAllowed
    # One after another: two first texts of a kind have no row of their own to wait for.
    Tenant.objects.select_for_update(of=("self",), no_key=True).get(pk=current_tenant_id())
    before = newest_text(kind, side, language)
    if (before.pk if before else None) != seen:
        raise TextHasChanged
    if before and all(getattr(before, name) == value for name, value in words.items()):
        return before  # it says that already
    row = MailText.objects.create(
        tenant_id=current_tenant_id(),
        kind=kind,
        side=side,
        language=language,
        why=why.strip()[:500],
        by=by,
        at=at,
        **words,
    )
    _keep(row, before)
    return row


def _keep(row: MailText, before: MailText | None) -> None:
    texts = (
        (name, getattr(before, name) if before else "", getattr(row, name))
        for name in ("subject", "body")
    )
    lines = [{"field": name, "before": was, "after": now} for name, was, now in texts if was != now]
    keep_change(
        act=Change.Act.CHANGED,
        model=MailText._meta.label_lower,
        row=f"{row.kind}/{row.side}/{row.language}",
        named=f"{_about[row.kind].title} ({row.get_side_display()}, {row.language})",
        by=row.by,
        at=row.at,
        lines=lines,
        why=row.why,
    )
