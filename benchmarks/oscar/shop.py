"""The shop's own addresses, and the end of its checkout as one request: basket, order, allocation, by its own code."""

import json
from decimal import Decimal

from django.apps import apps
from django.http import JsonResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from oscar.core.loading import get_class, get_model

Basket, Product = get_model("basket", "Basket"), get_model("catalogue", "Product")
OrderCreator, OrderNumberGenerator = (
    get_class("order.utils", name) for name in ("OrderCreator", "OrderNumberGenerator")
)
Free, Calculator = (
    get_class("shipping.methods", "Free"),
    get_class("checkout.calculators", "OrderTotalCalculator"),
)
Applicator = get_class("offer.applicator", "Applicator")


@csrf_exempt
def order(request):
    """What the checkout does when it is sent off, with what it asks of the stock before and while."""
    if not request.user.is_authenticated:
        return JsonResponse({"code": "unauthorized"}, status=401)
    product = Product.objects.get(pk=json.loads(request.body)["product"])
    basket = Basket.objects.create(owner=request.user)
    basket.strategy = request.strategy
    allowed, _reason = basket.is_quantity_allowed(1)
    bought = basket.get_stock_info(product, []).availability.is_purchase_permitted(1)
    if not allowed or not bought[0]:
        return JsonResponse({"code": "out_of_stock"}, status=409)
    basket.add_product(product, 1)
    Applicator().apply(basket, request.user, request)
    if any(
        not line.purchase_info.availability.is_purchase_permitted(line.quantity)[0]
        for line in basket.all_lines()
    ):
        return JsonResponse({"code": "out_of_stock"}, status=409)
    basket.freeze()
    method = Free()
    charge = method.calculate(basket)
    total = Calculator(request).calculate(basket, charge, surcharges=None)
    try:
        made = OrderCreator().place_order(
            basket, total, method, charge, user=request.user, request=request,
            order_number=OrderNumberGenerator().order_number(basket), surcharges=None,
        )  # fmt: skip
    except Exception as refused:
        basket.thaw()
        return JsonResponse({"code": type(refused).__name__}, status=409)
    basket.submit()
    return JsonResponse({"id": made.number, "total": str(Decimal(made.total_incl_tax))}, status=201)


urlpatterns = [path("order", order), path("i18n/", include("django.conf.urls.i18n"))]
urlpatterns += [path("", include(apps.get_app_config("oscar").urls[0]))]
