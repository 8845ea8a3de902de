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


class AlreadyStarted(DomainError):
    code = "already_started"
    message = _("There is a working copy already: edit it, or load a file in its place.")


class OtherVendor(Invalid):
    code = "other_vendor"
    message = _("This policy is for “%(found)s”, not for “%(expected)s”.")


class ApprovalNeeded(DomainError):
    """Where there are two managers, nobody publishes alone."""

    code = "approval_needed"
    message = _("A second manager has to approve it: ask to publish instead.")


class NobodyToApprove(DomainError):
    code = "nobody_to_approve"
    message = _("You are the only manager: nobody else can approve it. Publish it yourself.")


class RequestWaits(DomainError):
    """One thing waits for approval at a time."""

    code = "request_waits"
    message = _(
        "What %(name)s asked to publish waits for approval. It has to be approved, declined or "
        "taken back first."
    )


class RequestSettled(DomainError):
    code = "request_settled"
    message = _("This is settled already: %(state)s.")


class RequestIsAnother(DomainError):
    code = "request_is_another"
    message = _("This is not what you looked at. Look at it as it is and decide again.")


class OwnRequest(DomainError):
    code = "own_request"
    message = _("You asked for this yourself: another manager has to decide it.")


class OthersRequest(DomainError):
    code = "others_request"
    message = _("Only %(name)s, who asked for this, can do that.")


class RequestOutdated(DomainError):
    """Something else was published or withdrawn since it was asked for."""

    code = "request_outdated"
    message = _(
        "This was compared with another version than the one that is the latest now (%(now)s). "
        "What changed in between: %(changes)s. Have it taken back, look at it again and ask anew."
    )


class RequestTooLate(DomainError):
    code = "request_too_late"
    message = _(
        "It was to begin on %(moment)s, which has passed. Decline it, so that it can be asked for "
        "again with a later date."
    )


class ReasonNeeded(Invalid):
    code = "reason_needed"
    message = _("Say why: the others read it.")


class WithdrawnAlready(DomainError):
    code = "withdrawn_already"
    message = _("Version %(number)d is withdrawn already.")


class NothingLeftInEffect(DomainError):
    code = "nothing_left_in_effect"
    message = _(
        "Without version %(number)d nothing would be promised at all: no earlier one is in effect. "
        "Publish another version instead."
    )
