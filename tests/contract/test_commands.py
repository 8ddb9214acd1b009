"""Every command for operators."""

from __future__ import annotations

import io
import json
from contextlib import suppress

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


@row(*PROMISED)
@pytest.mark.parametrize("name", PROMISED)
def test_command_is_there_and_says_what_it_does(name: str) -> None:
    assert name in get_commands()
    with pytest.raises(SystemExit) as left:
        call_command(name, "--help")
    assert left.value.code == 0


@row("diagnose")
@pytest.mark.parametrize("what", ["slow-catalog", "logins", "inventory"])
def test_every_investigation_says_what_it_measured(cast: Cast, what: str) -> None:
    out = io.StringIO()
    with suppress(SystemExit):
        call_command("diagnose", what, "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert told["investigation"] == what
    assert all(told["measured"].values()) or told["findings"]


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
