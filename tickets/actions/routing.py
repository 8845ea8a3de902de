"""Giving cases to teams and people: routes, the least loaded, the next one for whoever asks."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from accounts.errors import NotAllowed, NotFound
from accounts.models import Person, PersonSkill, Team
from entitlements.models import Product
from tickets.actions.conversation import must_be_open, write_note
from tickets.actions.opening import FIRST_TIER
from tickets.actions.sorting import move_case
from tickets.actions.triage import assign_case
from tickets.assigning import suggest_owners
from tickets.audience import team_side
from tickets.errors import NothingChanges
from tickets.level_errors import NobodyToAssign, NoNextCase, RouteIsEmpty
from tickets.models import Case, TeamRoute
from tickets.notices import notify
from tickets.queries import UNOWNED, lock_case
from tickets.queue import queue
from tickets.timeline import load_timeline, save_timelines


@transaction.atomic
def assign_to_least_loaded(*, case_id: int, by: Person, at: datetime) -> Case:
    """Give a case to whom `suggest_owners` puts first; its owner does not get it anew.

    Locks the case, so that two who press do not see the same load of it. Raises NotAllowed,
    CaseIsNotOpen, NobodyToAssign.
    """
    if not by.may("assign"):
        raise NotAllowed
    case = lock_case(case_id, by)
    others = [one for one in suggest_owners(case, at) if one.person.pk != case.owner_id]
    if not others:
        raise NobodyToAssign
    return assign_case(case_id=case.pk, owner_id=others[0].person.pk, by=by, at=at)


@transaction.atomic
def take_next(*, by: Person, at: datetime) -> Case:
    """Make `by` the owner of the next case that waits for somebody like them.

    The first without an owner in the policy's order, of their teams or of none, or for which they
    have the skill in their tier; whoever is in no team takes of all. A case that somebody else is
    about to take is skipped, so that two never get the same. Raises NotAllowed, NoNextCase.
    """
    if not (by.may("assign") and by.may("reply_as_agent")):
        raise NotAllowed
    waiting = queue(by, "unassigned", at).filter(UNOWNED & _fits(by))
    found = waiting.select_for_update(of=("self",), no_key=True, skip_locked=True).first()
    if found is None:
        raise NoNextCase
    return assign_case(case_id=found.pk, owner_id=by.pk, by=by, at=at)


@transaction.atomic
def give_to_team(*, case_id: int, team_id: int, note: str, by: Person, at: datetime) -> Case:
    """Give a case to a team of any tier, with a note of what that is to do; its owner stays behind.

    The no-progress clock starts afresh, and the team hears of it. Locks the case. Raises
    NotAllowed, CaseIsNotOpen, NotFound, NothingChanges.
    """
    team = Team.objects.filter(pk=team_id, tier__isnull=False).first()
    if team is None or team.tier is None:
        raise NotFound
    return _moved(case_id, team.tier, team, note=note, by=by, at=at)


@transaction.atomic
def give_back_to(*, case_id: int, tier: int, team_id: int | None, by: Person, at: datetime) -> Case:
    """Give a case back to a tier and team that it was moved from by mistake; else `give_to_team`.

    A team that is gone meanwhile is none.
    """
    wanted = () if team_id is None else (team_id,)
    team = Team.objects.filter(pk__in=wanted, tier=tier).first()
    return _moved(case_id, tier, team, note="", by=by, at=at, back=True)


def _moved(
    case_id: int,
    tier: int,
    team: Team | None,
    *,
    note: str,
    by: Person,
    at: datetime,
    back: bool = False,
) -> Case:
    if not by.may("hand_over"):
        raise NotAllowed
    case = lock_case(case_id, by)
    must_be_open(case)
    if (case.tier, case.team_id) == (tier, team.pk if team else None):
        raise NothingChanges
    timeline = load_timeline(case)
    event = move_case(timeline, tier, team, by=by, at=at, back=back)
    save_timelines([timeline])
    write_note(case, event, note, by=by)
    notify("handed_over", team_side(case), case=case, event=event, at=at)
    return case


@transaction.atomic
def add_route(*, product_id: int | None, region: str, team_id: int, by: Person) -> TeamRoute:
    """Send the new cases of a product, of a region, or of both to a team of the first tier.

    What was said of the same before is replaced. Raises NotAllowed, NotFound, RouteIsEmpty.
    """
    if not by.may("use_admin"):
        raise NotAllowed
    if product_id is None and not region.strip():
        raise RouteIsEmpty(field="product")
    team = Team.objects.filter(pk=team_id, tier=FIRST_TIER).first()
    wanted = () if product_id is None else (product_id,)
    product = Product.objects.filter(pk__in=wanted).first()
    if team is None or (product is None and wanted):
        raise NotFound
    route, _is_new = TeamRoute.objects.update_or_create(
        tenant_id=team.tenant_id,
        product=product,
        region=region.strip(),
        defaults={"team": team},
    )
    return route


@transaction.atomic
def remove_route(*, route_id: int, by: Person) -> None:
    """Take a route away; cases keep the teams that they have. Raises NotAllowed, NotFound."""
    if not by.may("use_admin"):
        raise NotAllowed
    route = TeamRoute.objects.filter(pk=route_id).first()
    if route is None:
        raise NotFound
    route.delete()


def _fits(person: Person) -> Q:
    teams = list(Team.objects.filter(memberships__person=person).values_list("pk", flat=True))
    if not teams:
        return Q()
    fits = Q(team__in=teams) | Q(team__isnull=True)
    for skill in PersonSkill.objects.filter(person=person).values_list("name", flat=True):
        about = Q(product__name__icontains=skill) | Q(product__code__icontains=skill)
        fits |= Q(tier=person.tier) & about if person.tier else Q()
    return fits
