"""Settings: everything that may differ between harbours comes from the environment."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
import django_stubs_ext
from csp.constants import NONE, SELF

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("PILOTHARBOR_DATA", BASE_DIR.parents[1] / ".harbor"))

DEBUG = os.environ.get("PILOTHARBOR_DEBUG") == "1"
SECRET_KEY = os.environ.get("PILOTHARBOR_SECRET_KEY", "")
ALLOWED_HOSTS = os.environ.get("PILOTHARBOR_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
PUBLIC_URL = os.environ.get("PILOTHARBOR_PUBLIC_URL", "http://127.0.0.1:8000")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
# An exercise harbour takes the time of each request from its caller; a real one never does.
EXERCISE_CLOCK = os.environ.get("PILOTHARBOR_EXERCISE") == "1"

DOMAINS = [
    "kernel",
    "parties",
    "ledger",
    "documents",
    "technologies",
    "facilities",
    "crew",
    "telemetry",
    "matching",
    "leads",
    "projects",
    "outreach",
    "assessment",
    "booking",
    "scheduling",
    "calendars",
    "agreements",
    "campaigns",
    "finance",
    "governance",
    "network",
]
INSTALLED_APPS = [
    "pilotharbor.web",
    *(f"pilotharbor.{name}" for name in DOMAINS),
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "pilotharbor.web.inputs.storable",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "pilotharbor.web.middleware.language_of_address",
    "pilotharbor.web.middleware.problems_for_programs",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pilotharbor.web.middleware.acting_for",
    "pilotharbor.web.by_hand.opened",
    "pilotharbor.web.middleware.refusals",
    "pilotharbor.web.middleware.idempotency_of",
]

ROOT_URLCONF = "pilotharbor.web.urls"
WSGI_APPLICATION = "pilotharbor.web.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "pilotharbor.web.shell.context",
            ]
        },
    }
]

_OWNER = os.environ.get("PILOTHARBOR_AS_OWNER") == "1"
_DB_URL = os.environ.get("PILOTHARBOR_DB_OWNER_URL" if _OWNER else "PILOTHARBOR_DB_URL") or ""
DATABASES: dict[str, Any] = {
    "default": {
        **dj_database_url.parse(_DB_URL or "postgres:///pilotharbor"),
        "ENGINE": "django.db.backends.postgresql",
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }
}
DATABASES["default"].setdefault("OPTIONS", {})
if not _OWNER:
    DATABASES["default"]["OPTIONS"]["pool"] = {
        "min_size": 1,
        "max_size": int(os.environ.get("PILOTHARBOR_DB_POOL", "12")),
        "timeout": 10,
    }

CACHES = {
    # Shared by all processes, so that a lock-out counts every attempt wherever it arrived.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "web_cache",
        # Counters of failed sign-ins live here: a full table drops live ones, so it is never full.
        "OPTIONS": {"MAX_ENTRIES": 1_000_000, "CULL_FREQUENCY": 10},
    }
}

AUTH_USER_MODEL = "parties.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "pilotharbor.parties.passwords.StrengthValidator"},
]

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "pilotharbor.web.accounts.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "pilotharbor.web.accounts.SocialAccountAdapter"
ACCOUNT_USER_DISPLAY = "pilotharbor.web.accounts.display_name"
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "20/m/ip,5/15m/key",
    "reset_password": "20/m/ip,5/m/key",
    "reauthenticate": "10/m/user",
    "register_organisation": "300/h/ip",
    "accept_invitation": "300/h/ip",
    "register_guest": "300/h/ip",
    "raise_objection": "30/h/ip",
}
# How many proxies of ours stand in front and add to X-Forwarded-For; without any, nobody is believed.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("PILOTHARBOR_TRUSTED_PROXIES") or "0")
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "PilotHarbor"
MFA_FORMS = {
    "add_webauthn": "pilotharbor.web.account_forms.AddPasskeyForm",
    "edit_webauthn": "pilotharbor.web.account_forms.EditPasskeyForm",
}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = PUBLIC_URL.startswith("http://127.0.0.1")
USERSESSIONS_TRACK_ACTIVITY = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {"openid_connect": {"APPS": []}}
if os.environ.get("PILOTHARBOR_OIDC_CLIENT_ID"):
    SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"].append(
        {
            "provider_id": "campus",
            "name": os.environ.get("PILOTHARBOR_OIDC_NAME", "OIDC"),
            "client_id": os.environ["PILOTHARBOR_OIDC_CLIENT_ID"],
            "secret": os.environ.get("PILOTHARBOR_OIDC_SECRET", ""),
            "settings": {
                "server_url": os.environ.get("PILOTHARBOR_OIDC_URL", ""),
                # A verified address of the identity provider finds the person who is here already.
                "email_authentication": True,
                "oauth_pkce_enabled": True,
            },
        }
    )

# Browsers hold the redirect after "sign in with campus account" to form-action as well. Where the
# provider's sign-in page has another origin than its discovery document, name that one.
OIDC_ORIGINS = [
    f"{urlsplit(url).scheme}://{urlsplit(url).netloc}"
    for name in ("PILOTHARBOR_OIDC_URL", "PILOTHARBOR_OIDC_ORIGIN")
    if (url := os.environ.get(name, ""))
]

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF, *OIDC_ORIGINS],
        "frame-src": [SELF],
        "object-src": [NONE],
        "frame-ancestors": [SELF],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}
CSRF_FAILURE_VIEW = "pilotharbor.web.pages.csrf_failure"

LANGUAGE_CODE = "zh-hans"
# Days and times in fields as browsers write and read them, in both languages.
FORMAT_MODULE_PATH = "pilotharbor.web.formats"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "web" / "locale"]
USE_I18N = True
LANGUAGE_COOKIE_NAME = "harbor_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "web" / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
# After how many years without anything a patent in force is shown as asleep (R-TECH-42).
DORMANT_YEARS = int(os.environ.get("PILOTHARBOR_DORMANT_YEARS") or "3")
PROCRASTINATE_IMPORT_PATHS = ["pilotharbor.web.transfer.tasks"]
# OAI-PMH: the domain name in identifiers (else that of the public address), whom harvesters write to,
# how often one address may ask, and whether this harbour may fetch from addresses of its own network.
OAI_NAMESPACE = os.environ.get("PILOTHARBOR_OAI_NAMESPACE", "")
OAI_EMAIL = os.environ.get("PILOTHARBOR_OAI_EMAIL", "")
OAI_REQUESTS_A_MINUTE = 300
HARVEST_PRIVATE = os.environ.get("PILOTHARBOR_HARVEST_PRIVATE") == "1"
# How long samples and their minutes are kept (hours are kept for good), and how much may wait on
# the disk of a connector's host while the database is away.
TELEMETRY_DAYS = max(8, int(os.environ.get("PILOTHARBOR_TELEMETRY_DAYS") or "400"))
TELEMETRY_MINUTE_DAYS = max(32, int(os.environ.get("PILOTHARBOR_TELEMETRY_MINUTE_DAYS") or "1100"))
TELEMETRY_SPOOL_MB = int(os.environ.get("PILOTHARBOR_TELEMETRY_SPOOL_MB") or "1024")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

EMAIL_BACKEND = os.environ.get(
    "PILOTHARBOR_EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend"
)
EMAIL_FILE_PATH = str(DATA_DIR / "outgoing-mail")
EMAIL_HOST = os.environ.get("PILOTHARBOR_EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("PILOTHARBOR_EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("PILOTHARBOR_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("PILOTHARBOR_EMAIL_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("PILOTHARBOR_EMAIL_TLS") == "1"
DEFAULT_FROM_EMAIL = os.environ.get("PILOTHARBOR_EMAIL_FROM", "harbor@localhost")

DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# Person.email is unique whatever its case, by a functional constraint the check does not see.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"pilotharbor": {"level": "INFO"}},
}
