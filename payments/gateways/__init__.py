"""The providers behind one protocol: the setting PAYMENT_GATEWAY names the one for new payments."""

from __future__ import annotations

from django.utils.module_loading import import_string

from core.errors import NotThere
from payments.gateways.base import Gateway
from payments.gateways.watching import Watched

GATEWAYS = {
    "sandbox": "payments.gateways.sandbox.Sandbox",
    "stripe": "payments.gateways.stripe.Stripe",
}
MADE: dict[str, Gateway] = {}


def gateway(name: str) -> Gateway:
    """The provider of that name, made when first asked for; `NotThere` for an unknown one."""
    if name not in GATEWAYS:
        raise NotThere
    if name not in MADE:
        MADE[name] = Watched(import_string(GATEWAYS[name])())
    return MADE[name]
