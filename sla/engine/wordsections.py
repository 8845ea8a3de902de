"""The section of a policy document that says its texts in other languages."""

import re

from sla.engine.pageparts import Translation
from sla.engine.shape import NAME, TEXT, Place, Text, expect

LANGUAGE = Text(pattern=re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*"), form="language")


class Translations:
    """{language = {text = translation}}; the order of texts and languages says nothing."""

    blank = ()

    def read(self, raw: object, place: Place) -> tuple[Translation, ...]:
        if not expect(raw, dict, place):
            return ()
        assert isinstance(raw, dict)
        read = (self._table(code, table, place.key(code)) for code, table in sorted(raw.items()))
        return tuple(table for table in read if table.words)

    def write(self, value: tuple[Translation, ...]) -> object:
        return {table.language: dict(table.words) for table in value}

    def _table(self, code: str, table: object, place: Place) -> Translation:
        if not expect(table, dict, place):
            return Translation(code)
        assert isinstance(table, dict)
        LANGUAGE.read(code, place)
        texts = {TEXT.read(text, place.key(text)) or "": said for text, said in table.items()}
        words = (
            (text, NAME.read(said, place.key(text)) or "") for text, said in sorted(texts.items())
        )
        return Translation(code, tuple(words))
