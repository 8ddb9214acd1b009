"""What dispatchers decide, and what drivers report. Pages and API use the same forms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.lifecycle import BusinessStatus
from accounts.models import User
from core import files
from core.forms import UploadField
from core.roles import Role
from logistics.lifecycle import Failure
from logistics.models import Carrier, Delivery

PICTURES = "image/jpeg,image/png,image/webp"


def drivers_of(**which: Any) -> Any:
    """Active drivers, with whom they drive for."""
    active = User.objects.filter(role=Role.DRIVER, is_active=True, **which)
    return active.select_related("membership__business").order_by("name")


class AssignForm(forms.Form):
    """Which of the carrier's drivers."""

    driver = forms.ModelChoiceField(User.objects.none(), label=_("Driver"))

    def __init__(self, carrier_id: str | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        driver: Any = self.fields["driver"]
        driver.queryset = drivers_of(membership__business_id=carrier_id)


class DriverChoice(forms.ModelChoiceField[User]):
    """A driver, told with the carrier."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} · {obj.membership.business.name}"


class MoveForm(forms.Form):
    """Staff give a delivery to a carrier, and if they like to a driver of it."""

    carrier = forms.ModelChoiceField(Carrier.objects.none(), label=_("Carrier"), required=False)
    driver = DriverChoice(User.objects.none(), label=_("Driver"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        carrier, driver = (self.fields[name] for name in ("carrier", "driver"))
        carrier.queryset = Carrier.objects.filter(status=BusinessStatus.ACTIVE).order_by("name")  # type: ignore[attr-defined]
        driver.queryset = drivers_of(membership__business__status=BusinessStatus.ACTIVE)  # type: ignore[attr-defined]


class DeliverForm(forms.Form):
    """The shop has the goods."""

    code = forms.CharField(
        label=_("Code of the shop"),
        required=False,
        max_length=20,
        help_text=_("Ask for it when the goods are handed over."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "code-field"}),
    )
    cash = forms.DecimalField(
        label=_("Cash collected in AED"),
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01"}),
    )
    photo = UploadField(
        files.picture,
        label=_("Photo of the goods"),
        required=False,
        widget=forms.FileInput(attrs={"accept": PICTURES, "capture": "environment"}),
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=500)

    @classmethod
    def for_page(cls, delivery: Delivery, data: Any = None, files: Any = None) -> DeliverForm:
        """With the fields that this delivery needs."""
        form = cls(data, files, auto_id="deliver-%s")
        for name, needed in (("code", delivery.asks_code), ("cash", delivery.cash_due)):
            form.fields[name].required = bool(needed)
            if not needed:
                del form.fields[name]
        return form


class FailForm(forms.Form):
    """The shop does not have the goods. A program may give a reason of its own."""

    reason = forms.CharField(label=_("Reason"), required=False, max_length=500)
    note = forms.CharField(
        label=_("What happened"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    @classmethod
    def for_page(cls, delivery: Delivery, data: Any = None, files: Any = None) -> FailForm:
        """With the reasons to choose from."""
        form = cls(data, files, auto_id="fail-%s")
        form.fields["reason"] = forms.ChoiceField(
            label=_("Reason"), choices=Failure.choices, widget=forms.RadioSelect
        )
        return form


class KeptForm(forms.Form):
    """What comes with a report that was kept on a phone: its key, who made it, and when by the phone's clock."""

    key = forms.CharField(max_length=64)
    driver = forms.UUIDField()
    reported_at = forms.CharField(required=False)


class NoteForm(forms.Form):
    """A report that needs no more than its button."""

    note = forms.CharField(label=_("Note"), required=False, max_length=500)


def report_form(move: str, delivery: Delivery, data: Any, files: Any) -> forms.Form:
    """The form of a driver's report."""
    kinds: dict[str, Any] = {"deliver": DeliverForm, "fail": FailForm}
    return kinds[move].for_page(delivery, data, files) if move in kinds else NoteForm(data)


class ChosenForm(forms.Form):
    """A driver, and for staff a carrier, by id."""

    driver = forms.UUIDField(label=_("Driver"), required=False)
    carrier = forms.CharField(label=_("Carrier"), required=False, max_length=20)

    def chosen(self, facts: dict[str, Any]) -> dict[str, Any]:
        """The rows meant, as far as there are any; whose driver it is, the action checks."""
        return {
            "driver": drivers_of(pk=facts["driver"]).first() if facts["driver"] else None,
            "carrier": Carrier.objects.filter(pk=facts["carrier"].upper()).first()
            if facts["carrier"]
            else None,
        }
