"""Pages of products as files: out, in, looked through, carried out."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from catalog import imports, sheets
from catalog.forms import ImportForm
from catalog.importing import KINDS, exported
from catalog.models import ImportRun
from core import limits
from core.errors import NotThere
from core.forms import names_of
from core.pages import for_role, made_move
from core.roles import Role

PAST = 10
EXAMPLE = (
    "", "PEP-330-24", "Pepsi 330ml", "بيبسي 330 مل", "24 cans in a carton", "32.50", 500, "", "soft-drinks",
    "pepsi", "XCT", 24, 1, 1, "S", "", "", "draft",
)  # fmt: skip


@for_role(Role.VENDOR)
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """All products of the vendor as a file that comes in again unchanged."""
    user: Any = request.user
    return _file(kind, "aqad-products", sheets.COLUMNS, exported(user))


@for_role(Role.VENDOR)
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """The columns with one row as an example."""
    return _file(kind, "aqad-template", sheets.COLUMNS, [EXAMPLE])


@for_role(Role.VENDOR)
def start(request: HttpRequest) -> HttpResponse:
    """Send a file; it is looked through at once, and nothing is written."""
    user: Any = request.user
    if request.method == "POST":
        limits.hit(request, "import", "60/h", key=str(user.business_id))
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        facts, name = form.cleaned_data, names_of(request.FILES)["file"]
        return redirect(imports.check_in(facts["file"], facts["sheet"], name, user))
    runs = ImportRun.objects.seen_by(user).order_by("-pk")[:PAST]
    context = {"form": form, "runs": runs, "columns": sheets.COLUMNS, "most": sheets.MOST_ROWS}
    return render(request, "catalog/import.html", context)


@for_role(Role.VENDOR)
def run(request: HttpRequest, code: str) -> HttpResponse:
    """What a file would do, is doing, or has done."""
    row: Any = ImportRun.objects.door(request.user, code)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "catalog/_import_progress.html", {"run": row})
    shown = {kind: [line for line in row.sample if line["kind"] == kind] for kind in KINDS}
    context = {"run": row, "shown": shown, "moves": row.moves_for(request.user)}
    return render(request, "catalog/import_run.html", context)


@require_POST
@for_role(Role.VENDOR)
def move(request: HttpRequest, code: str, move: str) -> HttpResponse:
    """Carry it out, or drop it."""
    row: Any = ImportRun.objects.door(request.user, code)
    return made_move(request, imports.VERBS, move, row, then=row.get_absolute_url())


@for_role(Role.VENDOR)
def wrong(request: HttpRequest, code: str) -> HttpResponse:
    """The rows that can't be written, with the reason in the last column, to be mended and sent again."""
    row: Any = ImportRun.objects.door(request.user, code)
    if not row.file:
        raise NotThere
    reasons = {line["row"]: _reason(line["errors"]) for line in row.errors}
    sheet = imports.sheet_of(row)
    columns = [name for name in sheet.columns if name != sheets.PROBLEM]
    rows = [
        [*(each.cells[name] for name in columns), reasons[each.number]]
        for each in sheet.rows
        if each.number in reasons
    ]
    if not rows:
        raise NotThere
    kind = next(kind for kind, media_type in sheets.KINDS.items() if media_type == row.media_type)
    return _file(kind, f"{row.code}-wrong-rows", [*columns, sheets.PROBLEM], rows)


def _reason(errors: dict[str, str]) -> str:
    return " · ".join(f"{name}: {line}" if name else line for name, line in errors.items())


def _file(kind: str, name: str, columns: Any, rows: Any) -> HttpResponse:
    if kind not in sheets.KINDS:
        raise NotThere
    body = sheets.written(kind, columns, rows)
    response = HttpResponse(body, content_type=sheets.KINDS[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response
