"""Telling a button that was pressed twice from an act that is meant twice."""

from collections.abc import Iterable

from desk.acts import Act
from desk.forms import ActForm
from desk.scene import Scene
from desk.story import Line


def is_done(act: Act, form: ActForm, scene: Scene, news: Iterable[Line]) -> bool:
    """Tell whether the same person has done the same already, in the same words, among `news`."""
    return any(_is_same(act, form, scene, line) for line in news)


def _is_same(act: Act, form: ActForm, scene: Scene, line: Line) -> bool:
    event = line.event
    if event.kind not in act.events or event.by_id != scene.by.pk:
        return False
    said = line.entry.message or line.entry.note
    return (said.body if said else "") == form.said() and form.leaves(event)
