"""What a dispatcher decides."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.roles import Role


class AssignForm(forms.Form):
    """Which of the carrier's drivers."""

    driver = forms.ModelChoiceField(User.objects.none(), label=_("Driver"))

    def __init__(self, carrier_id: str | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        driver: Any = self.fields["driver"]
        driver.queryset = User.objects.select_related("membership").filter(
            role=Role.DRIVER, membership__business_id=carrier_id, is_active=True
        )
