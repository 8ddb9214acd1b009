"""The door for web servers."""

import os

import django
from django.core.wsgi import get_wsgi_application

from aqad import seeing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aqad.settings")
django.setup()
seeing.begin("web")
application = get_wsgi_application()
