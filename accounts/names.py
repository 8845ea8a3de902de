"""Names as people give them: they stand in mail to others, where they are no place for links."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Invalid

NOT_IN_NAMES = ("://", "www.", "@")


def checked_name(name: str) -> str:
    """Write a name on one line. Raises Invalid where there is an address in it."""
    name = " ".join(name.split())
    if any(mark in name.lower() for mark in NOT_IN_NAMES):
        raise Invalid(_("Write the name alone, without an address in it."), field="name")
    return name
