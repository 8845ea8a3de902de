"""Cases as programs read and write them."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse
from rest_framework import serializers

from accounts.models import Person
from accounts.places import site_url
from api.fields import (
    LARGEST_NUMBER,
    KeyField,
    MomentField,
    NamedOut,
    Said,
    Told,
    WordsField,
)
from tickets.models import Case
from tickets.tags import TAG_LENGTH, TAGS_A_CASE, tags_on_cases

LONGEST_SUBJECT = Case._meta.get_field("subject").max_length
LONGEST_CODE = 60
STATUSES = Case.Status.values
# What both sides may read of a case, as its column has it.
COLUMNS = (
    "number",
    "subject",
    "status",
    "channel",
    "case_type",
    "severity",
    "priority",
    "reported_severity",
    "reported_priority",
    "plan",
    "environment",
    "affected",
    "has_workaround",
    "availability",
    "keep_informed",
    "call_owed",
    "time_zone",
    "tier",
    "scheduled_for",
    "estimate_at",
    "away_until",
    "opened_at",
    "resolved_at",
    "closed_at",
)
# What only the desk may read.
DESK_COLUMNS = (
    "is_restricted",
    "is_incident",
    "live_transfer",
    "declined",
    "next_due_at",
    "last_event_at",
)


class ProductOut(Told):
    code = serializers.CharField()
    name = serializers.CharField()


class DeskOut(Told):
    """What the desk alone reads of a case."""

    owner = NamedOut(allow_null=True)
    team = NamedOut(allow_null=True)
    tags = serializers.ListField(child=serializers.CharField())
    incident = serializers.IntegerField(
        allow_null=True, help_text="The number of the incident that it hangs on."
    )
    is_restricted = serializers.BooleanField()
    is_incident = serializers.BooleanField()
    live_transfer = serializers.BooleanField()
    declined = serializers.CharField()
    next_due_at = serializers.DateTimeField(
        allow_null=True, help_text="The soonest answer that is owed, promised or aimed at."
    )
    last_event_at = serializers.DateTimeField()


class CaseOut(Told):
    """A case. Levels, type and plan are codes of the policy version; empty where there is none."""

    id = serializers.UUIDField()
    number = serializers.IntegerField()
    reference = serializers.CharField(help_text="As people say it, such as MX-1042.")
    url = serializers.CharField(help_text="Its page, for people.")
    subject = serializers.CharField()
    status = serializers.ChoiceField(choices=STATUSES)
    company = NamedOut()
    contact = NamedOut()
    product = ProductOut(allow_null=True)
    release = serializers.CharField(allow_null=True)
    channel = serializers.CharField()
    case_type = serializers.CharField()
    severity = serializers.CharField()
    priority = serializers.CharField()
    reported_severity = serializers.CharField()
    reported_priority = serializers.CharField()
    plan = serializers.CharField()
    environment = serializers.CharField()
    affected = serializers.CharField()
    has_workaround = serializers.BooleanField()
    availability = serializers.CharField()
    keep_informed = serializers.BooleanField()
    call_owed = serializers.BooleanField(
        help_text="The customer was told to call, and nobody has called yet."
    )
    time_zone = serializers.CharField(help_text="The customer's zone, frozen at the opening.")
    tier = serializers.IntegerField(help_text="The level of support that has it: 1, 2 or 3.")
    scheduled_for = serializers.DateTimeField(allow_null=True)
    estimate_at = serializers.DateTimeField(allow_null=True)
    away_until = serializers.DateField(allow_null=True)
    policy_version = serializers.IntegerField(help_text="The version that its promises follow.")
    merged_into = serializers.IntegerField(
        allow_null=True, help_text="The number of the case that goes on in its place."
    )
    opened_at = serializers.DateTimeField()
    resolved_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    updated_at = serializers.DateTimeField(help_text="When the customer could last read news.")
    desk = DeskOut(allow_null=True, help_text="Null for tokens of customers.")


class CasesOut(Told):
    results = CaseOut(many=True)
    next = serializers.CharField(allow_null=True, help_text="Where the next page is.")


class WishIn(Said):
    """What a case is to be about."""

    company = KeyField(required=False, help_text="For the desk; else the contact's.")
    contact = KeyField(
        required=False, help_text="Who it is for; else who asks. The desk always says it."
    )
    channel = serializers.CharField(
        required=False,
        max_length=LONGEST_CODE,
        help_text="For the desk: by which channel it came, a code of the policy. Customers' cases "
        "come by `portal`.",
    )
    product = serializers.CharField(required=False, max_length=LONGEST_CODE)
    release = serializers.CharField(required=False, max_length=100, help_text="Of the product.")
    case_type = serializers.CharField(required=False, max_length=LONGEST_CODE)
    severity = serializers.CharField(required=False, max_length=LONGEST_CODE)
    priority = serializers.CharField(required=False, max_length=LONGEST_CODE)
    environment = serializers.ChoiceField(required=False, choices=Case.Environment.values)
    affected = serializers.ChoiceField(required=False, choices=Case.Affected.values)
    has_workaround = serializers.BooleanField(required=False)
    takes_offer = serializers.BooleanField(
        required=False, help_text="The level that is offered in place of the chosen one is taken."
    )
    scheduled_for = MomentField(required=False)


class OpenIn(WishIn):
    """A case to be opened."""

    subject = serializers.CharField(max_length=LONGEST_SUBJECT)
    body = WordsField()
    availability = serializers.CharField(required=False, max_length=1_000, allow_blank=True)
    workaround = serializers.CharField(required=False, max_length=10_000, allow_blank=True)
    keep_informed = serializers.BooleanField(required=False)
    is_security = serializers.BooleanField(
        required=False, help_text="Only those whom it concerns see it."
    )
    follows = serializers.CharField(
        required=False,
        max_length=LONGEST_CODE,
        help_text="The case that has ended and that this one goes on about: its id or number.",
    )
    accept_points = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=LARGEST_NUMBER,
        help_text="What the case may cost, in points. Needed where it costs any: see `/promise/`.",
    )


class CaseChangeIn(Said):
    """What is to be changed of a case; what is not named stays as it is."""

    subject = serializers.CharField(required=False, max_length=LONGEST_SUBJECT)
    severity = serializers.CharField(required=False, max_length=LONGEST_CODE)
    priority = serializers.CharField(required=False, max_length=LONGEST_CODE)
    case_type = serializers.CharField(required=False, max_length=LONGEST_CODE)
    reason = serializers.CharField(
        required=False,
        max_length=10_000,
        allow_blank=True,
        help_text="Why: the customer reads it beside a change of type or levels.",
    )
    product = serializers.CharField(required=False, max_length=LONGEST_CODE)
    release = serializers.CharField(required=False, max_length=100)
    environment = serializers.ChoiceField(required=False, choices=Case.Environment.values)
    affected = serializers.ChoiceField(required=False, choices=Case.Affected.values)
    has_workaround = serializers.BooleanField(required=False)
    estimate_at = MomentField(required=False)
    is_restricted = serializers.BooleanField(required=False)
    scheduled_for = MomentField(required=False)
    team = KeyField(required=False)
    owner = KeyField(required=False, allow_null=True, help_text="Null: nobody's.")
    tags = serializers.ListField(
        required=False,
        child=serializers.CharField(max_length=TAG_LENGTH),
        max_length=TAGS_A_CASE,
        help_text="All tags that it is to have.",
    )


def case_told(case: Case, reader: Person) -> dict[str, Any]:
    """Tell a case of `api.reading` to somebody who may see it."""
    return cases_told([case], reader)[0]


def cases_told(cases: Sequence[Case], reader: Person) -> list[dict[str, Any]]:
    """Tell cases of `api.reading`; statements do not grow with them."""
    tags = tags_on_cases(case.pk for case in cases) if reader.may("use_desk") else None
    told = [
        _columns(case, COLUMNS)
        | _beside(case, reader)
        | {"desk": _desk(case, tags.get(case.pk, [])) if tags is not None else None}
        for case in cases
    ]
    return list(CaseOut(told, many=True).data)


def _columns(case: Case, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(case, name) for name in names}


def _beside(case: Case, reader: Person) -> dict[str, Any]:
    page = reverse("portal:case" if reader.is_customer else "desk:case", args=[case.number])
    return {
        "id": case.uuid,
        "reference": f"{reader.tenant.case_prefix}-{case.number}",
        "url": site_url(reader.tenant, page),
        "company": case.company,
        "contact": case.contact,
        "product": case.product,
        "release": case.release.version if case.release else None,
        "policy_version": case.policy_number,
        "merged_into": case.merged_number,
        "updated_at": case.last_public_at,
    }


def _desk(case: Case, tags: Sequence[str]) -> dict[str, Any]:
    return _columns(case, DESK_COLUMNS) | {
        "owner": case.owner,
        "team": case.team,
        "tags": tags,
        "incident": case.incident_number,
    }
