"""The process: refuses to start where it should not, stops cleanly, and forgets nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.settings import Settings, Unusable
from sandbox.tests.world import PROJECT, RunningBank

GOOD = {
    "AQAD_DEMO": "true",
    "SANDBOX_BANK_PORT": "8001",
    "SANDBOX_BANK_KEY": "k",
    "SANDBOX_BANK_CALLBACK_SECRET": "s",
}


def test_a_restart_keeps_everything(bank: RunningBank) -> None:
    session, waiting = bank.open(), bank.open("PAY1002")
    bank.pay(session)
    bank.refund(session, "1.00", key="k1")
    bank.spoil("session", "decline", reference="PAY1003")
    before, book = bank.seen(session), bank.book()
    assert bank.stop() == 0
    bank.start()
    assert bank.seen(session) == before
    assert bank.book() == book
    assert bank.refund(session, "1.00", key="k1").status == 200
    assert bank.merchant("POST", "/v1/sessions", bank.asked("PAY1003")).status == 402
    assert bank.pay(waiting).status == 303


def test_a_killed_bank_keeps_what_it_answered(bank: RunningBank) -> None:
    session = bank.open()
    bank.pay(session)
    bank.stop(kill=True)
    bank.start()
    assert bank.seen(session)["status"] == "captured"


def test_it_stops_at_once_even_while_hanging(bank: RunningBank) -> None:
    bank.spoil("session", "hang")
    with pytest.raises(TimeoutError):
        bank.merchant("POST", "/v1/sessions", bank.asked(), timeout=0.3)
    assert bank.stop() == 0


def test_a_second_copy_on_the_port_says_so_and_leaves(bank: RunningBank) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "sandbox"],
        cwd=PROJECT,
        env=bank.settings(),
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert second.returncode == 1
    assert (
        second.stderr
        == "The sandbox bank's port is taken: stop what listens there or set SANDBOX_BANK_PORT.\n"
    )


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("AQAD_DEMO", "", "AQAD_DEMO"),
        ("AQAD_DEMO", "false", "AQAD_DEMO"),
        ("SANDBOX_BANK_KEY", "", "SANDBOX_BANK_KEY"),
        ("SANDBOX_BANK_CALLBACK_SECRET", "", "SANDBOX_BANK_CALLBACK_SECRET"),
        ("SANDBOX_BANK_PORT", "", "SANDBOX_BANK_PORT"),
        ("SANDBOX_BANK_PORT", "70000", "70000"),
        ("SANDBOX_BANK_RETRY", "1,soon", "SANDBOX_BANK_RETRY"),
        ("SANDBOX_BANK_LATE_SECONDS", "-1", "SANDBOX_BANK_LATE_SECONDS"),
    ],
)
def test_it_does_not_start_without_what_it_needs(name: str, value: str, word: str) -> None:
    with pytest.raises(Unusable, match=word):
        Settings.read(GOOD | {name: value})


def test_in_production_it_leaves_with_one_sentence() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "sandbox"], cwd=PROJECT, env={}, capture_output=True, text=True, timeout=20
    )
    assert run.returncode == 1
    assert run.stderr == "The sandbox bank starts only where AQAD_DEMO is true: it moves no real money.\n"


def test_ports_and_places_follow_from_the_webs() -> None:
    settings = Settings.read({**GOOD, "SANDBOX_BANK_PORT": "", "PORT": "8000", "AQAD_VAR": "/srv/aqad"})
    assert settings.port == 8001
    assert settings.url == "http://127.0.0.1:8001"
    assert settings.store == Path("/srv/aqad/bank/bank.sqlite3")
    assert (settings.late, settings.hang, settings.retry) == (60, 30, (1, 2, 5, 15, 60, 300))
