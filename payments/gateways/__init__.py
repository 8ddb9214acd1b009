"""The providers behind one protocol, chosen by the setting PAYMENT_GATEWAY."""

from __future__ import annotations

from core.errors import NotThere
from payments.gateways.base import Gateway
from payments.gateways.sandbox import Sandbox

GATEWAYS: dict[str, Gateway] = {"sandbox": Sandbox()}


def gateway(name: str) -> Gateway:
    """The provider of that name; `NotThere` for an unknown one."""
    try:
        return GATEWAYS[name]
    except KeyError:
        raise NotThere from None
