"""Acts on the case page about hand-overs, SWAT and escalations."""

from django.utils.translation import gettext_lazy as _

from desk import escalation_forms as forms
from desk.act import Act

ACTS: tuple[Act, ...] = (
    Act(
        "hand-over",
        "escalate",
        _("Hand over to another team"),
        _("Hand the case over"),
        "hand_over",
        forms.HandOverForm,
        ("handed_over",),
        hint=_("The new team is told. The case has no owner then, and progress starts afresh."),
    ),
    Act(
        "escalate",
        "escalate",
        _("Escalate to Level %(next_tier)s"),
        _("Escalate the case"),
        "escalate",
        forms.EscalateForm,
        ("handed_over",),
        hint=_("This can be done at once, before any work on the case."),
        when=lambda scene: scene.has_higher_tier,
    ),
    Act(
        "hand-back",
        "escalate",
        _("Hand it back to where it came from"),
        _("Hand the case back"),
        "hand_over",
        forms.HandBackForm,
        ("handed_over",),
        hint=_("The team that handed it over is told why. Progress starts afresh."),
        when=lambda scene: scene.escalating.came_from is not None,
    ),
)
