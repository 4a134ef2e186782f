"""Settings, read from the environment once. Every variable is listed in docs/settings.md.

One machine needs none of them; DATABASE_URL and REDIS_URL move the same code to PostgreSQL and Redis.
"""

import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from dashboard import env

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.text("SLIPWAY_VAR_DIR", str(BASE_DIR / "var"))).absolute()
DATABASE_URL = env.text("DATABASE_URL")
REDIS_URL = env.text("REDIS_URL")
PUBLIC_URL = env.origin("SLIPWAY_PUBLIC_URL", "http://127.0.0.1:8000")
IS_HTTPS = PUBLIC_URL.startswith("https://")

# --- Slipway's own -------------------------------------------------------------------------------------------------

SLIPWAY_SYNC_SECONDS = env.number("SLIPWAY_SYNC_SECONDS", 60, least=1)
SLIPWAY_SETTLE_SECONDS = env.number("SLIPWAY_SETTLE_SECONDS", 60, least=1)
SLIPWAY_LOG_DAYS = env.number("SLIPWAY_LOG_DAYS", 30, least=1)
SLIPWAY_GOOD_AFTER_MINUTES = env.number("SLIPWAY_GOOD_AFTER_MINUTES", 60, least=0)
SLIPWAY_LEASE_SECONDS = env.number("SLIPWAY_LEASE_SECONDS", 180, least=4)
SLIPWAY_SYNC_CONNECTIONS = env.number("SLIPWAY_SYNC_CONNECTIONS", 4, least=1)
# Only `manage.py sign` opens the first; in production another user of the system owns it.
SLIPWAY_SIGNER_DIR = Path(env.text("SLIPWAY_SIGNER_DIR", str(VAR_DIR / "signer"))).absolute()
SLIPWAY_CHECKPOINT_DIR = Path(env.text("SLIPWAY_CHECKPOINT_DIR", str(VAR_DIR / "checkpoints"))).absolute()
os.environ.setdefault("AZURE_DEVOPS_CACHE_DIR", str(VAR_DIR / "azure-devops-cache"))  # the client's default is $HOME

# --- Django --------------------------------------------------------------------------------------------------------

DEBUG = env.flag("SLIPWAY_DEBUG", default=False)
if DEBUG and IS_HTTPS:
    raise ImproperlyConfigured("SLIPWAY_DEBUG is on and SLIPWAY_PUBLIC_URL is https. Switch one of them off.")
SECRET_KEY = env.secret_key(
    must_be_given=IS_HTTPS and bool(DATABASE_URL or REDIS_URL), otherwise=VAR_DIR / "secret-key"
)
SLIPWAY_SECRET_KEYS = env.secret_keys(
    env.text("SLIPWAY_SECRET_KEYS"),
    must_be_given=IS_HTTPS and bool(DATABASE_URL or REDIS_URL),
    otherwise=VAR_DIR / "secrets-key",
)
LOOPBACK_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS = [str(urlsplit(PUBLIC_URL).hostname)] if IS_HTTPS else LOOPBACK_HOSTS
INSTALLED_APPS = [
    "releases",  # before django.contrib.auth: its `changepassword` leaves its event in the trail
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "dashboard",
]
MIDDLEWARE = [
    "dashboard.room.with_room",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "dashboard.middleware.private_pages",
    "csp.middleware.CSPMiddleware",
    "dashboard.middleware.Sessions",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "dashboard.middleware.session_limits",
    "dashboard.preferences.time_zone",
    "dashboard.middleware.SignInRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "dashboard.preferences.Refusals",
]
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # the other one sets a cookie of its own
MESSAGE_TAGS = {10: "mute", 20: "run", 25: "ok", 30: "wait", 40: "bad"}  # levels of django.contrib.messages as hues
ROOT_URLCONF = "dashboard.urls"
WSGI_APPLICATION = "dashboard.wsgi.application"
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
                "dashboard.shell.shell",
            ]
        },
    }
]
TIME_ZONE = "UTC"
USE_TZ = True
LANGUAGE_CODE = "en-gb"
USE_I18N = False
APPEND_SLASH = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000

# --- Database: SQLite on one machine, PostgreSQL for a team. `migrate` signs in as the owner of the tables. ---------

OWNER_URL = env.text("DATABASE_OWNER_URL") if "migrate" in sys.argv[1:2] else ""
DATABASES = {"default": env.database(OWNER_URL or DATABASE_URL or f"sqlite:///{VAR_DIR / 'slipway.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Cache: JSON only ----------------------------------------------------------------------------------------------

CACHES: dict[str, dict[str, Any]] = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
if REDIS_URL:
    CACHES["default"] = {
        "BACKEND": "dashboard.cache.SharedCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "slipway",
        "OPTIONS": {
            "serializer": "dashboard.cache.JsonSerializer",
            "socket_timeout": 3,
            "socket_connect_timeout": 3,
        },
    }

# --- People: local accounts by e-mail; sign-up is closed ----------------------------------------------------------

AUTH_USER_MODEL = "releases.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 15},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "dashboard.signin.AccountAdapter"
ACCOUNT_FORMS = {"change_password": "dashboard.forms.PasswordForm"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are made by administrators, who vouch for the address
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_SESSION_REMEMBER = False
MFA_ADAPTER = "dashboard.signin.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("SLIPWAY_TRUSTED_PROXIES", 0)

# --- Sessions: idle 30 minutes, 12 hours in all (`dashboard.middleware.session_limits`) ------------------------------

SESSION_IDLE_SECONDS = 30 * 60
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_NAME = "__Host-slipway" if IS_HTTPS else "slipway"
SESSION_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "dashboard.views.csrf.failed"
CSRF_COOKIE_NAME = "__Host-slipway-csrf" if IS_HTTPS else "slipway-csrf"
CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
KEYS_COOKIE_NAME = "__Host-slipway-keys" if IS_HTTPS else "slipway-keys"
THEME_COOKIE_NAME = "__Host-slipway-theme" if IS_HTTPS else "slipway-theme"

# --- What browsers are told ------------------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health$"]
SECURE_HSTS_SECONDS = 366 * 24 * 60 * 60 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_HSTS_PRELOAD = IS_HTTPS
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "font-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# --- Static files: hashed names, ours compressed beforehand ----------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder", "dashboard.static.LibraryFinder"]
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# --- API -------------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
SPECTACULAR_SETTINGS = {"TITLE": "Slipway", "VERSION": "1"}

# --- Celery: an alarm clock, never a queue that matters (numbers measured, see docs/running.md) ----------------------

CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost//"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_timeout": 10,
    "socket_connect_timeout": 3,
    "socket_keepalive": True,
    "health_check_interval": 25,
    "global_keyprefix": "slipway:",
}
if not REDIS_URL:
    BROKER_DIR = VAR_DIR / "broker"
    CELERY_BROKER_TRANSPORT = "dashboard.broker.Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR / "messages"),
        "data_folder_out": str(BROKER_DIR / "messages"),
        "control_folder": str(BROKER_DIR / "control"),
        "polling_interval": 0.2,
    }
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True  # safe only because every step is leased in the database
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SOFT_TIME_LIMIT = 240  # the threads pool ignores both: every unit has its own deadline
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_DEFAULT_QUEUE = "slipway"
CELERY_VISIBILITY_TIMEOUT = 900
CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS = {"visibility_timeout": 900}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 60
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"  # in memory: a second beat, or none for a while, does no harm
CELERY_BEAT_SCHEDULE = {
    "sync.tick": {
        "task": "sync.tick",
        "schedule": SLIPWAY_SYNC_SECONDS,
        "options": {"expires": SLIPWAY_SYNC_SECONDS},
    },
    "commands.deliver": {"task": "commands.deliver", "schedule": 5, "options": {"expires": 5}},
    "commands.reconcile": {"task": "commands.reconcile", "schedule": 60, "options": {"expires": 60}},
    "audit.verify": {"task": "audit.verify", "schedule": 60, "options": {"expires": 60}},
}
CELERY_TIMEZONE = "UTC"

# --- Logs: one line a record, control characters neutralised ---------------------------------------------------------

LOG_FORMAT = env.word("SLIPWAY_LOG_FORMAT", "plain", among={"plain", "json"})
LOG_LEVEL = env.word("SLIPWAY_LOG_LEVEL", "info", among={"debug", "info", "warning", "error"}).upper()
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"()": "dashboard.logs.PlainFormatter"},
        "json": {"()": "dashboard.logs.JsonFormatter"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        "kombu": {"level": "WARNING"},
        "azure": {"level": "WARNING"},
        "msrest": {"level": "WARNING"},
        "urllib3": {"level": "ERROR"},
    },
}
