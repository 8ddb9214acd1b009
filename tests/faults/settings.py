"""The product's settings for a market in the laboratory: faster rounds, a clock that can be wrong, tripwires.

Nothing of this is in the product; it only runs with `DJANGO_SETTINGS_MODULE=tests.faults.settings`.
"""

from aqad.settings import *  # noqa: F403
from aqad.settings import CELERY_BEAT_SCHEDULE, INSTALLED_APPS, VAR
from tests.faults import clock

LAB = VAR / "lab"
clock.install(LAB / "clock")

INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.apps.Faults"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN = 24 * 3600
CELERY_BEAT_SCHEDULE = CELERY_BEAT_SCHEDULE | {
    "poll": {"task": "payments.tasks.poll", "schedule": 1.3, "options": {"expires": 5}},
    "holds": {"task": "payments.tasks.holds", "schedule": 1.0, "options": {"expires": 5}},
}
