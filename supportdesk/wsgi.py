"""The WSGI entry: refuses to serve with a database role that row-level security does not bind."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supportdesk.settings")
application = get_wsgi_application()

# Below the application: the registry must be loaded first.
from accounts.tenancy import refuse_powerful_role  # noqa: E402
from supportdesk.celery import app  # noqa: E402, F401  (nudges leave over this app's broker)
from supportdesk.memory import settle  # noqa: E402
from supportdesk.watchman import start_watchman  # noqa: E402

refuse_powerful_role()
start_watchman()
settle()
