"""What the others do on the same case: who is there, what is typed, held back, tagged, at hand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from django.forms import FileField, Form

from accounts.models import Person
from desk.queue_rows import Listed
from desk.teamwork_words import here_text, readers_text
from outbox.clock import real_now
from tickets.actions.holding import SENDERS
from tickets.around import Around, around_case
from tickets.at_hand import AtHand, Named, at_hand
from tickets.audience import readers_of
from tickets.held_answers import held_by, refused_of, sent_by
from tickets.listed import beside_cases
from tickets.models import Case, CaseEvent
from tickets.teamwork import drafts_of
from tickets.teamwork_models import ActDraft, HeldAnswer

# What is kept while it is typed; those that are held back before they are sent are among them.
DRAFTED = (*SENDERS, "note")
NOT_TYPED = ("seen", "drawn")


@dataclass(frozen=True)
class Together:
    """The work of several people on one case, as `by` is told of it."""

    case: Case
    by: Person
    at: datetime
    # The last entry that the page shows.
    seen: int

    drafted = DRAFTED

    @cached_property
    def around(self) -> Around:
        return around_case(self.case, self.by)

    @cached_property
    def drafts(self) -> dict[str, ActDraft]:
        return drafts_of(self.by, self.case) if self.around.has_draft else {}

    @cached_property
    def held(self) -> HeldAnswer | None:
        return held_by(self.by, self.case) if self.around.has_held else None

    @cached_property
    def held_readers(self) -> str:
        """Name who is to read the held answer: the contact of the case, or so many people."""
        words = self.held.answers.get("words", {}) if self.held else {}
        through = bool(self.held) and (self.held.act == "reply" or words.get("with_children"))
        return readers_text(self.case, readers_of(self.case, through=bool(through)))

    @property
    def sending(self) -> list[str]:
        return self.around.sending

    @cached_property
    def refused(self) -> list[HeldAnswer]:
        """List what could not be sent and is a draft again."""
        return refused_of(self.by, self.case) if self.drafts else []

    @cached_property
    def writing(self) -> list[str]:
        return [one.name for one in self.around.present if one.is_writing]

    @cached_property
    def looking(self) -> list[str]:
        return [one.name for one in self.around.present if not one.is_writing]

    @cached_property
    def drafting(self) -> list[str]:
        """Name the others who have a draft and are not writing at this moment."""
        return [name for name in self.around.drafting if name not in self.writing]

    @cached_property
    def news(self) -> int:
        """Count the entries since the page was drawn, without one's own answer that was held."""
        return sum(1 for by in self._later if self.sent is None or by != self.by.pk)

    @cached_property
    def sent(self) -> HeldAnswer | None:
        """Find one's own answer that was held when the page was drawn and is sent now."""
        return sent_by(self.by, self.case, self.seen) if self.by.pk in self._later else None

    @cached_property
    def _later(self) -> list[int | None]:
        """List who wrote the entries since the page was drawn; fired steps say nothing new."""
        if self.seen >= self.case.last_seq:
            return []
        later = CaseEvent.objects.filter(case=self.case, seq__gt=self.seen)
        return list(later.exclude(kind="step_fired").values_list("by", flat=True))

    @property
    def seconds_left(self) -> int:
        """Say in how many seconds of real time the held answer may be sent."""
        left = (self.held.send_at - real_now()).total_seconds() if self.held else 0
        return max(0, round(left))

    @cached_property
    def at_hand(self) -> AtHand:
        return at_hand(self.case, self.by)

    @property
    def tags(self) -> list[Named]:
        return [tag for tag in self.at_hand.tags if tag.is_own]

    @property
    def known_tags(self) -> list[Named]:
        return [tag for tag in self.at_hand.tags if not tag.is_own]

    @property
    def mark(self) -> str:
        """Name this state of things, so that a page asks again only for what has changed."""
        held = (self.held.pk, self.held.state) if self.held else ()
        sent = self.sent.pk if self.sent else 0
        told = (self.writing, self.looking, self.drafting, self.sending, held, sent, self.news)
        refused = [one.pk for one in self.refused]
        return sha256(repr((told, refused)).encode()).hexdigest()[:16]

    def fill(self, form: Form, act: str) -> None:
        """Put what was typed before into a form that is drawn anew."""
        draft = self.drafts.get(act)
        for name, value in (draft.answers if draft else {}).items():
            if name in form.fields:
                form.initial[name] = value


def typed_into(form: Form) -> dict[str, Any]:
    """Give what was typed into a form that was sent, valid or not, as values of JSON."""
    typed = {
        name: field.widget.value_from_datadict(form.data, {}, form.add_prefix(name))
        for name, field in form.fields.items()
        if name not in NOT_TYPED and not isinstance(field, FileField)
    }
    return {name: value for name, value in typed.items() if value}


def note_company(cases: Iterable[Case | Listed], by: Person) -> None:
    """Note on each case of a list who else is there, and its tags; one statement for all."""
    listed = list(cases)
    present, tags = beside_cases([case.pk for case in listed], besides=by)
    for case in listed:
        case.here = here_text(present.get(case.pk, []))
        case.tag_names = tags.get(case.pk, [])
