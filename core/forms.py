"""Forms: how each one looks, and how the API uses the same ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.forms.renderers import TemplatesSetting
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from core import scanner
from core.errors import Invalid
from core.files import Checked


class Renderer(TemplatesSetting):
    """Forms from `templates/components/`."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"


def checked(form: BaseForm) -> dict[str, Any]:
    """The cleaned data of a bound form; raises `Invalid` with its errors, so that API and pages share one rule."""
    if form.is_valid():
        return form.cleaned_data
    errors = {
        name: [_sentence(form, name, line) for line in form.errors[name].as_data()] for name in form.errors
    }
    raise Invalid(next(iter(errors.values()))[0], errors=errors)


def _sentence(form: BaseForm, name: str, wrong: ValidationError) -> str:
    """A program's reader sees no label beside the sentence, so "required" says of what."""
    if wrong.code == "required" and name in form.fields:
        return str(_("%(field)s is required") % {"field": form.fields[name].label or name})
    return str(wrong.messages[0])


class UploadField(forms.FileField):
    """A file that is checked by content as soon as the form is; cleans to `core.files.Checked`."""

    def __init__(self, check: Callable[[Any], Checked], **options: Any) -> None:
        self.check = check
        super().__init__(**options)

    def clean(self, data: Any, initial: Any = None) -> Checked | None:
        upload = super().clean(data, initial)
        return passed(self.check, upload) if upload else None


def passed(check: Callable[[Any], Checked], upload: Any) -> Checked:
    """A file that its check and the virus scanner let through, as it may be kept."""
    checked = check(upload)
    upload.seek(0)
    scanner.refuse_infected(upload.read())
    return checked


def names_of(sent: MultiValueDict[str, Any]) -> dict[str, str]:
    """What the sender called each file: text for people, never a path."""
    last: dict[str, Any] = sent.dict()
    return {field: upload.name or "" for field, upload in last.items()}


def uploads(name: str, sent: MultiValueDict[str, Any], check: Callable[[Any], Checked]) -> list[Checked]:
    """All files of one multipart field, checked; raises `Invalid` at the first that fails."""
    try:
        return [passed(check, upload) for upload in sent.getlist(name)]
    except ValidationError as wrong:
        raise Invalid.field(name, wrong.messages[0]) from wrong
