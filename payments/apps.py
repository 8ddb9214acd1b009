"""Payments, refunds, and the gateways behind them."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    """Application."""

    name = "payments"
    verbose_name = _("Payments")
