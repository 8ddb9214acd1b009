"""Payments, refunds, and the gateways behind them."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """Application."""

    name = "payments"
