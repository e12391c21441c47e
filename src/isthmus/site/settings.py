"""Settings, all from the environment: see `environment.TABLE` and docs/configuration.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from environs import Env

from isthmus.apps.accounts.signing.settings import allauth_settings
from isthmus.site import environment
from isthmus.site.logs import configure as configure_logs

env = Env(prefix=environment.PREFIX)
MODE = env.str("MODE", "demonstration")
if MODE not in environment.MODES:
    raise environment.UnsafeSettings(
        f"ISTHMUS_MODE must be one of {', '.join(environment.MODES)}, not {MODE!r}"
    )
PRODUCTION = MODE == "production"
DEMONSTRATION = MODE in ("demonstration", "test")
if PRODUCTION:
    environment.check_production(env)

DATA = Path(env.str("DATA", "./var")).resolve()
SECRET_KEY = env.str("SECRET_KEY", "") or environment.read_secret(DATA)
DEBUG = False
HTTPS = env.bool("HTTPS", PRODUCTION)
ALLOWED_HOSTS = env.list("HOSTS", ["localhost", "127.0.0.1", "[::1]"])

PACKAGE = Path(__file__).resolve().parent.parent
ROOT_URLCONF = "isthmus.site.urls"
WSGI_APPLICATION = "isthmus.site.wsgi.application"

INSTALLED_APPS = [
    "isthmus.apps.networks",
    "isthmus.apps.needs",
    "isthmus.apps.surveys",
    "isthmus.apps.register",
    "isthmus.apps.accounts",
    "isthmus.apps.core",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "isthmus.site.middleware.RequestRecord",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "isthmus.site.middleware.Compress",
    "isthmus.site.middleware.Unnamed",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "isthmus.site.middleware.Readable",
    "isthmus.site.middleware.Head",
    "isthmus.site.middleware.Gone",
    "isthmus.site.middleware.Declared",
    "allauth.account.middleware.AccountMiddleware",
    "isthmus.apps.accounts.signing.middleware.SecondFactor",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "isthmus.apps.core.context.page",
            ],
        },
    }
]
FORM_RENDERER = "isthmus.apps.core.rendering.GovukRenderer"

DATABASES = {
    "default": dj_database_url.parse(
        env.str("DATABASE_URL", "") or f"sqlite:///{DATA / 'isthmus.sqlite3'}",
        conn_max_age=600,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATA.mkdir(parents=True, exist_ok=True)
    # IMMEDIATE: a transaction that reads and then writes never fails half-way for want of the lock.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
        " PRAGMA cache_size=-20000; PRAGMA mmap_size=134217728;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "home"
SESSION_ENGINE = "isthmus.apps.accounts.signing.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "isthmus_session"
CSRF_COOKIE_NAME = "isthmus_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "isthmus.apps.core.views.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Counts of tries and codes already used, shared by all web processes.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_sharedcount",
        "KEY_FUNCTION": "isthmus.apps.accounts.signing.limits.hashed_key",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
PROVIDERS = environment.providers(env, production=PRODUCTION)
globals().update(allauth_settings(PROVIDERS, https=HTTPS, proxies=env.int("PROXIES", 1 if PRODUCTION else 0)))

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^metrics$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
# Whether other hosts of the domain are served over HTTPS, and whether the domain asks browsers to list it, is for its
# owner to say, not for one host of it.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

TILES = env.str("TILES", "")
TILES_ATTRIBUTION = env.str("TILES_ATTRIBUTION", "")
TRAVEL_SERVICE = env.str("TRAVEL_SERVICE", "")
_tiles_origin = ["/".join(TILES.split("/")[:3])] if TILES.startswith("https://") else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:", *_tiles_origin],
        "font-src": [SELF],
        "connect-src": [SELF, *_tiles_origin],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        # A form that leads to a provider is followed there by redirect, which the policy also covers.
        "form-action": [SELF, *environment.origins(PROVIDERS)],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA / "files"},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
ERASURE_JOURNAL = Path(env.str("ERASURE_JOURNAL", "") or DATA / "erasures.journal").resolve()
COPY_KEEP_DAYS = env.int("COPY_KEEP_DAYS", 14)
UPLOAD_LIMIT = env.int("UPLOAD_LIMIT_MB", 200) * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = False
USE_THOUSAND_SEPARATOR = False

ADDRESS = (
    env.str("ADDRESS", "") or (f"https://{ALLOWED_HOSTS[0]}" if PRODUCTION else "http://localhost:8000")
).rstrip("/")
MAIL_TRANSPORT = env.str("MAIL_TRANSPORT", "smtp" if PRODUCTION else "file")
MAIL_FROM = env.str("MAIL_FROM", "Isthmus <isthmus@localhost>")
MAIL_SMTP = env.str("MAIL_SMTP", "smtp://localhost:25")
MAIL_NOTIFY_URL = env.str("MAIL_NOTIFY_URL", "https://api.notifications.service.gov.uk")
MAIL_NOTIFY_KEY = env.str("MAIL_NOTIFY_KEY", "")
MAIL_NOTIFY_TEMPLATE = env.str("MAIL_NOTIFY_TEMPLATE", "")

SERVER_TIMING = env.bool("SERVER_TIMING", False)
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
MEMORY = Path(env.str("MEMORY", "") or ("/dev/shm" if Path("/dev/shm").is_dir() else DATA))  # noqa: S108 - one file in it, its owner's alone
WEB_PROCESSES = env.int("WEB_PROCESSES", 2)
WEB_THREADS = env.int("WEB_THREADS", 4)

LOGGING_CONFIG = None
configure_logs(
    json=env.str("LOG_FORMAT", "json" if PRODUCTION else "text") == "json",
    secrets=[
        SECRET_KEY,
        DATABASES["default"].get("PASSWORD", ""),
        unquote(urlsplit(MAIL_SMTP).password or ""),
        MAIL_NOTIFY_KEY,
        METRICS_TOKEN,
        *(provider.secret for provider in PROVIDERS),
    ],
)

ATTRIBUTION = (
    "Contains public sector information licensed under the Open Government Licence v3.0. "
    "Contains OS data © Crown copyright and database right. "
    "Place names from GeoNames (geonames.org), CC BY 4.0."
)
