"""A page and a JSON answer of the size that is asked for, and an order of one line."""

import json
from functools import cache
from typing import Any

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from benchmarks.plain.models import Line, Order, Stock

ROW = {"id": "P1001", "name": "Pepsi 330ml", "name_ar": "بيبسي 330 مل", "price": "32.50", "available": 480,
       "category": {"slug": "soft-drinks", "name": "Soft drinks"}, "unit": "XCT", "status": "listed"}  # fmt: skip


@cache
def _rows(size: int) -> list[dict[str, Any]]:
    return [ROW] * max(1, size // len(json.dumps(ROW)))


def page(request: HttpRequest, size: int) -> HttpResponse:
    """So many bytes of HTML."""
    return HttpResponse(b"x" * size)


def rows(request: HttpRequest, size: int) -> JsonResponse:
    """About so many bytes of JSON."""
    return JsonResponse({"success": True, "data": _rows(size)})


@csrf_exempt
def order(request: HttpRequest) -> JsonResponse:
    """Three statements of the ORM in a transaction: take if there is enough, the order, its line."""
    asked = json.loads(request.body)
    with transaction.atomic():
        free = Stock.objects.filter(pk=asked["product"], on_hand__gte=F("reserved") + 1)
        if not free.update(reserved=F("reserved") + 1):
            return JsonResponse({"code": "out_of_stock"}, status=409)
        made = Order.objects.create(buyer="R2001", total="32.50")
        Line.objects.create(order=made, stock_id=asked["product"], quantity=1)
    return JsonResponse({"id": made.pk}, status=201)


urlpatterns = [path("page/<int:size>", page), path("rows/<int:size>", rows), path("order", order)]
