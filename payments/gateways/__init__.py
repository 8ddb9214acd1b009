"""The providers behind one protocol: the setting PAYMENT_GATEWAY names the one for new payments."""

from __future__ import annotations

from functools import cache

from django.utils.module_loading import import_string

from core.errors import NotThere
from payments.gateways.base import Gateway

GATEWAYS = {
    "sandbox": "payments.gateways.sandbox.Sandbox",
    "stripe": "payments.gateways.stripe.Stripe",
}


@cache
def gateway(name: str) -> Gateway:
    """The provider of that name, made when first asked for; `NotThere` for an unknown one."""
    if name not in GATEWAYS:
        raise NotThere
    made: Gateway = import_string(GATEWAYS[name])()
    return made
