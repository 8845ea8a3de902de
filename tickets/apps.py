from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TicketsConfig(AppConfig):
    name = "tickets"
    verbose_name = _("Cases")

    def ready(self):
        # The registry of models must be loaded before the words about them are.
        from entitlements.daily import register_daily  # noqa: PLC0415
        from tickets.agreement_mail import register_agreement_mail  # noqa: PLC0415
        from tickets.auditing import register_auditing  # noqa: PLC0415
        from tickets.bulk_work import register_bulk  # noqa: PLC0415
        from tickets.diagnostics_mail import register_file_mail  # noqa: PLC0415
        from tickets.figures import register_figures  # noqa: PLC0415
        from tickets.fixing import register_fixing  # noqa: PLC0415
        from tickets.hooked import register_hooked  # noqa: PLC0415
        from tickets.level_mail import register_level_mail  # noqa: PLC0415
        from tickets.life_mail import register_life_mail  # noqa: PLC0415
        from tickets.mail import register_mail  # noqa: PLC0415
        from tickets.replay import register_replay  # noqa: PLC0415
        from tickets.retargeting import register_retargeting  # noqa: PLC0415
        from tickets.retention import tend_files  # noqa: PLC0415
        from tickets.scanning import register_scanning  # noqa: PLC0415
        from tickets.teamwork_mail import register_teamwork_mail  # noqa: PLC0415
        from tickets.tracker_hooks import register_tracking  # noqa: PLC0415

        register_daily("files", tend_files)
        for register in (
            register_mail,
            register_agreement_mail,
            register_level_mail,
            register_life_mail,
            register_teamwork_mail,
            register_file_mail,
            register_scanning,
            register_replay,
            register_retargeting,
            register_bulk,
            register_fixing,
            register_auditing,
            register_figures,
            register_hooked,
            register_tracking,
        ):
            register()
