"""What the others do on the same case: who is there, what is typed, held back, tagged, at hand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from django.forms import FileField, Form

from accounts.models import Person
from desk.teamwork_words import here_text, readers_text
from outbox.clock import real_now
from tickets.actions.holding import SENDERS
from tickets.audience import readers_of
from tickets.canned import canned_for
from tickets.held_answers import held_by, others_sending, refused_of, sent_by
from tickets.macros import macros_for
from tickets.models import Case, CaseEvent
from tickets.presence import Present, present_on, present_on_cases
from tickets.tags import all_tags, tags_of, tags_on_cases
from tickets.teamwork import drafts_of, others_with_drafts
from tickets.teamwork_models import ActDraft, CannedReply, HeldAnswer, Macro, Tag

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
    def drafts(self) -> dict[str, ActDraft]:
        return drafts_of(self.by, self.case)

    @cached_property
    def held(self) -> HeldAnswer | None:
        return held_by(self.by, self.case)

    @cached_property
    def held_readers(self) -> str:
        """Name who is to read the held answer: the contact of the case, or so many people."""
        words = self.held.answers.get("words", {}) if self.held else {}
        through = bool(self.held) and (self.held.act == "reply" or words.get("with_children"))
        return readers_text(self.case, readers_of(self.case, through=bool(through)))

    @cached_property
    def sending(self) -> list[str]:
        return others_sending(self.by, self.case)

    @cached_property
    def refused(self) -> list[HeldAnswer]:
        """List what could not be sent and is a draft again."""
        return refused_of(self.by, self.case) if self.drafts else []

    @cached_property
    def present(self) -> list[Present]:
        return present_on(self.case, besides=self.by)

    @property
    def writing(self) -> list[str]:
        return [one.name for one in self.present if one.is_writing]

    @property
    def looking(self) -> list[str]:
        return [one.name for one in self.present if not one.is_writing]

    @cached_property
    def drafting(self) -> list[str]:
        """Name the others who have a draft and are not writing at this moment."""
        names = others_with_drafts(self.by, self.case)
        return [name for name in names if name not in self.writing]

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
    def tags(self) -> list[Tag]:
        return tags_of(self.case)

    @cached_property
    def known_tags(self) -> list[Tag]:
        taken = {tag.pk for tag in self.tags}
        return [tag for tag in all_tags() if tag.pk not in taken]

    @cached_property
    def canned(self) -> list[CannedReply]:
        return canned_for(self.by)

    @cached_property
    def macros(self) -> list[Macro]:
        return macros_for(self.by)

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


def note_company(cases: Iterable[Case], by: Person) -> None:
    """Note on each case of a list who else is there, and its tags; two statements for all."""
    listed = list(cases)
    keys = [case.pk for case in listed]
    present, tags = present_on_cases(keys, besides=by), tags_on_cases(keys)
    for case in listed:
        case.here = here_text(present.get(case.pk, []))
        case.tag_names = tags.get(case.pk, [])
