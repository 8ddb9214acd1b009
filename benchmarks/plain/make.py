"""Tables and stock rows: `python -m benchmarks.plain.make ROWS UNITS`, again whenever the shelves shall be full."""

import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.plain.settings"

import django

django.setup()

from django.core.management import call_command

from benchmarks.plain.models import Line, Order, Stock

call_command("migrate", run_syncdb=True, verbosity=0)
Line.objects.all().delete()
Order.objects.all().delete()
Stock.objects.all().delete()
rows, units = int(sys.argv[1]), int(sys.argv[2])
Stock.objects.bulk_create([Stock(pk=number, on_hand=units) for number in range(1, rows + 1)], batch_size=5000)
