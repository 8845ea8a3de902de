from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "desk"

    def ready(self):
        # The registry of models must be loaded before the words about them are.
        from desk.digest_groups import group_digests  # noqa: PLC0415
        from desk.mail_kinds import describe_kinds  # noqa: PLC0415

        describe_kinds()
        group_digests()
