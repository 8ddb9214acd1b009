"""AQAD: a wholesale marketplace for the Gulf's food and grocery trade. This package only puts it together."""

from aqad.celery import app as celery_app

__all__ = ["celery_app"]
