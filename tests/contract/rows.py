"""Every row of the contract, and which tests stand for it. `python -m tests.contract` writes the table of the docs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TypeVar

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "contract.md"
MARK = "<!-- Below this line: written by `python -m tests.contract`. -->\n"

ROWS: dict[str, list[str]] = {
    "Sign-up and sign-in": [
        "POST /api/vendor/register",
        "POST /api/retailer/register",
        "POST /api/auth/login",
        "POST /api/auth/refresh",
        "POST /api/auth/logout",
        "GET /api/auth/me",
    ],
    "Catalogue": [
        "GET /api/products",
        "GET /api/products/{product}",
        "GET /api/categories",
        "GET /api/brands",
        "POST /api/products",
        "PATCH /api/products/{product}",
        "DELETE /api/products/{product}",
        "POST /api/products/{product}/images",
        "DELETE /api/products/{product}/images/{n}",
        "POST /api/products/{product}/stock",
        "GET /api/products/{product}/movements",
    ],
    "Orders": [
        "POST /api/orders",
        "GET /api/orders",
        "GET /api/orders/{order}",
        "POST /api/orders/{order}/moves/{move}",
        "POST /api/orders/{order}/reorder",
        "GET /api/addresses",
        "POST /api/addresses",
    ],
    "Payments": [
        "GET /api/payments/{payment}",
        "POST /api/payments/webhooks/{gateway}",
        "POST /api/payments/{payment}/refunds",
    ],
    "Deliveries": [
        "GET /api/deliveries",
        "GET /api/deliveries/{delivery}",
        "POST /api/deliveries/{delivery}/moves/{move}",
    ],
    "Notifications": [
        "GET /api/notifications",
        "POST /api/notifications/{note}/read",
    ],
    "Every answer": [
        "success", "lists", "failure", "X-Request-ID", "trailing slash", "no cookies",
        "/api/openapi.json", "/api/docs",
        "400", "401", "403", "404", "409", "413", "415", "422", "429", "503",
    ],
    "Names, money, times": ["readable ids", "money", "VAT", "times", "statuses", "moves"],
    "Pages": [
        "/", "/catalog/", "/catalog/{product}-…/", "/vendors/{vendor}-…/",
        "/accounts/login/", "/accounts/logout/", "/accounts/password/…", "/register/vendor/", "/register/retailer/",
        "/cart/", "/checkout/", "/orders/", "/orders/{order}/", "/addresses/",
        "/vendor/", "/vendor/products/", "/vendor/orders/", "/vendor/documents/",
        "/driver/", "/driver/{delivery}/", "/carrier/",
        "/payments/{payment}/", "/payments/return/", "/notifications/", "/account/", "/admin/",
        "/health/live", "/health/ready", "/metrics",
    ],
    "Commands": ["demo", "audit", "prove_stock", "diagnose", "relay", "settle", "sweep", "reconcile"],
    "The demo market": ["printed logins", "shop01 … shop60", "how much there is", "the story's numbers"],
    "The story's failures": [
        "an invalid e-mail", "100 registrations in a minute", "a wrong file", "an expired token",
        "a retailer creating a product", "a negative price", "an unknown category", "too little stock",
        "no address", "a declined card", "a suspended vendor", "a callback that is not signed",
        "a driver of another carrier",
    ],
    "The story's phases": [
        "1 Vendor registration", "1 Rate limiting", "1 Validation", "1 File upload", "1 Verification",
        "2 Vendor login", "3 Product creation", "3 Authorization", "3 Logging", "4 Search", "4 Cache",
        "5 Order", "5 Inventory reservation", "5 Logging", "5 Notifications", "6 Payment", "6 Failed payment",
        "7 Vendor processing", "8 Delivery assignment", "8 Delivery tracking",
        "Helmet", "CORS", "Deployment",
    ],
}  # fmt: skip

Test = TypeVar("Test", bound=Callable[..., object])
COVERED: dict[str, list[str]] = defaultdict(list)


def row(*names: str) -> Callable[[Test], Test]:
    """Say which rows of the contract a test stands for."""

    def note(test: Test) -> Test:
        place = f"{test.__module__.rpartition('.')[2]}.py::{test.__name__}"
        for name in names:
            COVERED[name] += [] if place in COVERED[name] else [place]
        return test

    return note


def collected() -> dict[str, list[str]]:
    """Row → its tests, read from all test files here."""
    for path in sorted(HERE.glob("test_*.py")):
        import_module(f"{__package__}.{path.stem}")
    return COVERED


def table() -> str:
    """The rows with their tests, as Markdown."""
    tests, lines = collected(), []
    for title, rows in ROWS.items():
        lines += [f"\n### {title}\n", "| row | tests |", "|---|---|"]
        lines += [f"| {name} | {'<br>'.join(f'`{test}`' for test in tests[name])} |" for name in rows]
    return "\n".join(lines) + "\n"


def written() -> str:
    """The page with the table as the tests have it now."""
    told, mark, _old = PAGE.read_text().partition(MARK)
    return told + mark + table()
