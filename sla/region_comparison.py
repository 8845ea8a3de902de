"""In whose hours each region's customers are served, before and after a change of the policy."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from sla.differences import Difference
from sla.engine.calendarparts import CalendarSpec
from sla.engine.policy import Policy
from sla.words import part_name


def regions_of(before: Policy, after: Policy) -> tuple[str, ...]:
    """List the codes of the regions that either policy has."""
    return tuple(dict.fromkeys(region.code for one in (after, before) for region in one.regions))


def region_name(code: str, before: Policy, after: Policy) -> str:
    """Name a region that perhaps only one of two policies has."""
    named = part_name(after, "region", code)
    return part_name(before, "region", code) if named == code else named


def regions_under(policy: Policy, region: str, beside: Policy) -> tuple[str, ...]:
    """Say in which regions of a policy the customers of a region are.

    In the same one if the policy has it, else in those that have its countries, which `beside`, the
    policy that knows it, lists.
    """
    if any(one.code == region for one in policy.regions):
        return (region,)
    countries = next((one.countries for one in beside.regions if one.code == region), ())
    found = [policy.region_of(country) for country in countries] or [policy.default_region]
    return tuple(dict.fromkeys(code for code in found if code is not None))


def regional_hours(policy: Policy, spec: CalendarSpec, region: str, beside: Policy) -> str:
    """Name the hours in which a calendar of a policy serves the customers of a region."""
    if not spec.by_region:
        return spec.name
    served, names = dict(spec.by_region), {one.code: one.name for one in policy.calendars}
    codes = (served.get(code) for code in regions_under(policy, region, beside))
    return _(" or ").join(dict.fromkeys(names[code] for code in codes if code in names))


def moved_regions(before: Policy, after: Policy, calendar: str) -> frozenset[str]:
    """List the regions whose customers a calendar, which both have, serves in other hours."""
    pair = [
        next((spec for spec in policy.calendars if spec.code == calendar), None)
        for policy in (before, after)
    ]
    one, other = pair
    if one is None or other is None or not (one.by_region or other.by_region):
        return frozenset()
    return frozenset(
        region
        for region in regions_of(before, after)
        if regional_hours(before, one, region, after)
        != regional_hours(after, other, region, before)
    )


def region_differences(
    before: Policy, after: Policy, one: CalendarSpec, other: CalendarSpec
) -> Iterator[Difference]:
    """List the regions for which a calendar is another one now."""
    moved = moved_regions(before, after, other.code)
    for region in regions_of(before, after):
        if region in moved:
            yield Difference(
                f"{other.name}, {region_name(region, before, after)}",
                regional_hours(before, one, region, after),
                regional_hours(after, other, region, before),
            )
