"""Acts on the case page about levels, triage and routing."""

from django.utils.translation import gettext_lazy as _

from desk import level_forms as forms
from desk.act import ANY, Act

ACTS: tuple[Act, ...] = (
    Act(
        "decide-level",
        "agree",
        _("Decide about the level that is asked for"),
        _("Tell %(contact)s"),
        "change_level",
        forms.DecideLevelForm,
        ("level_request_decided",),
        hint=_("Yes changes the level at once, with its promise. %(contact)s is told either way."),
        when=lambda scene: bool(scene.judged.to_decide),
    ),
    Act(
        "offer-level",
        "agree",
        _("Offer a lower level: there is a workaround"),
        _("Offer it to %(contact)s"),
        "change_level",
        forms.OfferLevelForm,
        ("level_offered",),
        hint=_("Nothing changes unless %(contact)s takes it."),
        when=lambda scene: bool(scene.judged.lower_levels),
    ),
    Act(
        "take-offer-back",
        "agree",
        _("Take back the level that was offered"),
        _("Take the offer back"),
        "change_level",
        forms.TakeOfferBackForm,
        ("level_request_decided",),
        hint=_("The case keeps its level, and %(contact)s is told."),
        when=lambda scene: bool(scene.judged.offered),
    ),
    Act(
        "least-loaded",
        "sort",
        _("Assign to the least loaded"),
        _("Assign the case"),
        "assign",
        forms.LeastLoadedForm,
        ("assigned",),
        hint=_("Of the team, whoever is there and has the fewest open cases."),
        when=lambda scene: scene.case.team_id is not None,
    ),
    Act(
        "feature",
        "tie",
        _("Log the wish for the product"),
        _("Log the wish"),
        "triage",
        forms.FeatureForm,
        ("feature_logged",),
        hint=_("Managers decide about wishes; who wants to hear of it is told."),
        statuses=ANY,
        when=lambda scene: scene.judged.is_feature,
    ),
    Act(
        "restrict",
        "inside",
        _("Restrict who sees the case"),
        _("Restrict it"),
        "restrict_case",
        forms.RestrictForm,
        ("restricted",),
        hint=_(
            "For a security matter: only who opened or restricted it, its owner, its team, the "
            "SWAT team once it was brought in, leads and managers see it then."
        ),
        statuses=ANY,
        when=lambda scene: not scene.case.is_restricted,
    ),
    Act(
        "unrestrict",
        "inside",
        _("Let everybody at the desk see the case"),
        _("Restrict it no longer"),
        "restrict_case",
        forms.RestrictForm,
        ("unrestricted",),
        statuses=ANY,
        when=lambda scene: scene.case.is_restricted,
    ),
)
