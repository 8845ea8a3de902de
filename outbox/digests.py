"""Several messages to one person of the desk in one: each hour, or each morning.

A message whose group its recipient wants together is `joined` to a message of the kind `digest`,
which is held until its hour. What each says, and whether it still may be told, is asked when the
digest leaves; then they have the state that it came to. Never joined: what is urgent, a page, and
every kind that no group has: escalations wait for nobody's morning.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ObjectDoesNotExist
from django.core.signing import BadSignature, Signer
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import roles
from accounts.bulk import insert_new_rows
from accounts.errors import DomainError, Invalid, NotAllowed, NotFound
from accounts.models import Person, Tenant
from accounts.places import site_url
from accounts.tenancy import current_tenant_id
from outbox.digest_models import DigestWish
from outbox.message_ids import new_message_id
from outbox.models import OutboxMessage
from outbox.paging import MAIL
from outbox.registry import Refs, Rendered, register, registered
from outbox.texts import in_own_words, values_of

KIND = "digest"
SALT = "outbox.digests.stop"
MORNING = time(8)
# So many are told in full; the others by their subject.
MOST_IN_FULL = 50
NOTHING_LEFT = _("Nothing of what it was about may be told any more.")
GONE = _("What it was about is no longer there.")
State = OutboxMessage.State
Every = DigestWish.Every


@dataclass(frozen=True)
class Group:
    """Kinds of messages that somebody may want together, in words."""

    code: str
    title: str | Promise
    kinds: frozenset[str]


@dataclass(frozen=True)
class Told:
    """One message of a digest in words."""

    subject: str
    text: str


_groups: dict[str, Group] = {}
_group_of: dict[str, str] = {}


def group_kinds(code: str, title: str | Promise, kinds: Iterable[str]) -> None:
    """Say which kinds may come together; from `AppConfig.ready`, once. Raises ValueError."""
    group = Group(code, title, frozenset(kinds))
    if code in _groups or group.kinds & _group_of.keys():
        raise ValueError(f"digests of {code!r} are grouped already")
    _groups[code] = group
    _group_of.update(dict.fromkeys(group.kinds, code))


def groups() -> tuple[Group, ...]:
    """List the groups in the order in which they were said."""
    return tuple(_groups.values())


def register_digest() -> None:
    """Tell the outbox about the kind."""
    register(KIND, _may_have, _words)


def wishes_of(person: Person) -> dict[str, str]:
    """Map the groups that a person wants together to how often."""
    return dict(DigestWish.objects.filter(person=person).values_list("group", "every"))


@transaction.atomic
def choose_digests(*, by: Person, wishes: Mapping[str, str]) -> None:
    """Set what a person of the desk wants together: group to `hour` or `day`; all else is sent.

    What waits in a digest already leaves with it. Raises NotAllowed, Invalid.
    """
    if by.role in roles.CUSTOMERS:
        raise NotAllowed
    if set(wishes) - set(_groups) or set(wishes.values()) - set(Every.values):
        raise Invalid
    # One after another, so that two windows do not write the same row.
    Person.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
    DigestWish.objects.filter(person=by).delete()
    DigestWish.objects.bulk_create(
        DigestWish(tenant_id=by.tenant_id, person=by, group=group, every=every)
        for group, every in sorted(wishes.items())
    )


def stop_url(person: Person) -> str:
    """Write the address that ends a person's digests, whoever is signed in or nobody."""
    token = Signer(salt=SALT).sign_object([current_tenant_id(), person.pk])
    return site_url(person.tenant, reverse("digests:stop", args=[token]))


def read_stop(token: str) -> Person:
    """Read whose digests an address ends. Raises NotFound for one that we did not write."""
    try:
        tenant_id, person_id = Signer(salt=SALT).unsign_object(token)
    except (BadSignature, ValueError, TypeError) as error:
        raise NotFound from error
    person = Person.objects.select_related("tenant").filter(pk=person_id).first()
    if tenant_id != current_tenant_id() or person is None:
        raise NotFound
    return person


def join_digests(rows: Sequence[OutboxMessage], *, at: datetime) -> None:
    """Join new messages, not saved yet, to the digests of their recipients, where they want that.

    One statement where nobody does, none where no kind may be joined. Shares the lock of the
    digests: they do not begin to leave before this transaction has ended.
    """
    fitting = [row for row in rows if _fits(row)]
    if not fitting:
        return
    wishes = _wishes({row.recipient_id for row in fitting})
    wanted = [(row, wishes.get((row.recipient_id, _group_of[row.kind]))) for row in fitting]
    keyed = [(row, _key(row, wish, at)) for row, wish in wanted if wish]
    if not keyed:
        return
    digests = _open_digests({key for _row, key in keyed}, at)
    for row, key in keyed:
        if key in digests:
            row.digest_id, row.state = digests[key], State.JOINED


def follow_digests() -> int:
    """Give what was joined the state that its digest came to, in the tenant; count it."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW, [current_tenant_id()])
        return cursor.rowcount


def note_told(digest: OutboxMessage, told: Mapping[int, str]) -> None:
    """Write down at a digest's leaving what is not in it: message to the reason."""
    for message_id, why in told.items():
        if why:
            left_out = OutboxMessage.objects.filter(pk=message_id, digest=digest)
            left_out.filter(state=State.JOINED).update(state=State.SKIPPED, why=why[:300])


_FOLLOW = """
UPDATE outbox_outboxmessage m
SET state = d.state, why = d.why, sent_at = d.sent_at
FROM outbox_outboxmessage d
WHERE m.tenant_id = %s AND m.state = 'joined'
  AND d.tenant_id = m.tenant_id AND d.id = m.digest_id
  AND d.state IN ('sent', 'skipped', 'failed', 'ambiguous')
"""
_SHARE = """
SELECT dedupe_key, id FROM outbox_outboxmessage
WHERE tenant_id = %s AND dedupe_key = ANY(%s) AND state = 'queued' AND attempts = 0 AND doubts = 0
ORDER BY id FOR SHARE
"""


@dataclass(frozen=True)
class _Key:
    """One digest: whose, how often, and when it leaves."""

    person_id: int
    every: str
    leaves_at: datetime

    @property
    def dedupe_key(self) -> str:
        return f"{KIND}:{self.person_id}:{self.every}:{int(self.leaves_at.timestamp())}"


def _fits(row: OutboxMessage) -> bool:
    return (
        row.kind in _group_of and not row.urgent and row.channel == MAIL and bool(row.recipient_id)
    )


def _wishes(people: set[int | None]) -> dict[tuple[int | None, str], tuple[str, str]]:
    """Read how often each person wants each group, and on which clock."""
    rows = DigestWish.objects.filter(person__in=people).select_related("person")
    if not rows:
        return {}
    vendors = Tenant.objects.values_list("time_zone", flat=True).get(pk=current_tenant_id())
    return {
        (row.person_id, row.group): (row.every, row.person.time_zone or vendors) for row in rows
    }


def _key(row: OutboxMessage, wish: tuple[str, str], at: datetime) -> _Key:
    every, zone = wish
    assert row.recipient_id is not None  # else it does not fit
    return _Key(row.recipient_id, every, next_leaving(every, zone, at))


def next_leaving(every: str, zone: str, at: datetime) -> datetime:
    """Find when the next digest leaves, after `at`: the next full hour, or eight in `zone`."""
    if every == Every.HOUR:
        return at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    clock = ZoneInfo(zone)
    today = at.astimezone(clock).date()
    mornings = (
        datetime.combine(today + timedelta(days=ahead), MORNING, tzinfo=clock).astimezone(UTC)
        for ahead in range(3)
    )
    return next(morning for morning in mornings if morning > at)


def _open_digests(keys: set[_Key], at: datetime) -> dict[_Key, int]:
    """Make the digests that there are not yet, and share the locks of all that have not begun."""
    tenant_id = current_tenant_id()
    ordered = sorted(keys, key=lambda key: key.dedupe_key)
    insert_new_rows(
        [
            OutboxMessage(
                tenant_id=tenant_id,
                kind=KIND,
                recipient_id=key.person_id,
                refs={"every": key.every, "leaves": int(key.leaves_at.timestamp())},
                dedupe_key=key.dedupe_key,
                message_id=new_message_id(),
                hold_until=key.leaves_at,
                queued_at=at,
            )
            for key in ordered
        ]
    )
    with connection.cursor() as cursor:
        cursor.execute(_SHARE, [tenant_id, [key.dedupe_key for key in ordered]])
        found = dict(cursor.fetchall())
    return {key: found[key.dedupe_key] for key in ordered if key.dedupe_key in found}


def _joined(person: Person, refs: Refs) -> list[OutboxMessage]:
    key = f"{KIND}:{person.pk}:{refs['every']}:{refs['leaves']}"
    rows = OutboxMessage.objects.filter(digest__dedupe_key=key, state=State.JOINED)
    return list(rows.order_by("pk"))


def _may_have(person: Person, refs: Refs) -> bool | str | Promise:
    if person.role in roles.CUSTOMERS:
        return False
    return (
        any(isinstance(_said(row, person), Told) for row in _joined(person, refs)) or NOTHING_LEFT
    )


def _words(person: Person, refs: Refs) -> Rendered:
    told: list[Told] = []
    reasons: dict[int, str] = {}
    for row in _joined(person, refs):
        said = _said(row, person)
        if isinstance(said, Told):
            told.append(said)
        reasons[row.pk] = "" if isinstance(said, Told) else said
    stop = stop_url(person)
    context = {
        "person": person,
        "vendor": person.tenant,
        "told": told[:MOST_IN_FULL],
        "others": told[MOST_IN_FULL:],
        "stop": stop,
        "choices": site_url(person.tenant, reverse("desk:settings")),
    }
    subject = ngettext("%(number)d message for you", "%(number)d messages for you", len(told))
    return Rendered(
        subject=subject % {"number": len(told)},
        body=render_to_string("mail/digest.txt", context),
        headers={
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
        joined=reasons,
    )


def _said(row: OutboxMessage, person: Person) -> Told | str:
    """Word a message as it would leave by itself now, or say why it would not."""
    kind = registered(row.kind)
    if kind is None:
        return str(GONE)
    try:
        answer = kind.may_receive(person, row.refs)
        if answer is not True:
            return str(answer or _("The recipient may not have this message."))
        rendered = in_own_words(row.kind, person, kind.render(person, row.refs))
    except DomainError as refusal:
        return str(refusal)
    except (ObjectDoesNotExist, KeyError):
        return str(GONE)
    return Told(rendered.subject, values_of(person, rendered)["text"])
