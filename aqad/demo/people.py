"""Who takes part: vendors with their papers, shops with their addresses, carriers with their crews, and Sara."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.lifecycle import BUSINESS, BusinessStatus
from accounts.models import Business, Membership, User, next_code
from aqad.demo.chronicle import audience
from aqad.demo.papers import paper
from aqad.demo.rhythm import later
from aqad.demo.tables import rows
from aqad.demo.world import Party, World
from core.files import Checked
from core.forms import checked
from core.roles import Role
from logistics.models import Carrier
from retailers.models import Address, Retailer
from vendors import actions as vendors
from vendors.forms import VendorRegistration
from vendors.lifecycle import DOCUMENT
from vendors.models import Document, DocumentKind, Vendor

PASSWORD = "aqad-demo"  # noqa: S105
NOTES = {
    "approve": "Documents are in order.",
    "reject": "The trade licence does not cover foodstuff trading.",
    "suspend": "The trade licence has expired; please send the renewed one.",
}
SUSPENDED_AGO = timedelta(days=9)


def staff() -> User:
    """Sara, who reviews documents."""
    sara = User.objects.create_superuser("admin@aqad.example", PASSWORD, name="Sara")
    _confirm([sara])
    return sara


def _confirm(people: Iterable[User]) -> None:
    """Their addresses are known to be theirs."""
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, primary=True, verified=True) for user in people
    )


def settle(world: World) -> None:
    """Everybody but the newest vendor, with the first lines of their histories."""
    secret = world.staff.password
    _vendors(world, secret)
    _shops(world, secret)
    _carriers(world, secret)


def _party(profile: Any, people: Iterable[User]) -> Party:
    """Save a business, one of its profiles, and the people who work for it."""
    profile.save(force_insert=True)
    party = Party(profile, User.objects.bulk_create(people))
    places = [Membership(user=user, business=party.business) for user in party.people]
    Membership.objects.bulk_create(places)
    for user, place in zip(party.people, places, strict=True):
        user.membership = place
    _confirm(party.people)
    return party


def _person(name: str, email: str, role: str, secret: str, joined: datetime, number: int) -> User:
    """Somebody with the shared password, hashed once for all."""
    phone = f"+97150{2000000 + number * 7919 % 7999999:07d}"
    return User(name=name, email=email, role=role, password=secret, joined_at=joined, phone=phone)


def _vendors(world: World, secret: str) -> None:
    for number, row in enumerate(rows("vendors")):
        key, company, person, email, emirate, licensed_by, days, became, about = row
        joined = later(world.now - timedelta(days=int(days)), world.rng.uniform(0, 300), world.rng)
        vendor = Vendor(
            id=next_code("V"), name=company, status=BUSINESS.start, emirate=emirate, about=about,
            trn=f"100{234567800 + number * 1117:09d}003", licence_number=f"CN-{1204417 + number * 5011}",
            licence_authority=licensed_by, created_at=joined,
            licence_expiry=timezone.localdate() + timedelta(days=-12 if became == "suspend" else 90 + 23 * number),
        )  # fmt: skip
        party = _party(vendor, [_person(person, email, Role.VENDOR, secret, joined, number)])
        world.vendors[key] = party
        papers = _papers(world, party, joined)
        _judge(world, party, papers, became)


def _judge(world: World, party: Party, papers: list[Document], became: str) -> None:
    """Sara's review the next morning, and what followed; the status stands on the rows as history ends."""
    told, step = audience(*party.people, world.staff), world.chronicle.step
    joined: datetime = party.profile.created_at
    world.chronicle.begin(
        joined, party.business, party.head, "register", tell=told, company=party.profile.name
    )
    reviewed = later(joined, world.rng.uniform(60, 900), world.rng)
    first = "reject" if became == "reject" else "approve"
    step(reviewed, party.business, first, world.staff, note=NOTES[first], tell=told)
    party.since = reviewed if first == "approve" else None
    if party.since:
        for paper in papers:
            step(reviewed, paper, "accept", world.staff)
    Document.objects.bulk_create(papers)
    if became == "suspend":
        party.left = later(world.now - SUSPENDED_AGO, 0, world.rng)
        step(party.left, party.business, became, world.staff, note=NOTES[became], tell=told)
    _keep(party.business)


def _keep(business: Business) -> None:
    Business.objects.filter(pk=business.pk).update(status=business.status, version=business.version)


def _papers(world: World, party: Party, sent: datetime) -> list[Document]:
    """What the vendor handed in when it registered: files first, rows when they have been judged."""
    kept, vendor = [], party.profile
    for kind, body in _certificates(vendor.name, vendor.licence_number, vendor.trn).items():
        file = Checked(body, "application/pdf")
        row = Document(
            vendor=vendor, kind=kind, name=f"{kind}.pdf", media_type=file.media_type, size=len(body),
            sha256=file.sha256, uploaded_at=sent, status=DOCUMENT.start,
        )  # fmt: skip
        file.keep_in(row.file)
        world.chronicle.begin(sent, row, party.head, "upload", kind=kind)
        kept.append(row)
    return kept


def _certificates(company: str, licence: str, trn: str) -> dict[str, bytes]:
    """The two papers every vendor hands in."""
    return {
        DocumentKind.TRADE_LICENSE: paper("TRADE LICENCE", company, f"No. {licence}", "Foodstuff trading"),
        DocumentKind.VAT_CERTIFICATE: paper("VAT CERTIFICATE", company, f"TRN {trn}"),
    }


def _shops(world: World, secret: str) -> None:
    fresh = ["Fresh Mart Supermarket", "Fatima", "Shop 4, Al Rigga Road", "Deira", "Dubai", "DXB"]
    for number, row in enumerate([fresh, *rows("shops")]):
        shop, person, line1, area, city, emirate = row
        email = f"shop{number:02d}@demo.example" if number else "fresh@freshmart.example"
        joined = later(world.now - timedelta(days=68 - number % 6), world.rng.uniform(0, 500), world.rng)
        retailer = Retailer(
            id=next_code("R"), name=shop, emirate=emirate, status=BusinessStatus.ACTIVE, created_at=joined,
            trn=f"100{345678900 + number * 1301:09d}003" if number % 3 else "",
        )  # fmt: skip
        party = _party(retailer, [_person(person, email, Role.RETAILER, secret, joined, 100 + number)])
        party.address = Address(
            retailer=retailer, line1=line1, area=area, city=city, emirate=emirate, contact=person,
            phone=party.head.phone, created_at=joined,
        )  # fmt: skip
        world.shops.append(party)
        world.chronicle.begin(
            joined, party.business, party.head, "register", tell=audience(world.staff), company=shop
        )
    Address.objects.bulk_create([party.address for party in world.shops if party.address])


def _carriers(world: World, secret: str) -> None:
    """Each emirate has one carrier, so that everybody knows whose board a delivery is on."""
    began = later(world.now - timedelta(days=77), 0, world.rng)
    for number, (company, emirate, covers, dispatcher, drivers) in enumerate(rows("carriers")):
        carrier = Carrier(
            id=next_code("C"), name=company, emirate=emirate, covers=covers.split(),
            status=BusinessStatus.ACTIVE, created_at=began,
        )  # fmt: skip
        people = []
        for seat, who in enumerate([dispatcher, *drivers.split(", ")]):
            name, email = who.split()
            role = Role.DRIVER if seat else Role.DISPATCHER
            people.append(_person(name, email, role, secret, began, 200 + 10 * number + seat))
        party = _party(carrier, people)
        world.carriers.append(party)
        world.chronicle.begin(began, party.business, world.staff, company=company)


def newest() -> None:
    """Nadia registers as anybody does; her papers wait for Sara."""
    company, licence, trn = "New Vendor Trading", "CN-1998042", "100987654300003"
    facts = {
        "name": "Nadia", "email": "new@newvendor.example", "phone": "052 765 4321", "password": PASSWORD,
        "company_name": company, "trn": trn, "emirate": "DXB", "trade_license_number": licence,
        "trade_license_authority": "Dubai Economy and Tourism",
        "trade_license_expiry": (timezone.localdate() + timedelta(days=300)).isoformat(),
    }  # fmt: skip
    papers = {
        kind: SimpleUploadedFile(f"{kind.replace('_', '-')}.pdf", body, "application/pdf")
        for kind, body in _certificates(company, licence, trn).items()
    }
    cleaned = checked(VendorRegistration(facts, papers))  # type: ignore[arg-type]
    vendors.register(cleaned, {kind: str(sent.name) for kind, sent in papers.items()})
