"""Translations that do not fit the texts: of none, of another meaning, or missing. Pure."""

import re
from collections import Counter
from collections.abc import Collection, Iterator

from sla.engine.lintsurvey import NOTICE, WARNING, Finding
from sla.engine.pageparts import Translation
from sla.engine.policy import Policy
from sla.engine.texts import texts_of

# What says the same in every language: places for a name, addresses, and figures.
_PLACES = re.compile(r"%\(\w+\)[sd]|\{\w*\}|https?://[^\s<>\"]*[\w/]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_FIGURES = re.compile(r"\d+")


def lint_translations(policy: Policy, spoken: Collection[str] = ()) -> Iterator[Finding]:
    """Find translations of no text, those that leave something out, and how many are missing.

    `spoken`: the languages that the desk speaks, none = any.
    """
    texts = [text for texts in texts_of(policy).values() for text in texts]
    for table in policy.translations:
        path = f"translations.{table.language}"
        params = {"language": table.language}
        if spoken and table.language not in spoken:
            yield Finding("language_not_spoken", path, params)
        yield from _words(table, frozenset(texts))
        missing = set(texts) - dict(table.words).keys()
        if missing:
            figures: dict[str, object] = {"number": len(missing), "of": len(texts)}
            yield Finding("texts_not_translated", path, {**params, **figures}, NOTICE)


def _words(table: Translation, texts: Collection[str]) -> Iterator[Finding]:
    for text, said in table.words:
        path = f"translations.{table.language}.{text}"
        params: dict[str, object] = {"language": table.language, "text": text}
        if text not in texts:
            yield Finding("translates_nothing", path, params)
            continue
        for pattern, severity in ((_PLACES, WARNING), (_FIGURES, NOTICE)):
            if differing := _differing(pattern, text, said):
                yield Finding("translation_differs", path, params | {"kept": differing}, severity)
                break


def _differing(pattern: re.Pattern[str], text: str, said: str) -> tuple[str, ...]:
    """List what only one of the two has, or has more often."""
    one, other = (Counter(pattern.findall(words)) for words in (text, said))
    return tuple(sorted({*(one - other), *(other - one)}))
