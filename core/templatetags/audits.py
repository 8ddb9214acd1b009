"""How the last audit ended, for the front page of the Admin."""

from __future__ import annotations

from django import template

from core.models import Audit

register = template.Library()


@register.simple_tag
def last_audit() -> Audit | None:
    """The latest run; None before the first."""
    return Audit.objects.order_by("-pk").first()
