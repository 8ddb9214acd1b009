"""Workers and what the scheduler asks of them."""

from __future__ import annotations

from aqad.settings.environment import VAR
from aqad.settings.kept import REDIS_URL

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for as long as Valkey is away
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 120,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 1,
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 30
CELERY_TASK_SOFT_TIME_LIMIT = 20
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONSUMER = "aqad.broker:Consumer"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_TASK_ROUTES = {
    "core.tasks.audit": {"queue": "slow"},
    "core.tasks.tidy": {"queue": "slow"},
    "payments.tasks.books": {"queue": "slow"},
    "payments.tasks.month": {"queue": "slow"},
    "catalog.tasks.imports": {"queue": "slow"},
    "vendors.tasks.licences": {"queue": "slow"},
}
CELERY_BEAT_SCHEDULER = "aqad.scheduler:Scheduler"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "celerybeat-schedule")
# When there is more to do than workers, each takes the oldest message that has not expired. Were those of a second sent
# in one moment, that would always be the first of them, and the others would never have a turn: so the beats differ.
CELERY_BEAT_SCHEDULE = {
    "relay": {"task": "core.tasks.relay", "schedule": 1.0, "options": {"expires": 5}},
    "callbacks": {"task": "payments.tasks.callbacks", "schedule": 0.83, "options": {"expires": 5}},
    "poll": {"task": "payments.tasks.poll", "schedule": 1.7, "options": {"expires": 5}},
    "holds": {"task": "payments.tasks.holds", "schedule": 30.0, "options": {"expires": 30}},
    "books": {"task": "payments.tasks.books", "schedule": 3600.0, "options": {"expires": 1800}},
    "month": {"task": "payments.tasks.month", "schedule": 86_400.0},
    "audit": {"task": "core.tasks.audit", "schedule": 900.0, "options": {"expires": 600}},
    "imports": {"task": "catalog.tasks.imports", "schedule": 2.0, "options": {"expires": 5}},
    "files": {"task": "catalog.tasks.clear", "schedule": 86_400.0},
    "wordless": {"task": "catalog.tasks.wordless", "schedule": 60.0, "options": {"expires": 60}},
    "standing": {"task": "catalog.tasks.standing", "schedule": 900.0, "options": {"expires": 600}},
    "licences": {"task": "vendors.tasks.licences", "schedule": 86_400.0},
    "failures": {"task": "accounts.tasks.forget", "schedule": 3600.0},
    "tidy": {"task": "core.tasks.tidy", "schedule": 3600.0},
}
