"""Settings of the station, from the environment. Secure unless told otherwise.

BACKBEAT_DATA            the data directory (see backbeat.installation)
DATABASE_URL             PostgreSQL instead of the embedded SQLite
BACKBEAT_HTTPS           1 (default): browsers reach the station over TLS; 0: plain http, for a loopback demonstration
BACKBEAT_ALLOWED_HOSTS   host names, comma separated; default loopback only
BACKBEAT_DEMONSTRATION   1: say on every page that all people and cases are invented
BACKBEAT_DEBUG           1: Django's debug pages; never where there is real data
BACKBEAT_MAX_UPLOAD_MIB  largest single upload; default 1024
BACKBEAT_OIDC_ISSUER, BACKBEAT_OIDC_CLIENT_ID, BACKBEAT_OIDC_CLIENT_SECRET
                         single sign-on by OpenID Connect; off while the issuer is unset
"""

import base64
import os
from importlib.util import find_spec
from pathlib import Path

from csp.constants import NONE, SELF
from sqlalchemy.engine import make_url

from backbeat.installation import Installation
from backbeat.station.logs import CONFIGURATION

HERE = Path(__file__).parent


def _flag(name: str, default: str) -> bool:
    return os.environ.get(name, default) == "1"


def _databases(url: str) -> dict[str, dict[str, object]]:
    """Django's spelling of an SQLAlchemy URL. SQLite writers queue at BEGIN, so a lock is waited for, not an error."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        options: dict[str, object] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
        # A connection per thread that lives on: opening one runs the pragmas again, on every request.
        return {
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": parsed.database,
                "OPTIONS": options,
                "CONN_MAX_AGE": None,
            }
        }
    return {
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parsed.database,
            "USER": parsed.username or "",
            "PASSWORD": parsed.password or "",
            "HOST": parsed.host or parsed.query.get("host", ""),
            "PORT": parsed.port or parsed.query.get("port", ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
        }
    }


INSTALLATION = Installation.open()
HTTPS = _flag("BACKBEAT_HTTPS", "1")
DEMONSTRATION = _flag("BACKBEAT_DEMONSTRATION", "0")
DEBUG = _flag("BACKBEAT_DEBUG", "0")
SECRET_KEY = base64.b85encode(INSTALLATION.secret("django") + INSTALLATION.secret("sessions")).decode()
ALLOWED_HOSTS = os.environ.get("BACKBEAT_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
DATABASES = _databases(INSTALLATION.database_url)

_DESKS = (
    "backbeat.station.desk_redaction",
    "backbeat.station.desk_crime",
    "backbeat.station.desk_triage",
    "backbeat.station.desk_triage.api",
)
DESK_APPS = [name for name in _DESKS if find_spec(name) is not None]
SINGLE_SIGN_ON = bool(os.environ.get("BACKBEAT_OIDC_ISSUER"))

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "backbeat.station.accounts",
    "backbeat.station.audit",
    "backbeat.station.cases",
    "backbeat.station.home",
    *DESK_APPS,
    "allauth",
    "allauth.account",
    "allauth.mfa",
    *(("allauth.socialaccount", "allauth.socialaccount.providers.openid_connect") if SINGLE_SIGN_ON else ()),
    "axes",
    "csp",
    "django_htmx",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "backbeat.station.middleware.request_log",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "backbeat.station.middleware.session_limits",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "backbeat.station.middleware.UserErrors",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "backbeat.station.urls"
WSGI_APPLICATION = "backbeat.station.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "backbeat.station.pages.page_context",
            ],
            "builtins": ["backbeat.station.home.templatetags.station"],
        },
    }
]

# People and sign-in ----------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "display_name")},
    },
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "backbeat.station.accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {"login": "backbeat.station.accounts.forms.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_SESSION_REMEMBER = False  # closing the browser ends the session
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_RATE_LIMITS = {"login_failed": "10/5m/key", "change_password": "5/m/user", "reauthenticate": "10/m/user"}
MFA_ADAPTER = "backbeat.station.accounts.adapters.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "backbeat"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # there is no mail here to verify
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = ["username"]  # a force's users share the address of its proxy
SILENCED_SYSTEM_CHECKS = ["axes.W006"]  # which wants the address: the user name alone locks whatever the address
AXES_USERNAME_CALLABLE = "backbeat.station.accounts.adapters.tried_username"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True  # sign-ins go to the access log, once
AXES_VERBOSE = False
AXES_LOCKOUT_TEMPLATE = "account/locked_out.html"
AXES_HTTP_RESPONSE_CODE = 429

SOCIALACCOUNT_PROVIDERS = (
    {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "force",
                    "name": "your force's sign-in",
                    "client_id": os.environ.get("BACKBEAT_OIDC_CLIENT_ID", ""),
                    "secret": os.environ.get("BACKBEAT_OIDC_CLIENT_SECRET", ""),
                    "settings": {"server_url": os.environ.get("BACKBEAT_OIDC_ISSUER", ""), "uid_field": "sub"},
                }
            ],
        }
    }
    if SINGLE_SIGN_ON
    else {}
)
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False  # identity is issuer and subject, never an address

# Sessions, cookies, headers --------------------------------------------------------------------------------------
IDLE_LIMIT_S = 30 * 60
ABSOLUTE_LIMIT_S = 12 * 60 * 60
SESSION_COOKIE_AGE = ABSOLUTE_LIMIT_S
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_AGE = None  # until the browser closes
CSRF_FAILURE_VIEW = "backbeat.station.pages.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # the picture of a new authenticator's secret never exists as a URL
        "connect-src": [SELF],
        "font-src": [SELF],
        "object-src": [NONE],
        "frame-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# Files -----------------------------------------------------------------------------------------------------------
MAX_UPLOAD_BYTES = int(os.environ.get("BACKBEAT_MAX_UPLOAD_MIB", "1024")) << 20
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 << 20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 100
FILE_UPLOAD_HANDLERS = ["backbeat.station.cases.uploads.RefuseFiles"]  # only the evidence form takes files
STATIC_URL = "/static/"
STATICFILES_DIRS = [HERE / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_MAX_AGE = 3600

# The rest --------------------------------------------------------------------------------------------------------
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "station_cache"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = True
LOGGING = CONFIGURATION
