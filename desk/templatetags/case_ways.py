"""Ways to the pages of a case, for its own templates."""

from django import template

from desk.addresses import case_address

register = template.Library()


@register.filter
def way(number: int, name: str) -> str:
    """Give the address of a page of the case with a number: `{{ case.number|way:"draft" }}`."""
    return case_address(name, number)
