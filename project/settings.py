"""Every setting, read once from the environment; `.env.example` explains each variable.

Read next: `project/service.py`, which says what each `SERVICE` is made of.
"""

import os
import zoneinfo
from pathlib import Path
from urllib.parse import urlsplit
from wsgiref.headers import Headers

import dj_database_url
from csp.constants import NONE, SELF

from project.environment import BadSetting, Environment, is_loopback
from project.service import ALL, SERVICES, parts_of, serves
from project.trust import check_shared_secrets, issuer_in_this_process

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

# ---- Which service, and where the values come from ----------------------------------------------------------------
# `make demo` leaves its secrets in var/secrets.env and the addresses in use in var/demo.env. The latter are the four
# services' own, so a process that serves all on one origin does not take them.
# `DOTENV=0` reads no file at all: the tests and the containers say everything themselves.
_files = [] if os.environ.get("DOTENV") == "0" else [BASE_DIR / ".env", VAR_DIR / "demo.env", VAR_DIR / "secrets.env"]
SERVICE = Environment(*_files[:1]).choice("SERVICE", default=ALL, choices=frozenset({ALL, *SERVICES}))
env = Environment(*(file for file in _files if not (SERVICE == ALL and file.name == "demo.env")))
env.names |= {"DOTENV", "SERVICE"}

DEBUG = env.flag("DJANGO_DEBUG")
SECRET_KEY = env.secret(
    "DJANGO_SECRET_KEY",
    min_length=32,
    cure="run `make demo` once, which makes one under var/, or set it to 50 random characters.",
)

# ---- Where everything is ------------------------------------------------------------------------------------------
DEMO_CLIENT_URL = env.url("DEMO_CLIENT_URL", default="http://localhost:8000")
_one_origin = SERVICE == ALL
ISSUER = env.issuer("ISSUER", default=f"{DEMO_CLIENT_URL}/" if _one_origin else "http://localhost:9000/")
ISSUER_INTERNAL_URL = env.issuer("ISSUER_INTERNAL_URL", default=ISSUER)
CALENDAR_API_URL = env.url("CALENDAR_API_URL", default=DEMO_CLIENT_URL if _one_origin else "http://localhost:8001")
CALENDAR_API_INTERNAL_URL = env.url("CALENDAR_API_INTERNAL_URL", default=CALENDAR_API_URL)
GEOCODING_API_URL = env.url("GEOCODING_API_URL", default=DEMO_CLIENT_URL if _one_origin else "http://localhost:8002")
GEOCODING_API_INTERNAL_URL = env.url("GEOCODING_API_INTERNAL_URL", default=GEOCODING_API_URL)
CALENDAR_AUDIENCE = env.text("CALENDAR_AUDIENCE", default="api.calendar")
GEOCODING_AUDIENCE = env.text("GEOCODING_AUDIENCE", default="https://api.example.com/geocoding/v1/")

# ---- What the demo does and production must not ---------------------------------------------------------------------
DEMO_IDENTITIES = env.flag("DEMO_IDENTITIES")  # DEMO ONLY: known passwords and secrets; production leaves it off
if DEMO_IDENTITIES and not is_loopback(ISSUER):
    raise BadSetting("DEMO_IDENTITIES", "1", f"turn it off, because ISSUER is {ISSUER}: demo passwords are for loopback addresses only.")
EXPLAIN_REJECTIONS = env.flag("EXPLAIN_REJECTIONS")  # DEMO ONLY: says which check refused a token; production leaves it off

# ---- The applications Daybook signs in with -------------------------------------------------------------------------


def _client_secret(name: str, client_id: str) -> str:
    """The application's secret; only the demo has a default. Without it Daybook starts, and says so when it is needed."""
    return env.text(name, default=f"{client_id}-demo-secret" if DEMO_IDENTITIES else "")


# How a request for a token names the API: the document's way, RFC 8707's, or not at all.
AUDIENCE_PARAMETER = env.choice("AUDIENCE_PARAMETER", default="audience", choices=frozenset({"audience", "resource", "none"}))
CALENDAR_WEB_CLIENT_ID = env.text("CALENDAR_WEB_CLIENT_ID", default="calendar-web")
CALENDAR_WEB_CLIENT_SECRET = _client_secret("CALENDAR_WEB_CLIENT_SECRET", CALENDAR_WEB_CLIENT_ID)
CALENDAR_SHORT_CLIENT_ID = env.text("CALENDAR_SHORT_CLIENT_ID", default="calendar-short")
CALENDAR_SHORT_CLIENT_SECRET = _client_secret("CALENDAR_SHORT_CLIENT_SECRET", CALENDAR_SHORT_CLIENT_ID)
COMPANY_CALENDAR_CLIENT_ID = env.text("COMPANY_CALENDAR_CLIENT_ID", default="company-calendar")
COMPANY_CALENDAR_CLIENT_SECRET = _client_secret("COMPANY_CALENDAR_CLIENT_SECRET", COMPANY_CALENDAR_CLIENT_ID)
CALENDAR_SPA_CLIENT_ID = env.text("CALENDAR_SPA_CLIENT_ID", default="calendar-spa")  # public: it has no secret
GEOCODING_BACKEND_CLIENT_ID = env.text("GEOCODING_BACKEND_CLIENT_ID", default="geocoding-backend")
GEOCODING_BACKEND_CLIENT_SECRET = _client_secret("GEOCODING_BACKEND_CLIENT_SECRET", GEOCODING_BACKEND_CLIENT_ID)
UNAPPROVED_BACKEND_CLIENT_ID = env.text("UNAPPROVED_BACKEND_CLIENT_ID", default="unapproved-backend")
UNAPPROVED_BACKEND_CLIENT_SECRET = _client_secret("UNAPPROVED_BACKEND_CLIENT_SECRET", UNAPPROVED_BACKEND_CLIENT_ID)
TRAIL_READER_CLIENT_ID = env.text("TRAIL_READER_CLIENT_ID", default="trail-reader")
TRAIL_READER_CLIENT_SECRET = _client_secret("TRAIL_READER_CLIENT_SECRET", TRAIL_READER_CLIENT_ID)

# ---- Whom the APIs trust --------------------------------------------------------------------------------------------
TOKEN_ALGORITHMS = env.chosen_words(
    "TOKEN_ALGORITHMS",
    default=("RS256",),
    choices=frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "HS256"}),
)
_shared_secrets = env.json_secrets("TOKEN_SYMMETRIC_KEYS")
OWN_AUDIENCE = {"calendar_api": CALENDAR_AUDIENCE, "geocoding_api": GEOCODING_AUDIENCE}.get(SERVICE)  # None: not the process of one API
check_shared_secrets(algorithms=TOKEN_ALGORITHMS, secrets=_shared_secrets, audience=OWN_AUDIENCE)
ACCESS_TOKENS = {
    "ISSUERS": [
        {
            "issuer": ISSUER,
            "internal_url": ISSUER_INTERNAL_URL,
            "jwks_uri": env.text("JWKS_URI", default=""),
            "algorithms": TOKEN_ALGORITHMS,
            "symmetric_keys": _shared_secrets,
            "types": env.chosen_words("TOKEN_TYPES", default=("at+jwt",), choices=frozenset({"at+jwt", "JWT"})),
            "scope_claim": env.choice("SCOPE_CLAIM", default="scope", choices=frozenset({"scope", "scp", "permissions", "both"})),
            "machine_rule": env.text("MACHINE_RULE", default="auth0"),
            # A service never calls itself over HTTP: where the issuer runs in this process, its public keys are read directly.
            "public_keys": issuer_in_this_process if serves(SERVICE, "authorization_server") else None,
        },
        *env.json_list("TRUSTED_ISSUERS"),
    ],
    "LEEWAY_SECONDS": env.integer("CLOCK_LEEWAY", default=5),
    "KEYS_MAX_STALE_HOURS": env.integer("KEYS_MAX_STALE_HOURS", default=24),
    "EXPLAIN_REJECTIONS": EXPLAIN_REJECTIONS,
    "REJECTION_PAGES": f"{DEMO_CLIENT_URL}/learn/rejections/",
}

# ---- The authorization server ---------------------------------------------------------------------------------------
SIGNING_KEYS_ENCRYPTION_KEY = (
    env.secret(
        "SIGNING_KEYS_ENCRYPTION_KEY",
        min_length=44,
        cure="run `make demo` once, which makes one under var/, or set it to 32 random bytes in URL-safe base64.",
    )
    if serves(SERVICE, "authorization_server")
    else ""
)
env.names.add("SIGNING_KEYS_ENCRYPTION_KEY")
AUTH_USER_MODEL = "authorization_server.User" if serves(SERVICE, "authorization_server") else "auth.User"
AUTHENTICATION_BACKENDS = ["authorization_server.sign_in.AccountBackend"] if serves(SERVICE, "authorization_server") else []
LOGIN_URL = "/login"
ISSUER_ALLOW_PLAIN_HTTP = env.flag("ISSUER_ALLOW_PLAIN_HTTP")  # for a trusted network; loopback needs no permission
TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES")

# ---- The APIs -------------------------------------------------------------------------------------------------------
REQUIRE_IF_MATCH = env.flag("REQUIRE_IF_MATCH")
JWKS_MAX_AGE_SECONDS = env.integer("JWKS_MAX_AGE_SECONDS", default=300, minimum=60)
GEOCODING_RATE_LIMIT = env.integer("GEOCODING_RATE_LIMIT", default=600, minimum=1)

REST_FRAMEWORK = {
    # No default protection to rely on: each view names its own. One that names none answers nobody.
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["access_tokens.permissions.NobodyUnlessTheViewSaysWho"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "access_tokens.problems.exception_handler",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
    "COERCE_DECIMAL_TO_STRING": False,
}
SPECTACULAR_SETTINGS = {
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SERVE_INCLUDE_SCHEMA": False,
}

# ---- Django ---------------------------------------------------------------------------------------------------------
_parts = parts_of(SERVICE)
INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "corsheaders",
    "csp",
    "access_tokens",
    *dict.fromkeys(app for part in _parts for app in part.apps),
]
MIDDLEWARE = [
    "project.requests.RequestLog",
    "project.requests.ReadableLength",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "project.cors.Cors",
    "csp.middleware.CSPMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    *dict.fromkeys(middleware for part in _parts for middleware in part.middleware),
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "project.urls"
WSGI_APPLICATION = "project.wsgi.application"
APPEND_SLASH = False
USE_TZ = True
TIME_ZONE = "UTC"
zoneinfo.reset_tzpath(to=())  # time zones from the locked tzdata alone: a machine's own are of any age, and answers rest on them
LANGUAGE_CODE = "en"
USE_I18N = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# Nothing here takes files. Django's other handler would write anybody's to the disk, before a form's CSRF value is looked at.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "project" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "project.preferences.of_request",
                *(
                    ["django.contrib.auth.context_processors.auth", "django.contrib.messages.context_processors.messages"]
                    if serves(SERVICE, "authorization_server")
                    else []
                ),
            ]
        },
    }
]

_sqlite = f"sqlite:///{VAR_DIR / SERVICE}.sqlite3"
DATABASE_URL = env.text("DATABASE_URL", default="" if SERVICE == "geocoding_api" else _sqlite)
try:
    DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=60, conn_health_checks=True)} if DATABASE_URL else {}
except ValueError as error:
    raise BadSetting("DATABASE_URL", "***", "write sqlite:///path or postgresql://user:password@host:port/name.") from error
if DATABASES and DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    Path(DATABASES["default"]["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",  # a transaction that writes takes its lock first, instead of failing half-way
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }

CACHE_URL = env.text("CACHE_URL")
if CACHE_URL and not CACHE_URL.startswith(("redis://", "rediss://", "unix://")):
    raise BadSetting("CACHE_URL", "***", "write redis://host:port/number, or rediss:// (TLS); left out, each process counts for itself.")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CACHE_URL}
    if CACHE_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 10_000}}
}

STATIC_URL = "/static/"
STATICFILES_DIRS = [("four_checks", BASE_DIR / "project" / "static")]
WHITENOISE_USE_FINDERS = True  # served straight from the applications' folders: no collecting step to forget
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_ALLOW_ALL_ORIGINS = False  # project/cors.py says what scripts of other origins may read


def WHITENOISE_ADD_HEADERS_FUNCTION(headers: Headers, path: str, url: str) -> None:  # noqa: N802 - WhiteNoise's name
    """A static page needs what Django's middleware gives to all others. Where a sign-in in Swagger UI ends must reach its opener."""
    if url.endswith(".html"):
        headers["Content-Security-Policy"] = "default-src 'none'; script-src 'self'; base-uri 'none'; frame-ancestors 'none'"
        headers["X-Frame-Options"] = "DENY"
    if url.endswith("/oauth2-redirect.html"):
        headers["Cross-Origin-Opener-Policy"] = "unsafe-none"


# ---- Web rules ------------------------------------------------------------------------------------------------------
# What people open in this process: the authorization server's own address, else Daybook's, else the API's.
OWN_URL = {
    "authorization_server": ISSUER,
    "calendar_api": CALENDAR_API_URL,
    "geocoding_api": GEOCODING_API_URL,
}.get(SERVICE, DEMO_CLIENT_URL)
_https = urlsplit(OWN_URL).scheme == "https"
_cookie = "__Host-" if _https else ""
ALLOWED_HOSTS = env.words(
    "DJANGO_ALLOWED_HOSTS",
    default=tuple(
        dict.fromkeys(
            [
                "localhost",
                "127.0.0.1",
                "[::1]",
                *(
                    urlsplit(url).hostname or ""
                    for url in (
                        ISSUER,
                        ISSUER_INTERNAL_URL,
                        DEMO_CLIENT_URL,
                        CALENDAR_API_URL,
                        CALENDAR_API_INTERNAL_URL,
                        GEOCODING_API_URL,
                        GEOCODING_API_INTERNAL_URL,
                    )
                ),
            ]
        )
    ),
)
# Cookies know no ports: one name per service keeps four services on one host from overwriting each other's.
SESSION_ENGINE = "authorization_server.sessions"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # the default is a cookie more, of another name
SESSION_COOKIE_NAME = f"{_cookie}authorization_server_session"
DAYBOOK_SESSION_COOKIE_NAME = f"{_cookie}daybook_session"
CSRF_COOKIE_NAME = f"{_cookie}{SERVICE}_csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# Behind a proxy that ends TLS the requests themselves are plain http, and a browser's `Origin: https://…` would not fit them.
CSRF_TRUSTED_ORIGINS = ["{0.scheme}://{0.netloc}".format(urlsplit(OWN_URL))]
CSRF_FAILURE_VIEW = "project.errors.csrf_failure"
SESSION_COOKIE_AGE = 12 * 60 * 60
SECURE_REFERRER_POLICY = "same-origin"  # never no-referrer: that makes `Origin: null`, and the CSRF check fails
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
CORS_ALLOWED_ORIGINS_OF_THE_APIS = env.origins("CORS_ALLOWED_ORIGINS")  # project/cors.py decides by path who may read what
CORS_ALLOW_CREDENTIALS = False
CORS_ALLOW_HEADERS = ["authorization", "content-type", "if-match", "if-none-match", "traceparent", "x-requested-with"]
CORS_EXPOSE_HEADERS = ["WWW-Authenticate", "ETag", "Location", "Server-Timing", "RateLimit", "RateLimit-Policy", "Retry-After"]

# ---- Logs -----------------------------------------------------------------------------------------------------------
LOG_FORMAT = env.choice("LOG_FORMAT", default="json", choices=frozenset({"json", "text"}))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "project.logs.JsonLines", "service": SERVICE},
        "text": {"()": "project.logs.PlainLines"},
    },
    "filters": {"no_traceback_of_refusals": {"()": "project.logs.NoTracebackOfRefusals"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["no_traceback_of_refusals"]}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        # Django's own request lines quote whole URLs; project.requests writes one line per request without the query.
        "django": {"level": "INFO", "propagate": True, "handlers": []},
        "django.request": {"level": "ERROR"},
        "django.server": {"level": "WARNING", "handlers": [], "propagate": True},
        "_granian": {"level": "WARNING"},
    },
}
