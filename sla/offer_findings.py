"""What the linter finds in what is sold, as sentences: what it is, and what to do about it."""

from django.utils.translation import gettext_lazy

OFFER_SENTENCES = {
    # Prices and points.
    "channel_without_price": (
        gettext_lazy("A case by %(code)s costs nothing, while others cost points."),
        gettext_lazy("Give it a price; 0 points says that it is meant to be free of charge."),
    ),
    "rule_for_nobody": (
        gettext_lazy("This never applies: no case can be filed for which it would count."),
        gettext_lazy("Remove it, or look at more exact rules and at the channels."),
    ),
    "points_without_pack": (
        gettext_lazy("Cases cost points, but no pack of points is sold."),
        gettext_lazy("Add the packs in which points can be bought."),
    ),
    "packs_without_price": (
        gettext_lazy("Packs of points are sold, but no case costs any."),
        gettext_lazy("Add prices, or remove the packs."),
    ),
    "pack_too_small": (
        gettext_lazy(
            "No pack is enough for the dearest case: the largest has %(points)s, the case "
            "costs %(price)s."
        ),
        gettext_lazy("Add a larger pack, or lower the price."),
    ),
    "included_without_price": (
        gettext_lazy("%(points)s come with this plan, but no case costs any."),
        gettext_lazy("Add prices, or take the points away."),
    ),
    # Releases and licences.
    "releases_uncovered": (
        gettext_lazy("No rule says which releases are supported for: %(cases)s."),
        gettext_lazy("Add a rule for any case; more exact ones go first."),
    ),
    "licence_without_notices": (
        gettext_lazy("A licence is needed to open a case, and nobody is told before one ends."),
        gettext_lazy("Say how many days before its end people are told."),
    ),
    # Plans and what comes with them.
    "subscription_not_open": (
        gettext_lazy("This plan needs “%(subscription)s”, which is not open to: %(cases)s."),
        gettext_lazy("Open the subscription to these editions, or close the plan to them."),
    ),
    "dearer_fewer_points": (
        gettext_lazy(
            "%(code)s costs more than %(than)s and brings less: %(points)s against "
            "%(than_points)s. Plans are listed from the cheapest."
        ),
        gettext_lazy("Give it more points, or put the plans in order."),
    ),
    "dearer_brings_less": (
        gettext_lazy(
            "%(code)s costs more than %(than)s and has less of “%(name)s”: %(number)s against "
            "%(than_number)s. Plans are listed from the cheapest."
        ),
        gettext_lazy("Give it more, or put the plans in order."),
    ),
    "deliveries_uneven": (
        gettext_lazy(
            "%(number)s times a term (%(code)s) does not divide twelve months evenly: the due "
            "dates of “%(name)s” fall between months."
        ),
        gettext_lazy("Choose 1, 2, 3, 4, 6 or 12, or take it as it is."),
    ),
    "limit_not_said": (
        gettext_lazy("“%(name)s” lifts a limit, but it is not said what the other plans have."),
        gettext_lazy("Give the number for each edition."),
    ),
    "subscription_not_used": (
        gettext_lazy("No plan needs it, and no news comes with it."),
        gettext_lazy("Name it there, or take it as something sold for itself."),
    ),
    "topic_for_nobody": (
        gettext_lazy("Nobody can have “%(name)s”: no plan that it comes with can be had."),
        gettext_lazy("Let it come with another plan or a subscription."),
    ),
}
