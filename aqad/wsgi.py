"""The door for web servers."""

import os

import django

from aqad import seeing
from core.door import Door

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aqad.settings")
django.setup()
seeing.begin("web")
application = Door()
