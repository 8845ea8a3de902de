"""The files that came with an entry, for the lines of a timeline."""

from django import template

from tickets.files import CaseFiles, ShownFile

register = template.Library()


@register.filter
def came_with(files: CaseFiles | None, event_id: int) -> list[ShownFile]:
    """List the files of an entry; none on a page that does not show files."""
    return files.by_event.get(event_id, []) if files else []
