"""Who may see reports, for the links that lead to them."""

from django import template

from accounts.models import Person

register = template.Library()


@register.filter
def may_see_reports(person: object) -> bool:
    """Tell whether the reports of the desk are open to somebody, signed in or not."""
    return isinstance(person, Person) and person.may("see_reports")


@register.filter
def may_read_reports(person: object) -> bool:
    """Tell whether the monthly reports of their company are open to a customer."""
    return isinstance(person, Person) and person.may("read_company_cases")
