"""Every test begins with fresh limits; Ahmed is there to sell."""

from catalog.tests.selling import ahmed  # noqa: F401
from core.tests.papers import fresh_limits  # noqa: F401
