"""Which messages somebody of the desk may want together. Nothing of the ladder is among them."""

from django.utils.translation import gettext_lazy as _

from outbox.digests import group_kinds


def group_digests() -> None:
    """Tell the outbox which kinds may come together."""
    group_kinds(
        "said",
        _("What customers write and call about"),
        (
            "customer_replied",
            "customer_called",
            "question_disputed",
            "channel_preferred",
            "away_noted",
            "away_ended",
            "consent_given",
            "consent_withdrawn",
            "diagnostics_accepted",
        ),
    )
    group_kinds("named", _("Notes that name you"), ("mentioned",))
    group_kinds(
        "work",
        _("Cases that become yours, or others'"),
        ("assigned", "unassigned", "cases_handed_on", "case_split", "split_declined"),
    )
    group_kinds(
        "ends",
        _("How cases end, or go on"),
        ("closed", "reopened", "reopen_asked", "rated_badly"),
    )
    group_kinds(
        "asked",
        _("Requests of customers, and what is due to them"),
        ("level_requested", "money_asked", "entitlement_asked", "delivery_due"),
    )
    group_kinds(
        "news",
        _("Policies, releases and licences"),
        (
            "policy_approved",
            "policy_declined",
            "policy_published",
            "policy_withdrawn",
            "policy_cases_retargeted",
            "support_ends_customers",
            "licence_ends",
        ),
    )
