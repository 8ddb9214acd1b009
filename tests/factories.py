"""The cast's making: each noun in its plainest valid form, through the same columns the market writes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from factory.declarations import LazyFunction, PostGeneration, Sequence, SubFactory
from factory.django import DjangoModelFactory

from accounts.lifecycle import BusinessStatus
from accounts.models import Membership, User, next_code
from catalog import index, stock
from catalog.lifecycle import ProductStatus
from catalog.models import Brand, Category, Product
from core.access import SYSTEM
from core.roles import Role
from logistics.models import Carrier
from retailers.models import Address, Retailer
from vendors.models import Vendor

PASSWORD = "Karak-and-dates-7"


def _join(user: User, create: bool, business: Any, **_: Any) -> None:
    """A password, and a place in the business."""
    user.set_password(PASSWORD)
    user.is_superuser = user.role == Role.STAFF
    user.save()
    if business is not None:
        user.membership = Membership.objects.create(user=user, business=business.business)


def _stock(product: Product, create: bool, quantity: int | None, **_: Any) -> None:
    """So many cartons of it, 500 unless told otherwise."""
    quantity = 500 if quantity is None else quantity
    product.LIFECYCLE.begin(product, SYSTEM, quantity=quantity)
    stock.open_account(product, quantity, SYSTEM)
    index.keep(product)


def _begun(profile: Any, create: bool, extracted: None, **_: Any) -> None:
    """The first line of its history."""
    profile.LIFECYCLE.begin(profile.business, SYSTEM)


class UserFactory(DjangoModelFactory[User]):
    """A person; `business` makes them a member."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    name = "Ahmed"
    email = Sequence(lambda n: f"person{n}@example.com")
    role = Role.VENDOR

    business = PostGeneration(_join)


class VendorFactory(DjangoModelFactory[Vendor]):
    """An active distributor."""

    class Meta:
        model = Vendor
        skip_postgeneration_save = True

    id = LazyFunction(lambda: next_code("V"))
    name = "Ahmed Foods LLC"
    status = BusinessStatus.ACTIVE
    emirate = "DXB"

    history = PostGeneration(_begun)


class RetailerFactory(DjangoModelFactory[Retailer]):
    """A supermarket."""

    class Meta:
        model = Retailer
        skip_postgeneration_save = True

    id = LazyFunction(lambda: next_code("R"))
    name = "Fresh Mart Supermarket"
    status = BusinessStatus.ACTIVE

    history = PostGeneration(_begun)


class CarrierFactory(DjangoModelFactory[Carrier]):
    """A delivery partner in Dubai."""

    class Meta:
        model = Carrier
        skip_postgeneration_save = True

    id = LazyFunction(lambda: next_code("C"))
    name = "FastTrack Logistics"
    status = BusinessStatus.ACTIVE
    covers = ("DXB", "SHJ")

    history = PostGeneration(_begun)


class AddressFactory(DjangoModelFactory[Address]):
    """The shop's back door in Deira."""

    class Meta:
        model = Address

    line1 = "Shop 4, Al Rigga Road"
    area = "Deira"
    city = "Dubai"
    emirate = "DXB"
    phone = "+971502223344"


class CategoryFactory(DjangoModelFactory[Category]):
    """A shelf."""

    class Meta:
        model = Category
        django_get_or_create = ("slug",)

    slug = "soft-drinks"
    name = "Soft drinks"
    name_ar = "مشروبات غازية"


class BrandFactory(DjangoModelFactory[Brand]):
    """A maker."""

    class Meta:
        model = Brand
        django_get_or_create = ("slug",)

    slug = "pepsi"
    name = "Pepsi"
    name_ar = "بيبسي"


class ProductFactory(DjangoModelFactory[Product]):
    """Pepsi 330ml, 500 cartons of it."""

    class Meta:
        model = Product
        skip_postgeneration_save = True

    vendor = SubFactory(VendorFactory)
    name = "Pepsi 330ml"
    name_ar = "بيبسي 330 مل"
    description = "24 cans in a carton"
    price = Decimal("32.50")
    status = ProductStatus.LISTED
    category = SubFactory(CategoryFactory)
    brand = SubFactory(BrandFactory)

    quantity = PostGeneration(_stock)
