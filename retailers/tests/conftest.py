"""Every test begins with fresh limits."""

from core.tests.papers import fresh_limits  # noqa: F401
