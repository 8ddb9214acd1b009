"""Signing in: passwords, sessions, tokens, second factors."""

from __future__ import annotations

from aqad.settings.environment import DEMO, HTTPS, SITE_URL, TESTING

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.EmailBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if TESTING
    else [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        "django.contrib.auth.hashers.PBKDF2SHA1PasswordHasher",
    ]
)
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["name", "email"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "accounts.passwords.KnownPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

ACCOUNT_ADAPTER = "accounts.adapter.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_CONFIRMATION_ANONYMOUS_REDIRECT_URL = LOGIN_URL
ACCOUNT_FORMS = {
    "add_email": "accounts.forms.ChangeEmailForm",
    "reset_password": "accounts.forms.ForgottenForm",
}
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = dict.fromkeys(  # ours: `accounts.middleware` and `accounts.attempts`
    ["login", "login_failed", "reset_password", "reset_password_from_key", "change_password", "reauthenticate",
     "manage_email"]
)  # fmt: skip

MFA_ADAPTER = "accounts.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_FORMS = {
    "authenticate": "accounts.forms_second.CodeForm",
    "reauthenticate": "accounts.forms_second.CodeAgainForm",
    "activate_totp": "accounts.forms_second.FirstCodeForm",
    "add_webauthn": "accounts.forms_second.PasskeyForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS  # the demo on http://localhost
MFA_TOTP_TOLERANCE = 1
MFA_RATE_LIMITS = False
SECOND_FACTOR_OF_STAFF = not (DEMO or TESTING)

HEADLESS_TOKEN_STRATEGY = "accounts.tokens.FamilyTokens"  # noqa: S105
HEADLESS_JWT_ALGORITHM = "HS256"
HEADLESS_JWT_STATEFUL_VALIDATION_ENABLED = True
HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN = 300
HEADLESS_JWT_REFRESH_TOKEN_EXPIRES_IN = 14 * 24 * 3600
TOKEN_CLAIMS = {"iss": SITE_URL, "aud": "api"}
HEADLESS_ONLY = False
HEADLESS_CLIENTS = ("app",)

PHONENUMBER_DEFAULT_REGION = "AE"
PHONENUMBER_DB_FORMAT = "E164"
