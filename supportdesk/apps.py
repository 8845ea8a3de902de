from django.apps import AppConfig


class SupportdeskConfig(AppConfig):
    name = "supportdesk"

    def ready(self) -> None:
        # The registry of models must be loaded before what looks at them is.
        from supportdesk.operators.inviting import register_invitation  # noqa: PLC0415

        register_invitation()
