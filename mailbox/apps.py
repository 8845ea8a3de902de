from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MailboxConfig(AppConfig):
    name = "mailbox"
    verbose_name = _("Incoming mail")

    def ready(self) -> None:
        # The registry of models must be loaded before the words about them are.
        from entitlements.daily import register_daily  # noqa: PLC0415
        from mailbox.answer_mail import register_answers  # noqa: PLC0415
        from mailbox.forgetting import drop_old, register_forgetting  # noqa: PLC0415

        register_answers()
        register_daily("mail", drop_old)
        register_forgetting()
