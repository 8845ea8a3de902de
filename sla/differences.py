"""One thing that changes from one policy to another, as a sentence."""

from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that changes. None: it is new, or goes away; both None: it changes inside."""

    what: str
    before: str | None = None
    after: str | None = None

    def __str__(self) -> str:
        if self.before is not None and self.after is not None:
            return f"{self.what}: {self.before} → {self.after}"
        if self.after is not None:
            return _("%(what)s, new: %(after)s") % {"what": self.what, "after": self.after}
        if self.before is not None:
            return _("%(what)s, no longer: %(before)s") % {"what": self.what, "before": self.before}
        return _("%(what)s: changed") % {"what": self.what}
