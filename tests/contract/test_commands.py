"""Every command for operators."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import call_command, get_commands

from tests.cast import Cast
from tests.contract.rows import row

pytestmark = pytest.mark.django_db

PROMISED = {
    # command: what it is for
    "demo": "the demo market",
    "audit": "every invariant",
    "prove_stock": "a race for the last cartons",
    "diagnose": "slow-catalog, logins, inventory",
    "relay": "the outbox",
    "settle": "callbacks and silent payments",
    "sweep": "what nobody paid",
    "reconcile": "our book against the gateway's",
}


def judged(name: str) -> Any:
    """A command that is not there yet is expected to be missing: this says so the moment it comes."""
    missing = pytest.mark.xfail(strict=True, reason=f"`{name}` ({PROMISED[name]}) is not there yet")
    return pytest.param(name, marks=[] if name in get_commands() else [missing])


@row(*PROMISED)
@pytest.mark.parametrize("name", [judged(name) for name in PROMISED])
def test_command_is_there_and_says_what_it_does(name: str) -> None:
    assert name in get_commands()
    with pytest.raises(SystemExit) as left:
        call_command(name, "--help")
    assert left.value.code == 0


DONE = {
    "relay": "Reactions done: ",
    "settle": "Callbacks applied: 0",
    "sweep": "Checkouts ended: 0",
}


@row(*DONE)
@pytest.mark.parametrize("name", DONE)
def test_command_may_be_run_by_hand(cast: Cast, name: str) -> None:
    cast.order(1)
    out = io.StringIO()
    call_command(name, stdout=out)
    assert DONE[name] in out.getvalue()
