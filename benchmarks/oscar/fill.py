"""Its catalogue and buyers: `fill.py PRODUCTS BUYERS` prints a product, addresses of some and the buyers' sessions.

`fill.py shelves UNITS HOT` puts units on every shelf again; `fill.py book` prints what was allocated; `fill.py index`
builds what its own engine searches.
"""

import json
import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"

import django

django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db.models import Sum
from oscar.apps.catalogue.categories import create_from_breadcrumbs
from oscar.core.loading import get_model

Product, ProductClass = get_model("catalogue", "Product"), get_model("catalogue", "ProductClass")
ProductCategory = get_model("catalogue", "ProductCategory")
Partner, StockRecord = get_model("partner", "Partner"), get_model("partner", "StockRecord")
Order = get_model("order", "Order")


def fill(products, buyers):
    call_command("migrate", verbosity=0)
    kind, _ = ProductClass.objects.get_or_create(name="Food", defaults={"requires_shipping": False})
    there = Product.objects.count()
    if there < products:
        shelves = [create_from_breadcrumbs(f"Shelf {n // 5} > Part {n}") for n in range(40)]
        partners = [
            Partner.objects.get_or_create(code=f"V{n}", defaults={"name": f"Vendor {n}"})[0]
            for n in range(50)
        ]
        words = ("Pepsi", "Rice", "Labneh", "Dates", "Karak", "Honey", "Water", "Flour")
        made = Product.objects.bulk_create(
            [
                Product(title=f"{words[n % 8]} {n % 97} {330 + n % 7}ml", slug=f"product-{n}", structure="standalone",
                        product_class=kind, upc=f"629{n:09d}", description=f"Product {n}, 24 in a carton.")
                for n in range(there, products)
            ],
            batch_size=2000,
        )  # fmt: skip
        ProductCategory.objects.bulk_create(
            [ProductCategory(product=row, category=shelves[n % 40]) for n, row in enumerate(made)],
            batch_size=2000,
        )
        StockRecord.objects.bulk_create(
            [
                StockRecord(product=row, partner=partners[n % 50], partner_sku=f"S{row.pk}", price=5 + n % 90,
                            price_currency="AED", num_in_stock=500)
                for n, row in enumerate(made)
            ],
            batch_size=2000,
        )  # fmt: skip
    some = Product.objects.order_by("pk")[:products:40]
    return {
        "first": some[0].pk,
        "urls": [one.get_absolute_url() for one in some],
        "sessions": [session(n) for n in range(buyers)],
    }


def session(number):
    user, _ = get_user_model().objects.get_or_create(
        username=f"buyer{number}", defaults={"email": f"buyer{number}@example.com"}
    )
    store = SessionStore()
    store[SESSION_KEY], store[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    store[BACKEND_SESSION_KEY] = "oscar.apps.customer.auth_backends.EmailBackend"
    store.save()
    return store.session_key


def book():
    lines = get_model("order", "Line").objects.aggregate(sold=Sum("quantity"))["sold"] or 0
    return {"orders": Order.objects.count(), "sold": lines}


if sys.argv[1] == "shelves":
    StockRecord.objects.update(num_in_stock=int(sys.argv[2]), num_allocated=0)
    get_model("basket", "Basket").objects.all().delete()
    Order.objects.all().delete()
    print("{}")
elif sys.argv[1] == "index":
    call_command("rebuild_index", interactive=False, verbosity=0, batch_size=2000)
    print("{}")
elif sys.argv[1] == "book":
    print(json.dumps(book()))
else:
    print(json.dumps(fill(int(sys.argv[1]), int(sys.argv[2]))))
