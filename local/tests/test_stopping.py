"""A request to end is heard at once, except where something is being started."""

import os
import signal
from collections.abc import Iterator

import pytest

from local import stopping
from local.stopping import Stop, undisturbed


@pytest.fixture(autouse=True)
def listening(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(stopping, "_requests", stopping._Requests())
    before = [signal.getsignal(number) for number in stopping.ASKS]
    stopping.listen()
    yield
    for number, handler in zip(stopping.ASKS, before, strict=True):
        signal.signal(number, handler)


def ask() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def test_it_is_heard_at_once():
    with pytest.raises(Stop):
        ask()


def test_it_waits_until_a_start_is_noted():
    noted = False
    with pytest.raises(Stop), undisturbed():
        ask()
        noted = True
    assert noted


def test_asking_again_does_not_disturb_the_stopping():
    with pytest.raises(Stop):
        ask()
    ask()
