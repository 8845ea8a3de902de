"""What the linter finds in escalation beyond the clocks, as sentences: what it is, what to do."""

from django.utils.translation import gettext_lazy

CARE_SENTENCES = {
    "raised_unpaged": (
        gettext_lazy(
            "“%(level)s” pages somebody, but no step on the case itself does: who raises a case "
            "to it later pages nobody."
        ),
        gettext_lazy("Let a step page somebody on “the case itself”, as it begins."),
    ),
    "paged_without_updates": (
        gettext_lazy("“%(level)s” pages somebody, but no time between updates is said for it."),
        gettext_lazy("Add a target for regular updates, as a promise or as your own aim."),
    ),
    "repeat_not_urgent": (
        gettext_lazy(
            "This step is taken again and again, but is not urgent: it waits for the working "
            "hours of who it is for."
        ),
        gettext_lazy("Mark it as urgent, or let it be taken once."),
    ),
    "budget_unheard": (
        gettext_lazy("Nothing happens when this tier has had a case for longer than it should."),
        gettext_lazy("Add a step on the clock “time in a tier”, or leave the time out."),
    ),
    "escalation_unanswered": (
        gettext_lazy("Customers may ask for an escalation, but no answer is owed to them."),
        gettext_lazy("Add a target for the answer to an escalation."),
    ),
    "closed_unwarned": (
        gettext_lazy("A case that waits on the customer is closed without a warning."),
        gettext_lazy("Say on which days customers are warned before."),
    ),
    "step_for_nobody": (
        gettext_lazy("This step never fires: nobody can file a case that it is for."),
        gettext_lazy("Look at its cases, and at the channels and what they are open to."),
    ),
    "tier_without_budget": (
        gettext_lazy("This step never fires: no tier that it is for has a time of its own."),
        gettext_lazy("Say at the tier how long it should have a case, or remove the step."),
    ),
    "swat_for_nobody": (
        gettext_lazy("The SWAT team is never brought in: nobody can file a case of its rule."),
        gettext_lazy("Look at the rule, and at the channels and what they are open to."),
    ),
}
