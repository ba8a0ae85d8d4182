"""Django settings of one location, read from the environment (and `.env`)."""

from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from dotenv import load_dotenv

from sins import env
from sins.process import process_name

BASE_DIR = Path(__file__).resolve().parent.parent
load_dotenv(BASE_DIR / ".env")

# Location: this installation's id, the same for all its processes; and its name for people.
LOCATION_ID = env.text("LOCATION_ID", pattern=r"[a-z0-9-]{1,32}")
LOCATION_NAME = env.text("LOCATION_NAME", "")

VERSION = "0.1.0"  # as in pyproject.toml; shown to peers in every heartbeat

# On a developer's machine or in the demo: plain http, roles by header. Never Django's own DEBUG,
# whose error pages show values of people and settings.
DEVELOPMENT = env.flag("DEBUG")
DEBUG = False
SECRET_KEY = env.secret("SECRET_KEY")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is empty. Put a long random text there, or name SECRET_KEY_FILE."
    )
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1,localhost" if DEVELOPMENT else "")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")

# Who may do what: `token` believes tokens and logins only; `header` also takes the role from
# ROLE_HEADER alone. Beside a token or login that header chooses among the roles its user holds.
AUTH_MODE = env.choice("AUTH_MODE", "header" if DEVELOPMENT else "token", ("header", "token"))
ALLOW_INSECURE_ROLE_HEADER = env.flag("ALLOW_INSECURE_ROLE_HEADER")
ROLE_HEADER = env.text("ROLE_HEADER", "X-Role", pattern=r"[A-Za-z][A-Za-z0-9-]{0,40}")
# Proxies in front that each add the address they were called from; 0 = none.
NUM_PROXIES = env.whole("NUM_PROXIES", "0", at_most=10)
# What customers see of the list: masked (default) or full.
CUSTOMER_VIEW = env.choice("CUSTOMER_VIEW", "masked", ("masked", "full"))

# What the audit keeps of the address of a caller: its network (/24, /48), a keyed hash of it, or
# nothing.
AUDIT_ADDRESS = env.choice("AUDIT_ADDRESS", "network", ("network", "hash", "none"))

# Fuzzy search: answers per query when `limit` is not given.
FUZZY_HIT_LIMIT = env.whole("FUZZY_HIT_LIMIT", "25", at_least=1, at_most=100)
# Weights of evidence in search and matching: JSON as `estimate_weights` writes it; empty = our own.
MATCH_WEIGHTS_FILE = env.text("MATCH_WEIGHTS_FILE", "")
# Short forms of names by which search finds more: CSV, name and short form; empty = none.
NICKNAMES_FILE = env.text("NICKNAMES_FILE", str(BASE_DIR / "customers" / "nicknames.csv"))

# Limits of asking, in questions an hour: "am I listed?" from one network, and about one name,
# document or listed person from all of them; searches from one network by who sees masked values
# only.
CHECKS_PER_ADDRESS = env.whole("CHECKS_PER_ADDRESS", "60", at_least=1)
CHECKS_PER_SUBJECT = env.whole("CHECKS_PER_SUBJECT", "10", at_least=1)
SEARCHES_PER_ADDRESS = env.whole("SEARCHES_PER_ADDRESS", "120", at_least=1)

# Kafka: brokers, topics. Any other KAFKA_X_Y passes to the client as `x.y` (events/kafka.py).
KAFKA_BOOTSTRAP = env.text("KAFKA_BOOTSTRAP", "127.0.0.1:9092")
KAFKA_TOPIC = env.text("KAFKA_TOPIC", "customer.events", pattern=r"[A-Za-z0-9._-]{1,200}")
STATUS_TOPIC = env.text("STATUS_TOPIC", "location.status", pattern=r"[A-Za-z0-9._-]{1,200}")
# The key ring with which events are encrypted on the wire, the same at every location; empty = they
# travel in the clear, which is for development only (events/wire.py).
EVENT_KEYS_FILE = env.text("EVENT_KEYS_FILE", "")
# Heartbeats: seconds between two, while there is work and when idle.
HEARTBEAT_S = env.number("HEARTBEAT_S", "2", at_least=0.1, at_most=60)
HEARTBEAT_IDLE_S = env.number("HEARTBEAT_IDLE_S", "10", at_least=0.1, at_most=60)
# Healing: seconds a hole must last before it is asked for, between two re-sendings of one range,
# and for which an origin must be silent before a peer answers in its place.
HEAL_AFTER_S = env.number("HEAL_AFTER_S", "30", at_least=0.1, at_most=3600)
RESEND_AFTER_S = env.number("RESEND_AFTER_S", "30", at_least=0.1, at_most=3600)
ORIGIN_SILENT_S = env.number("ORIGIN_SILENT_S", "300", at_least=0.1, at_most=86400)
# Retention: days after the last change after which a customer is due to leave the list, until
# somebody defines the policy STANDARD on the page Retention; the same at every location. 0 = never.
RETENTION_DAYS = env.whole("RETENTION_DAYS", "730", at_most=36_525)
# Erasure: days after which it happens although some location has not answered; the law's limit.
ERASURE_DEADLINE_DAYS = env.whole("ERASURE_DEADLINE_DAYS", "30", at_most=365)
# Audit: days for which entries stay in the database (0 = for ever), and the folder into which whole
# months go as files after that; without one they stay.
AUDIT_RETENTION_DAYS = env.whole("AUDIT_RETENTION_DAYS", "2557", at_most=36_525)
AUDIT_ARCHIVE_DIR = env.text("AUDIT_ARCHIVE_DIR", "")
# 1 = a read or search is answered only when its entry is on the disk; 0 = up to 0.6 s before.
AUDIT_DURABLE_READS = env.flag("AUDIT_DURABLE_READS")
# Tests only, with DEBUG=1: `name:n` ends the process at the n-th pass (events/failpoints.py).
FAIL_POINT = env.text("SINS_FAIL_POINT", "") if DEVELOPMENT else ""

INSTALLED_APPS = [
    "sins.admin_app.SinsAdminConfig",
    "sins",  # before those whose commands it notes: changepassword, drf_create_token …
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "csp",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "events",
    "audit",
    "entities",
    "customers",
    "rest_framework.authtoken",
]

MIDDLEWARE = [
    "sins.middleware.RequestContextMiddleware",
    "sins.unrecorded.RefusalMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "sins.middleware.SameOriginCsrfMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "sins.middleware.PrincipalMiddleware",
    "sins.closed.RestoringMiddleware",
]

ROOT_URLCONF = "sins.urls"
WSGI_APPLICATION = "sins.wsgi.application"
APPEND_SLASH = False  # every path answers with and without its slash, without a redirect

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "sins" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "sins.context.location",
            ],
        },
    },
]

# Web processes cut a statement off after STATEMENT_TIMEOUT_MS (sins/wsgi.py sets it); 0 = never.
# jit=off: a page that takes 20 ms was compiled for 700; the planner cannot see that it stops early.
_STATEMENT_TIMEOUT_MS = env.whole("STATEMENT_TIMEOUT_MS", "0")
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": env.text("POSTGRES_DB", "sins"),
        "USER": env.text("POSTGRES_USER", "sins"),
        "PASSWORD": env.secret("POSTGRES_PASSWORD", ""),
        "HOST": env.text("POSTGRES_HOST", "127.0.0.1"),
        "PORT": env.text("POSTGRES_PORT", "5432"),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "application_name": f"sins-{LOCATION_ID}",
            "connect_timeout": 5,
            "options": (
                f"-c jit=off -c statement_timeout={_STATEMENT_TIMEOUT_MS} -c lock_timeout=10000"
            ),
        },
    }
}
# The role as which web and workers log in, where it is not the one that owns the tables; every
# `migrate` gives it its rights. Empty = all processes are the owner.
POSTGRES_APPLICATION_USER = env.text("POSTGRES_APPLICATION_USER", "", pattern=r"[a-z0-9_]{0,63}")
# With it `migrate` makes that role where there is none. Empty = somebody else made it.
POSTGRES_APPLICATION_PASSWORD = env.secret("POSTGRES_APPLICATION_PASSWORD", "")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTHENTICATION_BACKENDS = ["sins.identity.RoleBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

LANGUAGE_CODE = "en"
TIME_ZONE = env.text("TIME_ZONE", "UTC")  # the zone in which people read times; stored is UTC
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = "sins.formats"  # how the admin writes instants: to the second

STATIC_URL = "/static/"
# Where `collectstatic` gathers them for serving; with DEBUG=1 they are served from the apps.
_STATIC_ROOT = env.text("STATIC_ROOT", str(BASE_DIR / "var" / "static"))
STATIC_ROOT = None if DEVELOPMENT else Path(_STATIC_ROOT)
_STATIC_STORAGE = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
    if DEVELOPMENT
    else "whitenoise.storage.CompressedManifestStaticFilesStorage"
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _STATIC_STORAGE},
}
WHITENOISE_USE_FINDERS = DEVELOPMENT  # the demo needs no collectstatic
WHITENOISE_AUTOREFRESH = False

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["entities.http.authentication.PrincipalAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["entities.http.parsers.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "entities.http.errors.handle",
    "URL_FORMAT_OVERRIDE": None,
    "UNAUTHENTICATED_USER": None,
}
# The OpenAPI document: its operations are data beside each face's matrix.
SPECTACULAR_SETTINGS = {
    "TITLE": "SINS",
    "VERSION": VERSION,
    "DESCRIPTION": (BASE_DIR / "sins" / "openapi.md").read_text(encoding="utf-8"),
    "LICENSE": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    "OAS_VERSION": "3.1.0",
    "PREPROCESSING_HOOKS": ["entities.http.openapi.documented"],
    "POSTPROCESSING_HOOKS": [],
    "SORT_OPERATIONS": False,
    "SERVERS": [{"url": "/", "description": "This location"}],
    "TAGS": [
        {"name": "Registry", "description": "Customers, their search and their history."},
        {"name": "Entities", "description": "Any entity, any typed detail, its whole past."},
    ],
}

# Bodies: bytes accepted in one request.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
# The address may hold a name (`?q=`): it goes nowhere. Forms: see SameOriginCsrfMiddleware.
SECURE_REFERRER_POLICY = "no-referrer"
SECURE_CONTENT_TYPE_NOSNIFF = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEVELOPMENT
# Cookies know no ports: several locations on one host must not overwrite each other's.
SESSION_COOKIE_NAME = f"session_{LOCATION_ID}"
CSRF_COOKIE_NAME = f"csrf_{LOCATION_ID}"
CSRF_FAILURE_VIEW = "sins.views.csrf_failure"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if not DEVELOPMENT else None
SECURE_HSTS_SECONDS = 0 if DEVELOPMENT else 31_536_000

LOG_LEVEL = env.choice("LOG_LEVEL", "info", ("debug", "info", "warning", "error")).upper()
# Folder in which each process keeps log files of its own beside standard error; empty = none.
LOG_DIR = env.text("LOG_DIR", "")
# Megabytes that the location's files there may take.
LOG_DIR_MAX_MB = env.whole("LOG_DIR_MAX_MB", "1024", at_least=64)
# Days for which files that are shipped stay there for people to look at.
LOG_KEEP_DAYS = env.whole("LOG_KEEP_DAYS", "3", at_most=3650)
# Elasticsearch, to which `ship` sends audit entries and log files: https://name:9200, several with
# commas; empty = nothing is shipped.
ELASTICSEARCH_HOST = env.words("ELASTICSEARCH_HOST")
# Its API key (`base64 of id:key`), and the file of the authority that signed its certificate.
ELASTICSEARCH_API_KEY = env.secret("ELASTICSEARCH_API_KEY", "")
ELASTICSEARCH_CA_FILE = env.text("ELASTICSEARCH_CA_FILE", "")
# Days after which the index of a month is deleted there: of audit entries (7 years), of log lines.
ELASTICSEARCH_AUDIT_DAYS = env.whole("ELASTICSEARCH_AUDIT_DAYS", "2557", at_least=31)
ELASTICSEARCH_LOGS_DAYS = env.whole("ELASTICSEARCH_LOGS_DAYS", "90", at_least=31)
# Where people's browsers find the Kibana with our dashboards, with its base path or space: the page
# Transactions leads there. Empty = no link.
KIBANA_URL = env.text("KIBANA_URL", "", pattern=r"(https?://[^\s'\"?#]+)?").rstrip("/")

_PROCESS = process_name()
_LOG_HANDLERS: dict[str, dict[str, object]] = {
    "stderr": {"class": "logging.StreamHandler", "formatter": "ecs"},
    "counter": {"class": "sins.counters.LineCounter", "location_id": LOCATION_ID},
}
if LOG_DIR:
    _LOG_HANDLERS["files"] = {
        "class": "sins.log_handler.ProcessFileHandler",
        "formatter": "ecs",
        "folder": LOG_DIR,
        "location_id": LOCATION_ID,
        "process": _PROCESS,
        "folder_bytes": LOG_DIR_MAX_MB * 1024 * 1024,
        "is_shipped": bool(ELASTICSEARCH_HOST),
    }
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "ecs": {
            "()": "sins.logs.EcsFormatter",
            "location_id": LOCATION_ID,
            "process": _PROCESS,
        }
    },
    "handlers": _LOG_HANDLERS,
    "root": {"handlers": list(_LOG_HANDLERS), "level": LOG_LEVEL},
    "loggers": {
        # Django's own lines repeat the path with its query: ours say the same without.
        "django.request": {"level": "CRITICAL"},
        "django.server": {"level": "CRITICAL"},
        "django.security": {"level": "ERROR"},
        "django.db.backends": {"level": "INFO"},  # its DEBUG lines are statements with their values
        # The client's lines come once per request; ours say when it is away, and once.
        "elastic_transport": {"level": "CRITICAL"},
    },
}

SILENCED_SYSTEM_CHECKS = [
    "security.W002",  # frame-ancestors of our policy says more than X-Frame-Options
    "security.W003",  # SameOriginCsrfMiddleware is Django's
    "security.W008",  # the proxy redirects to https; health checks inside use http
    "security.W021",  # HSTS preloading is the domain owner's decision
]
