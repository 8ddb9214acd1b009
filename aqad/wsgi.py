"""The door for web servers."""

import os

import django

from aqad import seeing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aqad.settings")
django.setup()
seeing.begin("web")

from core.door import Door, stay  # noqa: E402  (it leads to models, which want the apps set up)

application = Door()
stay()
