"""The Celery application: beat and workers shorten the wait, PostgreSQL holds the truth."""

import os

from celery import Celery
from celery.signals import worker_init
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supportdesk.settings")

app = Celery("supportdesk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(lambda: settings.INSTALLED_APPS)


@worker_init.connect
def refuse_powerful_role(**_kwargs: object) -> None:
    # Imported late: the app registry is not loaded when this module is.
    from accounts.tenancy import refuse_powerful_role as check  # noqa: PLC0415

    check()
