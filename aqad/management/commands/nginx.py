"""`manage.py nginx`: the proxy's configuration for this market, from `deploy/nginx.conf`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.template import Context, Engine

TEMPLATE = settings.BASE_DIR / "deploy" / "nginx.conf"
SOCKETS = ["/run/aqad/web-1.sock", "/run/aqad/web-2.sock"]
UPLOADS = (
    "^/(register/|vendor/(documents|profile|products)/|quick-order/|driver/"
    "|api/(vendor|retailer)/|api/(products|deliveries)(/|$))"
)
"""Where files are sent; a test walks all routes and finds those that take some."""
LARGEST = "1m"
LARGEST_WITH_FILES = "125m"
"""Twelve pictures of 10 MiB and their form."""


class Command(BaseCommand):
    """Prints it; addresses come from the settings, files and networks from the command line."""

    help = "Print the configuration of nginx in front of this market."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--socket", action="append", help="WEB_SOCKET of an instance; once for each")
        parser.add_argument("--certificate", required=True, help="the certificate with its chain, a PEM file")
        parser.add_argument("--key", required=True, help="its private key, a PEM file")
        parser.add_argument(
            "--behind", action="append", default=[], help="a network of the CDN in front, as 192.0.2.0/24"
        )
        parser.add_argument("--http", default="80", help="a port, or an address with one")
        parser.add_argument("--https", default="443")
        parser.add_argument("--logs", default="/var/log/nginx")
        parser.add_argument("--challenges", default="/var/www/acme", help="where certbot --webroot writes")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(written(**options))


def written(**options: Any) -> str:
    """The whole file."""
    facts = options | {
        "sockets": options["socket"] or SOCKETS,
        "names": " ".join(settings.ALLOWED_HOSTS),
        "http": _listening(options["http"]),
        "https": _listening(options["https"]),
        "suffix": "" if options["https"] == "443" else f":{options['https'].rpartition(':')[2]}",
        "uploads": UPLOADS,
        "largest": LARGEST,
        "largest_with_files": LARGEST_WITH_FILES,
        "static": settings.STATIC_ROOT,
        "media": "" if settings.AWS_STORAGE_BUCKET_NAME else settings.MEDIA_ROOT,
        "pages": Path(TEMPLATE).parent / "pages",
    }
    return Engine(autoescape=False).from_string(TEMPLATE.read_text()).render(Context(facts, autoescape=False))


def _listening(where: str) -> list[str]:
    """A bare port is every address of the machine."""
    return [where] if ":" in where else [where, f"[::]:{where}"]
