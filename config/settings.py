"""Tous les réglages, lus dans l'environnement ; sans aucun d'eux, le mode embarqué fonctionne (docs/reglages.md)."""

import secrets
from pathlib import Path

import environs
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config import adresses

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = BASE_DIR / "var"

env = environs.Env()

EN_TEST = env.bool("PARVIS_TEST", False)
DEBUG = env.bool("DEBUG", False)
DEMO = env.bool("PARVIS_DEMO", False)

REDIS_URL = env.str("REDIS_URL", "")
DATABASE_URL = env.str("DATABASE_URL", "")


def _cle_secrete():
    """La clé donnée, sinon (embarqué seulement) une clé tirée une fois et gardée dans var/."""
    if cle := env.str("SECRET_KEY", ""):
        return cle
    if DATABASE_URL and not (DEMO or EN_TEST or DEBUG):
        raise ImproperlyConfigured("SECRET_KEY est obligatoire dès que DATABASE_URL est donnée.")
    fichier = VAR / "cle_secrete"
    if not fichier.exists():
        VAR.mkdir(parents=True, exist_ok=True)
        fichier.touch(mode=0o600)
        fichier.write_text(secrets.token_urlsafe(50))
    return fichier.read_text()


SECRET_KEY = _cle_secrete()
# Clés de chiffrement des coordonnées bancaires ; la première chiffre, toutes déchiffrent (rotation).
CLES_CHIFFREMENT = env.list("CLES_CHIFFREMENT", [SECRET_KEY])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
if EN_TEST:
    ALLOWED_HOSTS = [*ALLOWED_HOSTS, "testserver"]
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", [])
URL_PUBLIQUE = env.str("URL_PUBLIQUE", "http://127.0.0.1:8000").rstrip("/")

INSTALLED_APPS = [
    "config",
    "notifications",
    "programmation",
    "evaluation",
    "dossiers",
    "appels",
    "comptes",
    "journal",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "knox",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "comptes.middleware.SecondFacteurMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["config.templatetags.parvis", "django.templatetags.static"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.contexte.parvis",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {"default": env.dj_db_url("DATABASE_URL", f"sqlite:///{VAR / 'parvis.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        # Sans cela, deux écritures simultanées échouent en « database is locked ».
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", 60)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

PREFIXE_REDIS = env.str("PREFIXE_REDIS", "parvis")
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": PREFIXE_REDIS,
        }
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# Celery : la mémoire du processus suffit au mode embarqué, car le balayage de la file rattrape tout (ADR 0002).
CELERY_BROKER_URL = REDIS_URL or "memory://"
# Sans « max_retries: 0 », publier vers un Redis arrêté fait attendre six secondes la personne qui dépose (mesuré).
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"global_keyprefix": f"{PREFIXE_REDIS}:", "max_retries": 0, "socket_connect_timeout": 0.5}
    if REDIS_URL
    else {"polling_interval": 0.05}
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TIMEZONE = "Europe/Paris"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
# Une publication ne doit jamais faire attendre une personne quand le courtier est mort.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BEAT_SCHEDULE = {
    "balayer-la-file": {"task": "notifications.tasks.balayer", "schedule": 60.0},
}

# Courriels
EMAIL_URL = env.str("EMAIL_URL", "")
if EMAIL_URL:
    _courriel = env.dj_email_url("EMAIL_URL")
    for _nom in (
        "EMAIL_BACKEND",
        "EMAIL_HOST",
        "EMAIL_PORT",
        "EMAIL_HOST_USER",
        "EMAIL_HOST_PASSWORD",
        "EMAIL_USE_TLS",
        "EMAIL_USE_SSL",
    ):
        if _nom in _courriel:
            globals()[_nom] = _courriel[_nom]
else:
    # Mode embarqué : les courriels se lisent dans une page de la démonstration, rien ne part.
    EMAIL_BACKEND = "notifications.boite.BoiteBackend"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("COURRIEL_EXPEDITEUR", "Parvis <ne-pas-repondre@parvis.test>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
BOITE_VISIBLE = DEMO and not EMAIL_URL

# Fichiers
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]


_entrepot = adresses.entrepot(env.str("STORAGE_URL", (VAR / "fichiers").as_uri()))
# Le dossier des fichiers, ou rien quand ils sont ailleurs. Jamais servi directement : une vue vérifie les droits.
DOSSIER_FICHIERS = _entrepot.dossier
MEDIA_ROOT = DOSSIER_FICHIERS or ""
STORAGES = {
    "default": _entrepot.reglage,
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if EN_TEST or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
TAILLE_MAX_PIECE_MO = env.int("TAILLE_MAX_PIECE_MO", 10)
CONSERVATION_COFFRE_JOURS = env.int("CONSERVATION_COFFRE_JOURS", 365)
if CONSERVATION_COFFRE_JOURS < 1:
    raise ImproperlyConfigured("CONSERVATION_COFFRE_JOURS est un nombre de jours, un au moins.")
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_HANDLERS = [
    "comptes.fichiers.PlafondEnvoi",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# Antivirus : vide, les fichiers ne sont pas analysés ; en panne, CLAMAV_EXIGE les refuse tous.
CLAMAV_URL = adresses.antivirus(env.str("CLAMAV_URL", ""))
CLAMAV_EXIGE = env.bool("CLAMAV_EXIGE", False)
WHITENOISE_USE_FINDERS = EN_TEST or DEBUG
# Veille de quartier : un signalement et sa photo s'effacent ce nombre de jours après leur traitement.
CONSERVATION_SIGNALEMENTS_JOURS = env.int("CONSERVATION_SIGNALEMENTS_JOURS", 730)
# Conflits d'intérêts : un lien levé, ou la réponse à un lien possible, s'efface ce nombre de jours après.
CONSERVATION_LIENS_JOURS = env.int("CONSERVATION_LIENS_JOURS", 1095)
# Le classeur d'une réunion s'efface ce nombre de jours après elle.
CONSERVATION_CLASSEURS_JOURS = env.int("CONSERVATION_CLASSEURS_JOURS", 30)

# Flux d'événements ouverts à la fois par processus ; chacun occupe un fil, au-delà les écrans interrogent.
SEANCE_FLUX = env.int("SEANCE_FLUX", 3)

# Annuaire public des entreprises et associations ; vide : on remplit sa fiche à la main.
ANNUAIRE_URL = env.str("ANNUAIRE_URL", "")

# Langue et temps
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français")]
TIME_ZONE = "Europe/Paris"
USE_TZ = True
USE_I18N = True
USE_THOUSAND_SEPARATOR = False
FORMAT_MODULE_PATH = []

# Comptes
AUTH_USER_MODEL = "comptes.Utilisateur"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "/connexion/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Un mot de passe ou un second facteur qui change se signale à son propriétaire.
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {
    "login": "comptes.forms.ConnexionForm",
    "signup": "comptes.forms.InscriptionForm",
    "add_email": "comptes.forms.AdresseForm",
    "change_password": "comptes.forms.MotDePasseForm",
    "reset_password": "comptes.forms.MotDePasseOublieForm",
    "reset_password_from_key": "comptes.forms.NouveauMotDePasseForm",
    "reauthenticate": "comptes.forms.ConfirmationForm",
}
ACCOUNT_ADAPTER = "comptes.adaptateur.AdaptateurComptes"
ACCOUNT_REAUTHENTICATION_REQUIRED = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if URL_PUBLIQUE.startswith("https") else "http"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Parvis"
MFA_ADAPTER = "comptes.adaptateur.AdaptateurSecondFacteur"
SECOND_FACTEUR_AGENTS = env.bool("SECOND_FACTEUR_AGENTS", False)
# Derrière un mandataire, l'adresse du client est dans X-Forwarded-For ; sinon on n'y croit pas.
MANDATAIRES_DE_CONFIANCE = env.int("MANDATAIRES_DE_CONFIANCE", 0)
ALLAUTH_TRUSTED_PROXY_COUNT = MANDATAIRES_DE_CONFIANCE
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if EN_TEST:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# Sécurité des échanges
HTTPS = URL_PUBLIQUE.startswith("https")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = env.int("DUREE_SESSION_S", 14 * 24 * 3600)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^sante/$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if MANDATAIRES_DE_CONFIANCE else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "config.erreurs.csrf"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}

# API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "knox.auth.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["comptes.acces.RefusParDefaut"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "config.api.Pagination",
    "PAGE_SIZE": 50,
    "COERCE_DECIMAL_TO_STRING": True,
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": env.str("DEBIT_API", "600/min")},
    "DATETIME_FORMAT": "iso-8601",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "API de Parvis",
    "DESCRIPTION": "Appels à projets, dossiers visibles par l’appelant, programmation. Lecture seule.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
}
REST_KNOX = {"TOKEN_TTL": None, "AUTO_REFRESH": False, "TOKEN_PREFIX": "parvis_"}

# Journaux du serveur : aucune donnée personnelle, seulement des identifiants.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"ligne": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "ligne"}},
    "root": {"handlers": ["console"], "level": env.str("NIVEAU_JOURNAL", "WARNING")},
    "loggers": {
        "django.server": {"level": "WARNING"},
        # Le courtier en mémoire n'a pas d'hôte : kombu s'en étonne à chaque démarrage.
        "kombu.connection": {"level": "ERROR"},
    },
}
