"""A deliverer in a process of its own, to be killed. `python -m tests.outbox.deliverer`"""

import django
from django.conf import settings


def main() -> None:
    django.setup()
    settings.EMAIL_BACKEND = "outbox.smtp.SmtpBackend"
    settings.EMAIL_TIMEOUT = 60
    # Only now: these import models.
    from outbox.delivery import deliver_due  # noqa: PLC0415
    from outbox.registry import register  # noqa: PLC0415
    from tests.outbox.conftest import render_notice  # noqa: PLC0415

    register("notice", may_receive=lambda person, refs: True, render=render_notice)
    deliver_due()


if __name__ == "__main__":
    main()
