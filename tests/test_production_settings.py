"""Production refuses to start on an unsafe value, and says which."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from local.check import PRODUCTION
from local.place import ROOT

GOOD = {name: value for name, value in PRODUCTION.items() if name != "PYTHONWARNINGS"}
BANK = {"SANDBOX_BANK_KEY": "k", "SANDBOX_BANK_CALLBACK_SECRET": "s"}


def starts(**other: str) -> tuple[int, str]:
    """Exit code and last words of a process with production's environment."""
    values = {"PATH": os.environ["PATH"], "AQAD_VAR": os.environ["AQAD_VAR"], **GOOD, **other}
    command = [sys.executable, "-c", "from django.conf import settings; settings.DEBUG"]
    done = subprocess.run(command, cwd=ROOT, env=values, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def test_a_complete_environment_starts() -> None:
    assert starts() == (0, "")


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"PAYMENT_GATEWAY": "sandbox", **BANK}, "PAYMENT_GATEWAY"),
        ({"PAYMENT_GATEWAY": ""}, "PAYMENT_GATEWAY"),
        ({"STRIPE_SECRET_KEY": ""}, "STRIPE_SECRET_KEY"),
        ({"STRIPE_WEBHOOK_SECRETS": ""}, "STRIPE_WEBHOOK_SECRETS"),
        ({"STRIPE_SECRET_KEY": "sk_test_1"}, "STRIPE_TEST_MODE"),
        ({"STRIPE_SECRET_KEY": "rk_test_1"}, "STRIPE_TEST_MODE"),
        ({"STRIPE_API_BASE": "http://127.0.0.1:1"}, "STRIPE_API_BASE"),
        ({"HOLD_MINUTES": "121"}, "HOLD_MINUTES"),
    ],
)  # fmt: skip
def test_an_unsafe_way_to_be_paid_is_refused(other: dict[str, str], told: str) -> None:
    code, words = starts(**other)
    assert code != 0
    assert told in words.splitlines()[-1]


def test_a_test_key_starts_where_it_is_meant() -> None:
    assert starts(STRIPE_SECRET_KEY="sk_test_1", STRIPE_TEST_MODE="true")[0] == 0
