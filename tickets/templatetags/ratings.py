"""What customers said of the ends of a case, for the page of it."""

from django import template

from tickets import rating
from tickets.models import Case, CaseRating

register = template.Library()


@register.simple_tag
def ratings_of(case: Case) -> list[CaseRating]:
    """List what was said of a case, the latest end first; one statement."""
    return rating.ratings_of(case)
