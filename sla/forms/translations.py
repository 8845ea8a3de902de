"""The texts of a policy beside their translations, as one form for each language."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from sla.engine.policy import Policy
from sla.engine.shape import MAX_TEXT
from sla.engine.texts import texts_of
from sla.section_words import SECTIONS

# Sections whose texts stand on other pages of the policy than their own.
_TITLES = {"calendars": _("Calendars"), "targets": _("Notes of the promises")}
# A text that is longer than this is written in several lines.
LONG = 70
MOST_LINES = 8


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the texts of a policy a language has."""

    done: int
    number: int

    @property
    def missing(self) -> int:
        return self.number - self.done


@dataclass(frozen=True, slots=True)
class Section:
    """The texts of one section of the policy, those without a translation first."""

    name: str
    title: str
    fields: tuple[forms.BoundField, ...]
    progress: Progress


class TranslationForm(forms.Form):
    """Every text of a policy with what it is called in a language; empty = not translated.

    Translations of texts that are gone are kept until somebody ticks them off.
    """

    def __init__(self, policy: Policy, language: str, sent: Any = None) -> None:
        tables = {one.language: dict(one.words) for one in policy.translations}
        self.language, self.tables = language, tables
        self.words = tables.get(language, {})
        self.texts = texts_of(policy)
        super().__init__(sent, initial={name_of(text): said for text, said in self.words.items()})
        for text in self._all_texts():
            self.fields[name_of(text)] = self._field(text)
        for text in self.gone:
            self.fields[f"drop-{name_of(text)}"] = forms.BooleanField(label=text, required=False)

    @property
    def progress(self) -> Progress:
        texts = self._all_texts()
        return Progress(sum(text in self.words for text in texts), len(texts))

    @cached_property
    def sections(self) -> list[Section]:
        """List the sections, those with something to do first, else as the document has them."""
        found = [self._section(name, texts) for name, texts in self.texts.items()]
        return sorted(found, key=lambda section: section.progress.missing == 0)

    @property
    def gone(self) -> list[str]:
        """List the texts that have a translation and are in the policy no more."""
        return sorted(self.words.keys() - set(self._all_texts()))

    def gone_fields(self) -> Iterator[tuple[str, str, forms.BoundField]]:
        """Give each text that is gone with its translation, and the tick that drops it."""
        for text in self.gone:
            yield text, self.words[text], self[f"drop-{name_of(text)}"]

    def section_of_document(self) -> dict[str, Any]:
        """Give the document's table of all languages as the valid form has it."""
        said = {text: self.cleaned_data[name_of(text)] for text in self._all_texts()}
        kept = {
            text: self.words[text]
            for text in self.gone
            if not self.cleaned_data[f"drop-{name_of(text)}"]
        }
        words = {text: word for text, word in said.items() if word} | kept
        tables = self.tables | {self.language: words}
        return {language: words for language, words in tables.items() if words}

    def _all_texts(self) -> list[str]:
        return [text for texts in self.texts.values() for text in texts]

    def _section(self, name: str, texts: tuple[str, ...]) -> Section:
        missing = [text for text in texts if text not in self.words]
        ordered = [*missing, *(text for text in texts if text in self.words)]
        return Section(
            name,
            str(capfirst(_TITLES.get(name) or SECTIONS[name])),
            tuple(self[name_of(text)] for text in ordered),
            Progress(len(texts) - len(missing), len(texts)),
        )

    def _field(self, text: str) -> forms.CharField:
        lines = min(MOST_LINES, 1 + len(text) // LONG + text.count("\n"))
        attributes = {"rows": lines, "lang": self.language}
        widget = (
            forms.Textarea(attrs=attributes)
            if lines > 1
            else forms.TextInput(attrs={"lang": self.language})
        )
        return forms.CharField(label=text, required=False, max_length=MAX_TEXT, widget=widget)


def name_of(text: str) -> str:
    """Name the field of a text, the same on every page that has it."""
    return f"text-{hashlib.sha256(text.encode()).hexdigest()[:16]}"
