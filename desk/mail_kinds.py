"""Every kind of message that leaves, in a manager's words: what it is, and whom it goes to."""

from collections.abc import Iterator, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from outbox.text_models import MailText
from outbox.texts import About, describe

CUSTOMER, DESK = (MailText.Side.CUSTOMER,), (MailText.Side.DESK,)
BOTH = (*CUSTOMER, *DESK)

_LINK: Mapping[str, Promise] = {"link": _("the address of the page that it is about")}
_CASE: Mapping[str, Promise] = {
    "number": _("the number of the case"),
    "case": _("the subject of the case"),
    "company": _("the company whose case it is"),
    "contact": _("the contact of the case"),
    "owner": _("who has the case; empty if nobody"),
    "team": _("the team that has the case; empty if none"),
    "promise": _("what is promised next, as a sentence; empty if nothing is"),
    "message": _("what was said, word by word; empty if nothing was"),
    "happened": _("when it happened"),
    "link": _("the address of the case"),
    "policy": _("the address of the support policy"),
}
_COMPANY: Mapping[str, Promise] = {"company": _("the company that it is about")}

Row = tuple[tuple[str, ...], Promise]

_FILED: dict[str, Row] = {
    "case_filed": (CUSTOMER, _("A case has arrived, with its number and promise")),
    "triaged": (CUSTOMER, _("Somebody has looked at the case")),
    "agent_replied": (CUSTOMER, _("An answer of the desk")),
    "agent_called": (CUSTOMER, _("The desk has called")),
    "question_asked": (CUSTOMER, _("A question, for whose answer the clocks wait")),
    "question_withdrawn": (CUSTOMER, _("A question needs no answer any more")),
    "attempt_logged": (CUSTOMER, _("The customer could not be reached")),
    "scheduled": (CUSTOMER, _("A time for the work is agreed")),
    "meeting_set": (CUSTOMER, _("Where to meet, with the link")),
    "diagnostics_offered": (CUSTOMER, _("A diagnostic tool is offered")),
    "diagnostics_withdrawn": (BOTH, _("A diagnostic tool is taken back")),
    "diagnostics_accepted": (DESK, _("The customer accepted the terms of a tool")),
    "consent_given": (BOTH, _("Remote access is allowed")),
    "consent_withdrawn": (BOTH, _("Remote access is no longer allowed")),
    "away_noted": (BOTH, _("The customer is away for a while")),
    "away_ended": (BOTH, _("The customer is back")),
    "file_refused": (BOTH, _("A file was harmful and is refused")),
    "customer_replied": (DESK, _("The customer wrote")),
    "customer_called": (DESK, _("The customer called")),
    "mentioned": (DESK, _("Somebody is named in a note")),
    "question_disputed": (DESK, _("The customer says that it does not wait for them")),
    "channel_preferred": (DESK, _("How the customer wants to be answered")),
}
_ENDS: dict[str, Row] = {
    "resolved": (CUSTOMER, _("A solution")),
    "closed": (BOTH, _("A case is closed")),
    "waiting_warned": (CUSTOMER, _("A case is about to be closed unanswered")),
    "closed_unanswered": (CUSTOMER, _("A case is closed without an answer")),
    "reopened": (BOTH, _("A case is open again")),
    "reopen_asked": (DESK, _("The customer wants a case open again")),
    "rated_badly": (DESK, _("The customer was not content with how a case ended")),
    "reopen_declined": (CUSTOMER, _("A case stays closed, for it is another problem")),
    "merged": (CUSTOMER, _("A case goes on in another one")),
    "unmerged": (CUSTOMER, _("A merged case goes on by itself again")),
    "incident_joined": (CUSTOMER, _("A case belongs to an incident")),
    "incident_left": (CUSTOMER, _("A case goes on apart from the incident")),
    "answered_through": (CUSTOMER, _("News of an incident")),
    "defect_tied": (CUSTOMER, _("The fault behind a case is known")),
    "fix_promised": (CUSTOMER, _("The fix has a release")),
    "fix_dropped": (CUSTOMER, _("The fault will not be fixed")),
    "fix_shipped": (CUSTOMER, _("The fix is out")),
    "feature_decided": (CUSTOMER, _("What becomes of a wish for the product")),
}
_AGREED: dict[str, Row] = {
    "level_changed": (CUSTOMER, _("Another level, and what it changes in the promise")),
    "policy_retargeted": (CUSTOMER, _("Another policy, and what it changes in the promise")),
    "level_requested": (DESK, _("The customer asks for another level")),
    "level_offered": (CUSTOMER, _("Another level is offered")),
    "level_request_decided": (BOTH, _("A question about the level is decided")),
    "bug_credited": (CUSTOMER, _("It was a bug, so the points are back")),
    "money_asked": (DESK, _("The customer wants money instead of points")),
    "declined": (CUSTOMER, _("A case is no part of the support")),
    "split_proposed": (CUSTOMER, _("A case of its own is proposed")),
    "split_withdrawn": (CUSTOMER, _("The proposal of a case of its own is taken back")),
    "split_declined": (DESK, _("The customer wants no case of its own")),
    "case_split": (DESK, _("The customer agreed to a case of its own")),
}
_LATE: dict[str, Row] = {
    "escalation_requested": (DESK, _("The customer asks for an escalation")),
    "escalation_noted": (CUSTOMER, _("The wish for an escalation has arrived")),
    "escalation_answered": (BOTH, _("The answer to an escalation")),
    "escalation_ended": (BOTH, _("An escalation has ended")),
    "promise_missed": (CUSTOMER, _("A promise was missed")),
    "swat_brought_in": (BOTH, _("The SWAT team works on a case")),
    "swat_left": (DESK, _("The SWAT team is let go")),
    "handed_over": (DESK, _("A case is handed over to a team")),
    "assigned": (DESK, _("A case is assigned to somebody")),
    "unassigned": (DESK, _("A case is taken from somebody")),
}
# Written about several cases at once, or about none.
_DESK_ONLY: dict[str, Row] = {
    "digest": (DESK, _("Several messages in one, each hour or each morning")),
    "notices": (DESK, _("What the escalation has to say about cases")),
    "cases_handed_on": (DESK, _("All cases of somebody are handed on")),
    "answer_refused": (DESK, _("An answer could not be sent")),
    "audit_found": (DESK, _("The audit of the clocks found differences")),
    "endpoint_disabled": (DESK, _("A webhook endpoint was taken out of service")),
}
_POINTS: dict[str, Row] = {
    "points_low": (CUSTOMER, _("Few points are left")),
    "points_expiring": (CUSTOMER, _("Points are about to end")),
    "points_added": (CUSTOMER, _("More points")),
    "points_refund_decided": (CUSTOMER, _("A refund is decided")),
}
_POINTS_DESK: dict[str, Row] = {
    "points_refund_asked": (DESK, _("A refund is to be paid")),
    "points_correction_asked": (DESK, _("A correction of points waits for a second manager")),
    "points_correction_decided": (DESK, _("A correction of points is decided")),
    "points_faulty": (DESK, _("Sums of the points ledger do not hold")),
}
_BOUGHT: dict[str, Row] = {
    "contract_ends": (CUSTOMER, _("A contract is about to end")),
    "subscription_ends": (CUSTOMER, _("A subscription is about to end")),
    "subscription_lapsed": (CUSTOMER, _("A plan lacks the subscription that it needs")),
    "ended": (CUSTOMER, _("A contract, a licence or points have ended")),
    "licence_ends": (BOTH, _("A licence or its maintenance is about to end")),
    "licence_verified": (CUSTOMER, _("A licence is verified")),
    "service_report": (CUSTOMER, _("The monthly report of a company")),
}
_ASKED: dict[str, Row] = {
    "entitlement_asked": (BOTH, _("Somebody asks for points or an exception")),
    "entitlement_decided": (CUSTOMER, _("A request for points or an exception is decided")),
    "delivery_due": (DESK, _("Something that a plan brings is due")),
}
_NEWS: dict[str, Row] = {
    "release_out": (CUSTOMER, _("A release is out")),
    "download_out": (CUSTOMER, _("A download is out")),
    "bulletin": (CUSTOMER, _("A note to a topic")),
    "support_ends": (CUSTOMER, _("Support for a release is about to end")),
}
_NEWS_DESK: dict[str, Row] = {
    "support_ends_customers": (DESK, _("Support for a release ends, with the customers on it")),
}
_POLICY: dict[str, Row] = {
    "policy_note": (CUSTOMER, _("A new version of the support policy, for customers")),
    "policy_note_withdrawn": (CUSTOMER, _("A version of the support policy is withdrawn")),
    "policy_asked": (DESK, _("A version waits for a second manager")),
    "policy_approved": (DESK, _("A version is approved")),
    "policy_declined": (DESK, _("A version is declined")),
    "policy_published": (DESK, _("A version is published")),
    "policy_withdrawn": (DESK, _("A version is withdrawn")),
    "policy_cases_retargeted": (DESK, _("Open cases get new promises")),
}
_ACCOUNTS: dict[str, Row] = {
    "registration_waiting": (DESK, _("Somebody asks for an account")),
    "registration_accepted": (CUSTOMER, _("An account is ready")),
    "colleague_invited": (CUSTOMER, _("A company's admin invites a colleague")),
    "invitation": (DESK, _("The first manager is invited")),
}

_INCOMING: dict[str, Row] = {
    "mail_answered": (BOTH, _("What became of an e-mail that somebody sent us")),
}

_CASE_WORK = ("number", "link")
_RATED = {**_CASE, "ratings": _("how it was: an answer on each line, to be clicked")}
# The words of a group, its kinds, what they know beside `outbox.texts.OF_ALL`, what is needed.
_GROUPS: tuple[tuple[Promise, Mapping[str, Row], Mapping[str, Promise], tuple[str, ...]], ...] = (
    (_("While a case is worked on"), _FILED, _CASE, _CASE_WORK),
    (_("When a case ends, or goes on"), _ENDS, _CASE, _CASE_WORK),
    (_("What is agreed about a case"), _AGREED, _CASE, _CASE_WORK),
    (_("Escalation and hand-overs"), _LATE, _CASE, _CASE_WORK),
    (_("Escalation and hand-overs"), _DESK_ONLY, {}, ()),
    (_("Points"), _POINTS, {**_LINK, **_COMPANY}, ()),
    (_("Points"), _POINTS_DESK, _LINK, ("link",)),
    (_("Contracts and licences"), _BOUGHT, _COMPANY, ()),
    (_("Requests and deliveries"), _ASKED, {}, ()),
    (_("News of products"), _NEWS, _COMPANY, ()),
    (_("News of products"), _NEWS_DESK, {}, ()),
    (_("The support policy"), _POLICY, {}, ()),
    (_("Accounts"), _ACCOUNTS, {}, ()),
    (_("Incoming mail"), _INCOMING, {}, ()),
)
# These know less than the other kinds of their group, or more.
_OTHERWISE: dict[str, tuple[Mapping[str, Promise], tuple[str, ...]]] = {
    "file_refused": ({}, ()),
    "rated_badly": (
        {name: _CASE[name] for name in ("number", "case", "company", "owner", "message", "link")},
        _CASE_WORK,
    ),
    **{kind: (_RATED, _CASE_WORK) for kind in ("resolved", "closed", "closed_unanswered")},
}


def kinds() -> Iterator[tuple[str, About]]:
    """List all kinds with what is known of them, group by group."""
    for group, rows, placeholders, needed in _GROUPS:
        for kind, (sides, title) in rows.items():
            known, must = _OTHERWISE.get(kind, (placeholders, needed))
            yield kind, About(title, group, sides, known, must)


def describe_kinds() -> None:
    """Tell the outbox which words may be changed."""
    for kind, about in kinds():
        describe(kind, about)
