from django.apps import AppConfig

from tickets.availability import register_absent


class EscalationConfig(AppConfig):
    name = "escalation"

    def ready(self):
        # The registry of models must be loaded before the words about them are.
        from escalation.absences import absent_on  # noqa: PLC0415
        from escalation.first_steps import register_first_steps  # noqa: PLC0415
        from escalation.hooked import register_hooked  # noqa: PLC0415
        from escalation.mail import register_mail  # noqa: PLC0415
        from escalation.members import register_members  # noqa: PLC0415
        from escalation.request_mail import register_request_mail  # noqa: PLC0415
        from escalation.requests import end_with_its_case  # noqa: PLC0415
        from escalation.standing import in_queue  # noqa: PLC0415
        from tickets.actions.lapsing import register_ending  # noqa: PLC0415
        from tickets.queue import register_view  # noqa: PLC0415

        register_absent(absent_on)
        register_ending(end_with_its_case)
        register_mail()
        register_hooked()
        register_request_mail()
        register_members()
        register_first_steps()
        register_view("to_acknowledge", in_queue)
