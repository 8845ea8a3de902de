"""Who may see which case. The lists that the desk works from are in `tickets.queue`."""

from collections.abc import Iterable, Sequence

from django.db.models import Case as Case_
from django.db.models import Exists, IntegerField, OuterRef, Q, QuerySet, Value, When

from accounts import roles
from accounts.errors import NotFound
from accounts.models import Person, TeamMember
from tickets.models import Case, CaseEvent

OPEN = Q(status__in=(Case.Status.OPEN, Case.Status.WAITING))
# With support: a case that waits on the customer is nobody's turn at the desk.
OURS = Q(status=Case.Status.OPEN)
CLOSED = Q(status=Case.Status.CLOSED)
# An owner who has left owns nothing.
UNOWNED = Q(owner__isnull=True) | Q(owner__is_active=False)


def visible_cases(person: Person) -> QuerySet[Case]:
    """Select the cases that a person may see.

    The desk sees all, a company admin the company's, a contact their own and those in which their
    own go on. Of the desk a restricted case (DD-06) is seen by its owner, its team, the SWAT team
    once that was brought in, who opened or restricted it, and who may see every restricted one.
    Who has ever owned it knows it, and keeps sight of it when the policy hands it over.
    """
    if person.may("see_restricted"):
        return Case.objects.all()
    if person.may("use_desk"):
        return Case.objects.filter(Q(is_restricted=False) | _concerned(person))
    if person.company_id is not None and person.may("read_company_cases"):
        return Case.objects.filter(company_id=person.company_id)
    if person.may("read_own_cases"):
        merged = Case.objects.filter(contact_id=person.pk, merged_into__isnull=False)
        # What goes on in a colleague's case is still theirs to read and to answer.
        return Case.objects.filter(Q(contact_id=person.pk) | Q(pk__in=merged.values("merged_into")))
    return Case.objects.none()


def countable_cases(person: Person) -> QuerySet[Case]:
    """Select the same cases as `visible_cases`, for lists that are counted many at a time.

    What is closed to somebody of the desk is looked up first, in a statement of its own: it is
    little, and the condition that it follows from would be planned anew for every count.
    """
    if person.may("see_restricted") or not person.may("use_desk"):
        return visible_cases(person)
    return besides(closed_to(person))


def closed_to(person: Person) -> list[int]:
    """Find the keys of the restricted cases that are closed to somebody of the desk.

    Where there is no restricted case at all the long question whom one concerns is not asked.
    """
    if person.may("see_restricted"):
        return []
    restricted = Case.objects.filter(is_restricted=True).values_list("pk", flat=True)
    keys = list(restricted)
    return list(restricted.filter(pk__in=keys).exclude(_concerned(person))) if keys else []


def besides(closed: Sequence[int]) -> QuerySet[Case]:
    """Select all cases but some."""
    return Case.objects.exclude(pk__in=closed) if closed else Case.objects.all()


def candidates(person: Person) -> QuerySet[Case]:
    """Select cases of which `in_sight` is to be asked before any is shown.

    Of the desk's that is all: whom a restricted one concerns is a long question, and few are.
    """
    return Case.objects.all() if person.may("use_desk") else visible_cases(person)


def in_sight(person: Person, cases: Iterable[Case]) -> list[Case]:
    """Keep those of `candidates` that a person may see; a statement only where one is restricted.

    The same cases as `visible_cases`.
    """
    found = list(cases)
    closed = {case.pk for case in found if case.is_restricted}
    if closed and person.may("use_desk"):
        closed -= set(visible_cases(person).filter(pk__in=closed).values_list("pk", flat=True))
        return [case for case in found if case.pk not in closed]
    return found


def _concerned(person: Person) -> Q:
    membership = TeamMember.objects.filter(person=person)
    acted = Q(seq=1) | Q(kind="restricted")
    owned = Q(kind="assigned", payload__owner=person.pk)
    known = CaseEvent.objects.filter(acted & Q(by=person) | owned, case=OuterRef("pk"))
    return (
        Q(owner=person)
        | Q(Exists(membership.filter(team=OuterRef("team"))))
        | Q(swat_since__isnull=False) & Q(Exists(membership.filter(team__is_swat=True)))
        | Q(Exists(known))
    )


def who_sees(case: Case) -> set[int]:
    """Find who of the desk may see a restricted case as it stands in memory, saved or not.

    The same people as `visible_cases` lets see it once it is saved.
    """
    opened = CaseEvent.objects.filter(Q(seq=1) | Q(kind="restricted"), case=case, by=OuterRef("pk"))
    membership = TeamMember.objects.filter(person=OuterRef("pk"))
    concerned = (
        Q(role__in=roles.ACTS["see_restricted"])
        | Q(pk=case.owner_id)
        | Q(Exists(membership.filter(team=case.team_id)))
        | Q(pk__in=_past_owners(case))
        | Q(Exists(opened))
    )
    if case.swat_since is not None:
        concerned |= Q(Exists(membership.filter(team__is_swat=True)))
    people = Person.objects.filter(concerned, role__in=roles.DESK, is_active=True)
    return set(people.values_list("pk", flat=True))


def _past_owners(case: Case) -> list[int]:
    assigned = case.events.filter(kind="assigned").values_list("payload__owner", flat=True)
    return [owner for owner in assigned if owner is not None]


def access_case(person: Person, number: int) -> Case:
    """Find a case by its number. Raises NotFound for none and for not yours alike."""
    # Not with all that it points at: the server would take longer to plan nine tables than to read
    # the site or the release of those cases that have one.
    beside = ("company", "contact", "product", "team", "owner")
    cases = candidates(person).select_related(*beside)
    # Not first(): it would put the only row in order, by a hundred columns.
    found = in_sight(person, cases.filter(number=number))
    if not found:
        raise NotFound
    return found[0]


def open_cases_following(number: int) -> int:
    """Count the open cases whose promises are those of a version."""
    return Case.objects.filter(OPEN, policy_version__number=number).count()


def cases_of_version(version_number: int) -> QuerySet[Case]:
    """List the cases opened under a version and the open ones that follow it, open ones first.

    Those that have been given other promises since are among them: see their `policy_version`. Each
    has `is_opened_under`; those that have not were given its promises later.
    """
    opening = CaseEvent.objects.filter(
        case=OuterRef("pk"), seq=1, payload__policy_version=version_number
    )
    is_over = Case_(When(OPEN, then=Value(0)), default=Value(1), output_field=IntegerField())
    follows = OPEN & Q(policy_version__number=version_number)
    cases = Case.objects.annotate(is_opened_under=Exists(opening))
    found = cases.filter(Q(is_opened_under=True) | follows)
    return found.select_related("tenant", "policy_version").order_by(is_over, "number")


def lock_case(case_id: int, by: Person) -> Case:
    """Lock a case for a change by somebody who may see it; its children may still be added.

    Raises NotFound for none and for not theirs alike.
    """
    cases = visible_cases(by).select_for_update(of=("self",), no_key=True)
    found = cases.filter(pk=case_id).first()
    if found is None:
        raise NotFound
    return found
