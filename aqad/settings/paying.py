"""Gateways, and how long an unpaid order holds its stock."""

from __future__ import annotations

from aqad.settings.environment import PORT, env

PAYMENT_GATEWAY = env("PAYMENT_GATEWAY", default="sandbox")
STRIPE_SECRET_KEY = env("STRIPE_SECRET_KEY", default="")
STRIPE_WEBHOOK_SECRETS = [one for one in env.list("STRIPE_WEBHOOK_SECRETS", default=[]) if one]
STRIPE_API_BASE = env("STRIPE_API_BASE", default="https://api.stripe.com").rstrip("/")
HOLD_MINUTES = env.int("HOLD_MINUTES", default=15)

SANDBOX_BANK_URL = env("SANDBOX_BANK_URL", default=f"http://127.0.0.1:{PORT + 1}").rstrip("/")
SANDBOX_BANK_KEY = env("SANDBOX_BANK_KEY", default="")
SANDBOX_BANK_CALLBACK_SECRET = env("SANDBOX_BANK_CALLBACK_SECRET", default="")
SANDBOX_BANK_CALLBACK_SECRET_FORMER = env("SANDBOX_BANK_CALLBACK_SECRET_FORMER", default="")
GATEWAY_ORIGINS = {"sandbox": [SANDBOX_BANK_URL], "stripe": ["https://checkout.stripe.com"]}[PAYMENT_GATEWAY]
OPEN_ORDERS_CAP = env.int("OPEN_ORDERS_CAP", default=10)
