from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self):
        # The registry of models must be loaded before what reads them is.
        from portal.filing.standing import register_drafts  # noqa: PLC0415

        register_drafts()
