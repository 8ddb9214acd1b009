"""The door for web servers."""

import gc
import os

import django

from aqad import seeing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aqad.settings")
django.setup()
seeing.begin("web")

from core.door import Door  # noqa: E402  (it leads to models, which want the apps set up)

application = Door()

gc.collect()
gc.freeze()  # what is loaded by now stays
gc.set_threshold(
    20_000
)  # a page makes thousands of objects that go by themselves; looking for circles cost a tenth
