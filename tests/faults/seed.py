"""The laboratory's people and goods, made in one go; prints them as JSON: `python -m tests.faults.seed 12`."""

import json
import sys
from typing import Any

import django

PLENTY = 1_000_000


def main(shops: int) -> None:
    """Two vendors with ten goods each, so many shops, a carrier with a driver and a dispatcher, one of the staff."""
    django.setup()
    from tests.factories import (
        PASSWORD,
        AddressFactory,
        CarrierFactory,
        ProductFactory,
        RetailerFactory,
        UserFactory,
        VendorFactory,
    )

    def person(role: str, number: int = 0, profile: Any = None) -> Any:
        email = f"{role}{number}@lab.example"
        return UserFactory.create(email=email, role=role, name=f"{role} {number}", business=profile)

    people: dict[str, list[dict[str, str]]] = {"vendor": [], "retailer": []}
    goods = []
    for number in range(2):
        vendor = VendorFactory.create(name=f"Distributor {number}")
        seller = person("vendor", number, vendor)
        people["vendor"].append({"email": seller.email, "id": vendor.pk})
        for each in range(10):
            product = ProductFactory.create(vendor=vendor, quantity=PLENTY, name=f"Goods {each}")
            goods.append({"id": product.code, "vendor": vendor.pk})
    for number in range(shops):
        shop = RetailerFactory.create(name=f"Shop {number}")
        address = str(AddressFactory.create(retailer=shop).pk)
        buyer = person("retailer", number, shop)
        people["retailer"].append({"email": buyer.email, "id": shop.pk, "address": address})
    carrier = CarrierFactory.create()
    for role, business in (("driver", carrier), ("dispatcher", carrier), ("staff", None)):
        people[role] = [{"email": person(role, 0, business).email}]
    print(json.dumps({"people": people, "goods": goods, "password": PASSWORD}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
