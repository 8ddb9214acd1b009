"""The workers: `celery -A aqad worker`, `celery -A aqad beat`. Tasks only say "look now"; rows are the truth."""

import os

from celery import Celery
from celery.signals import beat_init, worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aqad.settings")

app = Celery("aqad", task_cls="aqad.broker:Task")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def _worker(**_: object) -> None:
    from aqad import seeing

    seeing.begin("worker")


def _scheduler(**_: object) -> None:
    from aqad import seeing

    seeing.begin("scheduler")


worker_process_init.connect(_worker)
beat_init.connect(_scheduler)
