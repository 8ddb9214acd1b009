"""`python -m tests.contract`: write the table of rows and tests into docs/contract.md."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aqad.settings")
os.environ.setdefault("AQAD_DEMO", "true")
os.environ.setdefault("SECRET_KEY", "only-to-read-the-tests")
django.setup()

from tests.contract import rows  # noqa: E402

rows.PAGE.write_text(rows.written())
