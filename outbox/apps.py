from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "outbox"

    def ready(self) -> None:
        # The registry of models must be loaded before the words about them are.
        from outbox.digests import register_digest  # noqa: PLC0415
        from outbox.hook_mail import register_hook_mail  # noqa: PLC0415

        register_digest()
        register_hook_mail()
