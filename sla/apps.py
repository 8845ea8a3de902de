from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SlaConfig(AppConfig):
    name = "sla"
    verbose_name = _("Support policy")

    def ready(self) -> None:
        # The registry of models must be loaded before the words about them are.
        from sla.hooked import register_hooked  # noqa: PLC0415
        from sla.mail import register_mail  # noqa: PLC0415

        register_mail()
        register_hooked()
