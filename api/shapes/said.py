"""What is said and done on a case: entries, notes, files, escalations."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db.models import prefetch_related_objects
from rest_framework import serializers

from accounts.models import Person
from api.fields import KeyField, NamedOut, Said, Told, WordsField
from api.shapes.cases import CaseOut
from escalation.models import EscalationRequest
from tickets.attachment_models import Attachment
from tickets.files import ShownFile
from tickets.history import Entry, entry_title
from tickets.models import CaseEvent

# Of what an entry keeps, this is told; ids of people and whatever else the desk keeps is not.
FACTS = (
    "severity",
    "priority",
    "case_type",
    "from",
    "axis",
    "level",
    "state",
    "to_tier",
    "points",
    "scheduled_for",
    "estimate_at",
    "until",
)
DESK_FACTS = ("owner", "team", "from_tier", "mentioned", "clock", "step")
# Kept as seconds since 1970.
MOMENTS = ("scheduled_for", "estimate_at", "until")
CUSTOMER, DESK, POLICY = "customer", "desk", "policy"


class FileOut(Told):
    """A file. Its bytes are at `content_url` once it is `ready`."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    size = serializers.IntegerField(help_text="In bytes.")
    content_type = serializers.CharField(help_text="By its content; empty until it is known.")
    sha256 = serializers.CharField(help_text="Empty until it is reckoned.")
    state = serializers.ChoiceField(choices=Attachment.State.values)
    ready = serializers.BooleanField()
    entry = serializers.IntegerField(allow_null=True, help_text="The entry that it came with.")
    content_url = serializers.CharField()


class FilesOut(Told):
    results = FileOut(many=True)


class EntryOut(Told):
    """One entry of the timeline."""

    seq = serializers.IntegerField()
    kind = serializers.CharField()
    title = serializers.CharField()
    internal = serializers.BooleanField(help_text="Only the desk reads it.")
    side = serializers.ChoiceField(choices=[CUSTOMER, DESK, POLICY])
    by = NamedOut(allow_null=True)
    occurred_at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()
    text = serializers.CharField(help_text="What was said; empty where nothing was.")
    facts = serializers.DictField(help_text="What was changed, by codes.")
    files = FileOut(many=True)


class EntriesOut(Told):
    results = EntryOut(many=True)


class DoneOut(Told):
    """What came of an act: the case as it is now, and the entry that it left."""

    case = CaseOut(
        allow_null=True, help_text="Null for a token that can neither read nor write cases."
    )
    entry = EntryOut(allow_null=True)


class ReplyIn(Said):
    body = WordsField()


class NoteIn(Said):
    body = WordsField()
    mentioned = serializers.ListField(
        required=False,
        child=KeyField(),
        max_length=50,
        help_text="People of the desk who get the note by mail.",
    )


class QuestionIn(Said):
    question = WordsField()
    items = serializers.ListField(
        required=False,
        child=serializers.CharField(max_length=200),
        max_length=20,
        help_text="What is asked for, line by line.",
    )
    why = serializers.CharField(required=False, max_length=2_000, allow_blank=True)
    no_secret = serializers.BooleanField(
        required=False, help_text="What reads like asking for a password or a key is none."
    )


class SolutionIn(Said):
    solution = WordsField()
    with_children = serializers.BooleanField(
        required=False, help_text="Of an incident: its cases are solved by the same words."
    )


class ClosingIn(Said):
    body = WordsField(required=False, allow_blank=True)


class ReopenIn(Said):
    body = WordsField()
    same_problem = serializers.BooleanField(
        required=False, help_text="Of a closed case: it is the problem as it was first reported."
    )


class CreditIn(Said):
    reason = serializers.CharField(
        required=False, max_length=10_000, allow_blank=True, help_text="For the desk only."
    )


class EscalationIn(Said):
    situation = WordsField(help_text="How things stand.")
    reason = WordsField(help_text="Why it should be escalated.")
    asked_by = KeyField(required=False, help_text="For the desk: which contact asks.")
    way = serializers.ChoiceField(
        required=False,
        choices=[way for way in EscalationRequest.Way.values if way != "portal"],
        help_text="For the desk: how they asked.",
    )


class EscalationOut(Told):
    id = serializers.IntegerField()
    state = serializers.ChoiceField(choices=EscalationRequest.State.values)
    way = serializers.ChoiceField(choices=EscalationRequest.Way.values)
    asked_by = NamedOut()
    asked_at = serializers.DateTimeField()
    situation = serializers.CharField()
    reason = serializers.CharField()
    answer = serializers.CharField()
    answered_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    end_note = serializers.CharField()


class EscalationsOut(Told):
    results = EscalationOut(many=True)


def entries_told(
    entries: Sequence[Entry], reader: Person, files: Mapping[int, Sequence[ShownFile]]
) -> list[dict[str, Any]]:
    """Tell entries of `tickets.history.history`, with the files of `CaseFiles.by_event`."""
    of_desk = reader.may("use_desk")
    told = [_entry(entry, of_desk, files.get(entry.event.pk, ())) for entry in entries]
    return list(EntryOut(told, many=True).data)


def files_told(files: Sequence[ShownFile]) -> list[dict[str, Any]]:
    """Tell files; statements do not grow with them."""
    rows = [shown.attachment for shown in files]
    prefetch_related_objects(rows, "event")
    seqs = [row.event.seq if row.event else None for row in rows]
    told = [_file(shown, seq) for shown, seq in zip(files, seqs, strict=True)]
    return list(FileOut(told, many=True).data)


def _entry(entry: Entry, of_desk: bool, files: Sequence[ShownFile]) -> dict[str, Any]:
    event, said = entry.event, entry.message or entry.note
    doer = _doer(entry)
    return {
        "seq": event.seq,
        "kind": event.kind,
        "title": entry_title(event),
        "internal": entry.internal,
        "side": POLICY if doer is None else CUSTOMER if doer.is_customer else DESK,
        "by": doer,
        "occurred_at": event.occurred_at,
        "recorded_at": event.recorded_at,
        "text": said.body if said else "",
        "facts": _facts(event, FACTS + DESK_FACTS if of_desk else FACTS),
        "files": [_file(shown, event.seq) for shown in files],
    }


def _doer(entry: Entry) -> Person | None:
    """Find who did it; another policy is the vendor's doing, whoever ordered it."""
    event = entry.event
    if event.kind == "policy_retargeted" or event.caused_by == CaseEvent.Cause.POLICY:
        return None
    said = entry.message or entry.note
    return said.author if said is not None and event.by is None else event.by


def _facts(event: CaseEvent, names: Sequence[str]) -> dict[str, Any]:
    known = {name: event.payload[name] for name in names if name in event.payload}
    return {name: _fact(name, value) for name, value in known.items()}


def _fact(name: str, value: Any) -> Any:
    if name in MOMENTS and isinstance(value, int):
        return datetime.fromtimestamp(value, UTC).isoformat().replace("+00:00", "Z")
    return value


def _file(shown: ShownFile, seq: int | None) -> dict[str, Any]:
    row = shown.attachment
    return {
        "id": row.uuid,
        "name": row.name,
        "size": row.size_bytes,
        "content_type": row.content_type,
        "sha256": row.sha256,
        "state": row.state,
        "ready": shown.is_ready,
        "entry": seq,
        "content_url": f"/api/v1/attachments/{row.uuid}/content/",
    }
