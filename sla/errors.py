"""What the policy's side of the desk refuses, in words."""

from collections.abc import Sequence
from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError, Invalid
from sla.engine.document import Fault


class NoPolicy(DomainError):
    code = "no_policy"
    message = _(
        "No support policy is in effect here yet, so nothing can be promised. "
        "A manager has to publish one first."
    )


class PolicyIsFaulty(Invalid):
    """The policy cannot be published or saved so.

    `sentences` lists every fault with its place; `faults` are the document's own among them.
    """

    code = "policy_is_faulty"
    message = _("The policy cannot be published as it is.")

    def __init__(self, sentences: Sequence[str], faults: Sequence[Fault] = ()) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = tuple(sentences)
        self.faults = tuple(faults)


class NothingToPublish(DomainError):
    code = "nothing_to_publish"
    message = _("Version %(number)d already says all this: there is nothing to publish.")


class DraftChanged(DomainError):
    code = "draft_changed"
    message = _(
        "Somebody else changed or published the working copy in the meantime. "
        "Look at it as it is now and do it again."
    )


class DraftHasEdits(DomainError):
    code = "draft_has_edits"
    message = _(
        "The working copy has changes that are not published, and this file would replace them. "
        "Publish or undo them first, or load it with --replace."
    )


class PublishedByPerson(DomainError):
    """A file does not silently take back what somebody published in the admin."""

    code = "published_by_person"
    message = _(
        "%(name)s published version %(number)d on %(when)s, and this file says something else: it "
        "would take that back. See with --dry-run what would change; load it with --replace."
    )


class EffectiveInPast(Invalid):
    code = "effective_in_past"
    message = _("A policy cannot take effect before it is published. Choose a later moment.")


class NoDraft(DomainError):
    code = "no_draft"
    message = _("There is no working copy yet: load a policy first.")
    status = HTTPStatus.NOT_FOUND


class OtherVendor(Invalid):
    code = "other_vendor"
    message = _("This policy is for “%(found)s”, not for “%(expected)s”.")
