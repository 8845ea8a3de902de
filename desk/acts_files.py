"""Acts on the case page about files, diagnostics and how both sides come together."""

from django.utils.translation import gettext_lazy as _

from desk import file_forms
from desk.act import ANY, Act

ACTS: tuple[Act, ...] = (
    Act(
        "diagnostic",
        "files",
        _("Offer a diagnostic tool"),
        _("Offer it to %(contact)s"),
        "offer_diagnostics",
        file_forms.DiagnosticForm,
        ("diagnostics_offered",),
        hint=_("%(contact)s can have it once they have accepted the terms of the policy."),
        when=lambda scene: scene.files.may_offer_diagnostics,
    ),
    Act(
        "take-back",
        "files",
        _("Take a diagnostic tool back"),
        _("Take it back"),
        "offer_diagnostics",
        file_forms.TakeBackForm,
        ("diagnostics_withdrawn",),
        hint=_("%(contact)s is told, and cannot have it any more."),
        statuses=ANY,
        when=lambda scene: any(drop.withdrawn_at is None for drop in scene.files.drops),
    ),
    Act(
        "meeting",
        "files",
        _("Meeting link"),
        _("Set the link and tell %(contact)s"),
        "reply_as_agent",
        file_forms.MeetingForm,
        ("meeting_set",),
    ),
    Act(
        "channel",
        "files",
        _("How the customer wants to be answered"),
        _("Note it"),
        "log_call",
        file_forms.ChannelForm,
        ("channel_preferred",),
        hint=_("As %(contact)s said it. It moves no clock."),
    ),
)
