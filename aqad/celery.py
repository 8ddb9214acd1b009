"""The workers: `celery -A aqad worker`, `celery -A aqad beat`. Tasks only say "look now"; rows are the truth."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aqad.settings")

app = Celery("aqad")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
