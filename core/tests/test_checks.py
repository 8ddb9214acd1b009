"""A server that would let us wait for ever is told of before anybody does."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection

pytestmark = pytest.mark.django_db


def test_our_own_waits_end() -> None:
    call_command("check", databases=["default"])


def test_a_role_that_waits_for_ever_is_told_of() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = 0")
    with pytest.raises(SystemCheckError, match="lock_timeout is 0"):
        call_command("check", databases=["default"])
