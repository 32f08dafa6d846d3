"""Settings of the studio, all read from the environment; without any it runs embedded.

====================================  ==============================================================
``THIMBLE_DATA_DIR``                  where everything is kept (``build/data``)
``THIMBLE_DATABASE_URL``              ``postgresql://user:password@host/name``; SQLite in the data folder without
``THIMBLE_REDIS_URL``                 ``redis://host:6379/0``; the embedded Redis without
``THIMBLE_S3_BUCKET``                 keep files in this bucket; in the data folder without
``THIMBLE_S3_ENDPOINT_URL``           an S3 that is not Amazon's; ``THIMBLE_S3_REGION`` its region
``AWS_ACCESS_KEY_ID`` and so on       credentials for S3, as boto3 reads them
``THIMBLE_SECRET_KEY``                made and kept in the data folder without
``THIMBLE_ALLOWED_HOSTS``             host names with commas (``localhost,127.0.0.1,[::1]``)
``THIMBLE_HTTPS``                     1 when people reach the studio over HTTPS: secure cookies, HSTS, redirect
``THIMBLE_TRUSTED_PROXIES``           how many proxies stand in front and set X-Forwarded-For and -Proto (0)
``THIMBLE_MAX_UPLOAD_BYTES``          largest file that is taken (200,000,000)
``THIMBLE_MAX_LANGUAGE_MODEL_BYTES``  largest language model that is taken, all files together (40,000,000,000)
``THIMBLE_MODELS_DIR``                a folder whose sub-folders are offered as language models (none)
``THIMBLE_DEBUG``                     1 shows tracebacks to everyone: for developers only
====================================  ==============================================================
"""

from __future__ import annotations

from pathlib import Path

from csp.constants import NONCE, NONE, SELF

from studio import environment

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(environment.text("THIMBLE_DATA_DIR", str(BASE_DIR / "build" / "data"))).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = environment.flag("THIMBLE_DEBUG")
SECRET_KEY = environment.secret_key(DATA_DIR)
ALLOWED_HOSTS = environment.names("THIMBLE_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
HTTPS = environment.flag("THIMBLE_HTTPS")
TRUSTED_PROXIES = environment.whole_number("THIMBLE_TRUSTED_PROXIES", 0)

ROOT_URLCONF = "studio.urls"
WSGI_APPLICATION = "studio.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Every folder of studio/ with an apps.py is an app; adding one edits nothing here.
STUDIO_APPS = sorted(f"studio.{path.parent.name}" for path in (BASE_DIR / "studio").glob("*/apps.py"))
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    *STUDIO_APPS,
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "studio" / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]

# Data
DATABASES = {"default": environment.database(environment.text("THIMBLE_DATABASE_URL"), DATA_DIR)}
REDIS_URL = environment.text("THIMBLE_REDIS_URL", f"unix://{environment.embedded_redis_socket(DATA_DIR)}")
# Celery writes the address of a Unix socket in its own way.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "thimble",
    }
}

# Files
S3_BUCKET = environment.text("THIMBLE_S3_BUCKET")
MEDIA_ROOT = DATA_DIR / "files"
CACHE_DIR = DATA_DIR / "cache"
CACHE_BYTES = environment.whole_number("THIMBLE_CACHE_BYTES", 20_000_000_000)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if S3_BUCKET:
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": environment.s3_options(
            S3_BUCKET, environment.text("THIMBLE_S3_ENDPOINT_URL"), environment.text("THIMBLE_S3_REGION")
        ),
    }
MAX_UPLOAD_BYTES = environment.whole_number("THIMBLE_MAX_UPLOAD_BYTES", 200_000_000)
MAX_LANGUAGE_MODEL_BYTES = environment.whole_number("THIMBLE_MAX_LANGUAGE_MODEL_BYTES", 40_000_000_000)
MODELS_DIR = environment.folder("THIMBLE_MODELS_DIR")
FILE_UPLOAD_TEMP_DIR = DATA_DIR / "incoming"
FILE_UPLOAD_TEMP_DIR.mkdir(exist_ok=True)
FILE_UPLOAD_HANDLERS = ["studio.web.uploads.HashingUploadHandler"]
FILE_UPLOAD_PERMISSIONS = 0o640
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000

# The built front end and the docs page's own files
FRONTEND_DIR = BASE_DIR / "frontend" / "dist"
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = (
    True  # files are served from where they are installed: there is no collectstatic to forget
)
WHITENOISE_AUTOREFRESH = False
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/assets/.+-[\w-]{8}\.\w+$"  # how Vite names what never changes
WHITENOISE_ROOT = FRONTEND_DIR if FRONTEND_DIR.is_dir() else None
WHITENOISE_MAX_AGE = 3600

# People
AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SIGN_IN_WINDOW_SECONDS = 300
SIGN_IN_LIMIT_PER_EMAIL = 10
SIGN_IN_LIMIT_PER_ADDRESS = 50

# Cookies and headers
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = HTTPS
CSRF_FAILURE_VIEW = "studio.web.errors.csrf_failure"
CSRF_TRUSTED_ORIGINS = environment.names("THIMBLE_TRUSTED_ORIGINS")
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^api/v1/health/$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, "'wasm-unsafe-eval'"],  # feature blocks run as WebAssembly
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "worker-src": [SELF, "blob:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# The API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "studio.accounts.authentication.ApiKeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["studio.web.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "studio.web.negotiation.FirstRenderer",
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_PAGINATION_CLASS": "studio.web.pagination.LimitOffset",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "studio.web.errors.exception_handler",
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "TEST_REQUEST_RENDERER_CLASSES": [
        "rest_framework.renderers.JSONRenderer",
        "rest_framework.renderers.MultiPartRenderer",
    ],
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Thimble",
    "DESCRIPTION": "Machine learning on small devices: data, pipelines, runs and deployments.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "StateEnum": "studio.jobs.models.Job.State",
        "LanguageModelState": "studio.language_models.models.LanguageModel.State",
        "Role": "studio.projects.models.Role",
        "Split": "studio.data.models.Split",
        "UploadSplit": "studio.data.models.UPLOAD_SPLITS",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "studio.web.schema.document_errors",
    ],
}

# Locale and logs
LANGUAGE_CODE = "en"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": environment.text("THIMBLE_LOG_LEVEL", "INFO")},
    "loggers": {"django.request": {"level": "ERROR"}},
}
