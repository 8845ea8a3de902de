"""Settings of the desk: everything that differs between installations comes from the environment.

Without `DATABASE_URL` the embedded servers of this checkout are used (`supportdesk.local`); the
entry points start them, settings only name them.
"""

from pathlib import Path

import environ

from supportdesk.local import embedded
from supportdesk.local.places import places

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

EMBEDDED = embedded.urls() if not env.str("DATABASE_URL", "") else {}


def server_url(name: str) -> str:
    return env.str(name, "") or EMBEDDED.get(name, "")


DEMO = env.bool("DEMO", bool(EMBEDDED))
DEBUG = env.bool("DEBUG", False)
# The demo is only reachable from this machine, so a fixed key does no harm there.
SECRET_KEY = env.str("SECRET_KEY", "demo-only-key-" + "0" * 40) if DEMO else env.str("SECRET_KEY")
# What seals the secrets that the desk keeps, the newest first; none = SECRET_KEY does.
SECRETS_KEYS = env.list("SECRETS_KEYS", default=[])

# Of everybody in the demo; printed with the addresses.
DEMO_PASSWORD = "open-the-desk"

# `<vendor>.<BASE_HOST>` is a vendor, `BASE_HOST` itself the operators.
BASE_HOST = env.str("BASE_HOST", "localhost")
PORT = env.int("PORT", 8000)
SITE_PORT = env.str("SITE_PORT", f":{PORT}" if BASE_HOST == "localhost" else "")
SITE_SCHEME = "http" if BASE_HOST == "localhost" else "https"
# The tenant middleware refuses a host that no vendor answers to.
ALLOWED_HOSTS = [BASE_HOST, f".{BASE_HOST}"] + (["127.0.0.1"] if DEMO else [])

INSTALLED_APPS = [
    "accounts",
    "jobs",
    "outbox",
    "sla",
    "entitlements",
    "knowledge",
    "tickets",
    "escalation",
    "reports",
    "transfer",
    "portal",
    "desk",
    "api",
    "mailbox",
    "supportdesk",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    # For the words of its refusals in other languages.
    "rest_framework",
]

MIDDLEWARE = [
    "supportdesk.probes.ProbesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "api.gate.ApiGate",
    # A slow sender holds no transaction open: the form is read whole before the next one begins.
    "tickets.receiving.ReceiveFirst",
    # Outermost of all that touch the database: see docs/architecture.md, Tenancy.
    "accounts.middleware.TenantMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.languages.PersonLanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "supportdesk.urls"
# The operators' host has pages of its own; the tenant middleware chooses.
OPERATORS_URLCONF = "supportdesk.operators.urls"
WSGI_APPLICATION = "supportdesk.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.vendor",
                "mailbox.context.incoming",
            ],
        },
    }
]
FORM_RENDERER = "supportdesk.drawn_widgets.DrawnWidgets"

# Two roles, one database: the web, workers and tests use the app role, which row-level security
# binds; only migrations and a few named commands use the owner.
DATABASES = {
    "default": env.db_url_config(server_url("DATABASE_URL")),
    "owner": env.db_url_config(server_url("MIGRATE_DATABASE_URL") or server_url("DATABASE_URL")),
}
for _options in DATABASES.values():
    _options["ENGINE"] = "django.db.backends.postgresql"
    _options["ATOMIC_REQUESTS"] = False
    _options["DISABLE_SERVER_SIDE_CURSORS"] = True
    _options.setdefault("OPTIONS", {})["options"] = "-c timezone=UTC"
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# The owner makes, migrates and empties the test database; tests connect as the app role.
DATABASES["default"]["TEST"] = {"MIRROR": "owner"}
DATABASES["owner"]["TEST"] = {"DEPENDENCIES": []}
DATABASE_ROUTERS: list[str] = []

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["accounts.auth.PersonBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
# The lists of a policy are sent whole: a rule has some fourteen fields and as many ticks, a date
# three. Django's thousand would end a list of rules at seventy of them.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

# An address is unique within a tenant: row-level security makes allauth's "all users" this tenant's
# users, and the database's keys begin with the tenant. See docs/decisions/.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # USERNAME_FIELD is not unique by itself
ACCOUNT_ADAPTER = "accounts.auth.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.LoginForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordKeyForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "set_password": "accounts.forms.SetPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email_key"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = None
# Registering: by visitor, and by address, for each sends a mail there (DD-17).
ACCOUNT_RATE_LIMITS = {"signup": "20/h/ip,5/h/key"}
# A first password may be chosen for days; a link that replaces one lives for an hour.
PASSWORD_RESET_TIMEOUT = 7 * 24 * 3600
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "accounts.password_links.PasswordLinks"

SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SITE_SCHEME == "https"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if SITE_SCHEME == "https":
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }
}

LANGUAGE_CODE = "en"
# Each in its own words, for who looks for it.
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "supportdesk.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Files on cases: private, never below an address. What is larger than a form is sent in parts.
ATTACHMENT_ROOT = Path(
    env.str("ATTACHMENT_ROOT", "") or (places().state if EMBEDDED else BASE_DIR / "media") / "files"
)
ATTACHMENT_MAX_MEGABYTES = env.int("ATTACHMENT_MAX_MEGABYTES", 2048)
ATTACHMENT_FORM_MAX_MEGABYTES = 25
ATTACHMENT_PART_MEGABYTES = 5
ATTACHMENT_MAX_FILES = 20
# A function that looks a file through, such as tickets.scanning.clamd; none = said to be unchecked.
ATTACHMENT_SCANNER = env.str("ATTACHMENT_SCANNER", "")
ATTACHMENT_CLAMD = env.str("ATTACHMENT_CLAMD", "localhost:3310")
# All that anybody sends is on the disk as it comes, and more than this is not read at all.
FILE_UPLOAD_HANDLERS = ["tickets.receiving.BoundedUploads"]
FILE_UPLOAD_PERMISSIONS = 0o600
LARGEST_POST_MEGABYTES = 600

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "staticfiles"
# The demo serves straight from the finders: collecting and compressing takes longer than it starts.
WHITENOISE_USE_FINDERS = DEMO
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEMO or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# PostgreSQL, not Redis: a sign-in must work, and be counted, while the broker is gone.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "django_cache",
        "KEY_FUNCTION": "accounts.tenancy.cache_key",
    }
}

# In the demo mail lands on the mailbox page; elsewhere it goes to the SMTP server.
EMAIL_CONFIG = env.email_url("EMAIL_URL", "smtp://localhost:25")
vars().update(EMAIL_CONFIG)
if DEMO and not env.str("EMAIL_URL", ""):
    EMAIL_BACKEND = "outbox.mailbox.MailboxBackend"
elif EMAIL_CONFIG["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend":
    # Ours knows whether a lost connection came before or after the message was handed over.
    EMAIL_BACKEND = "outbox.smtp.SmtpBackend"
# What carries pages, if the mail server does not: a mail backend of Django's.
PAGE_BACKEND = env.str("PAGE_BACKEND", "")
# Who is told when beat or the workers are missing; the operators where nobody is named.
ALARM_ADDRESSES = env.list("ALARM_ADDRESSES", default=[])
# Who knows it may read /metrics; without one nobody may.
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
# A restored system starts with this set: nothing leaves until a person has released it.
OUTBOX_MUTED = env.bool("OUTBOX_MUTED", False)
EMAIL_TIMEOUT = 15
# Webhooks call the world outside only. Networks that may be called all the same, also by plain
# http, such as a tracker in the house (10.1.2.0/24); and further ones that never are.
EGRESS_ALLOWED = env.list("EGRESS_ALLOWED", default=[])
EGRESS_REFUSED = env.list("EGRESS_REFUSED", default=[])
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", f"support@{BASE_HOST}")

# Mail in: a vendor receives at <vendor>.<MAIL_IN_DOMAIN>; set to nothing, no mail can be answered.
MAIL_IN_DOMAIN = env.str("MAIL_IN_DOMAIN", BASE_HOST)
# The names under which the servers in front of the listener write Authentication-Results.
MAIL_AUTHSERV_IDS = env.list("MAIL_AUTHSERV_IDS", default=[])
# So many days a mail is kept as it came, once it waits for nobody; what it said on a case stays.
MAIL_KEEP_DAYS = env.int("MAIL_KEEP_DAYS", 90)
# So many automatic answers a vendor sends in an hour at most.
MAIL_ANSWERS_PER_HOUR = env.int("MAIL_ANSWERS_PER_HOUR", 200)

# For so long an answer to a customer can be undone before it is sent; 0 = it is sent at once.
UNDO_SEND_SECONDS = env.int("UNDO_SEND_SECONDS", 10)

CELERY_BROKER_URL = server_url("REDIS_URL")
CELERY_TASK_DEFAULT_QUEUE = env.str("CELERY_QUEUE", "celery")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 60
CELERY_TASK_TIME_LIMIT = 90
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A nudge that cannot be sent is dropped at once: beat finds the work anyway.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    # Kombu's defaults bring a lost message back only after another 100 s.
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 2,
    "socket_timeout": 10,
}
# Ordered without an end: an order that expires does so by the clock of whoever reads it.
CELERY_BEAT_SCHEDULER = "supportdesk.beat.SteadyScheduler"
CELERY_BEAT_SCHEDULE = {
    "tick": {"task": "escalation.tasks.tick", "schedule": 3.0},
    "deliver": {"task": "outbox.tasks.deliver_all", "schedule": 3.0},
    "webhooks": {"task": "outbox.tasks.deliver_to_endpoints", "schedule": 3.0},
    "send_held": {"task": "tickets.tasks.send_held_answers", "schedule": 3.0},
    # Works once a night, by the clock of UTC, when most desks rest.
    "audit": {"task": "tickets.tasks.audit_clocks", "schedule": 600.0},
    # Looks often, for a demonstration may move desk time; works about once an hour of it.
    "keep": {"task": "entitlements.tasks.keep", "schedule": 3.0},
    "work": {"task": "jobs.tasks.work_all", "schedule": 5.0},
    "read_mail": {"task": "mailbox.tasks.read_all", "schedule": 3.0},
    "pull_mail": {"task": "mailbox.tasks.pull_all", "schedule": 60.0},
}

# The interface for programs: see api/README.md.
API_REQUESTS_A_MINUTE = env.int("API_REQUESTS_A_MINUTE", 300)
API_BODY_MEGABYTES = 1
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["api.access.BearerToken"],
    "DEFAULT_PERMISSION_CLASSES": ["api.access.HasScope"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "api.access.AlwaysJson",
    "DEFAULT_PARSER_CLASSES": ["api.fields.BoundedJson"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "api.schema.Schema",
    "EXCEPTION_HANDLER": "api.problems.handle",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Supportdesk API",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "api.schema.closed_requests",
    ],
    "SERVE_AUTHENTICATION": [],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
}
