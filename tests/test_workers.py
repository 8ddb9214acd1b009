"""Workers and a broker that takes connections and answers nothing: they ask again, and none keeps its hands full."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import celery.worker.consumer
import celery.worker.request
import pytest
import redis
from kombu.connection import Connection
from kombu.entity import Queue
from kombu.exceptions import OperationalError
from kombu.transport.redis import QoS
from kombu.utils import functional

from aqad.broker import Consumer, Request
from aqad.celery import app
from core.tasks import relay
from local.ports import HOST, free_port

TRIES = 6


def pauses(kind: type[Any], monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long a consumer of this kind waits between its tries."""
    slept: list[float] = []
    monkeypatch.setattr(functional, "sleep", slept.append)
    monkeypatch.setattr(app.conf, "broker_connection_max_retries", TRIES)
    consumer: Any = object.__new__(kind)
    consumer.app, consumer.first_connection_attempt, consumer.broker_connection_retry_attempt = app, True, 0
    with (
        app.connection_for_read(f"redis://{HOST}:{free_port()}/0") as nobody,
        pytest.raises(OperationalError),
    ):
        consumer.ensure_connected(nobody)
    return slept


def test_the_broker_is_asked_for_every_second(monkeypatch: pytest.MonkeyPatch) -> None:
    slept = pauses(Consumer, monkeypatch)
    assert sum(slept) == TRIES
    assert app.conf.worker_consumer == "aqad.broker:Consumer"


def test_celerys_own_pauses_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which is why there is one of ours."""
    assert sum(pauses(celery.worker.consumer.Consumer, monkeypatch)) > 2 * TRIES


@pytest.fixture
def broker() -> Iterator[Connection]:
    with app.connection_for_write() as connection:
        yield connection


def taken(broker: Connection) -> Any:
    """A message as a worker with one pair of hands has taken it."""
    channel, queue = broker.channel(), Queue("tests-of-workers", auto_delete=True)
    channel.basic_qos(0, 1, False)
    got: list[Any] = []
    bound = queue(channel)
    bound.declare()
    bound.purge()
    broker.Producer(channel).publish({}, routing_key=queue.name)
    with broker.Consumer(queue, channel=channel, callbacks=[lambda _body, message: got.append(message)]):
        broker.drain_events(timeout=5)
        assert not channel.qos.can_consume()
    return got[0]


def acknowledged(kind: type[Any], message: Any, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether there is a hand free after a request of this kind was done and the broker did not want to know."""

    def silence(*_facts: Any) -> None:
        raise redis.exceptions.TimeoutError("Timeout reading from socket")

    monkeypatch.setattr(QoS, "_remove_from_indices", silence)
    request: Any = object.__new__(kind)
    request._message, request.acknowledged = message, False
    request._on_ack, request._connection_errors = message.ack_log_error, (redis.exceptions.ConnectionError,)
    request._connection_errors += (redis.exceptions.TimeoutError,)
    request.acknowledge()
    return bool(message.channel.qos.can_consume())


def test_whose_end_the_broker_did_not_hear_gives_its_place_back(
    broker: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert acknowledged(Request, taken(broker), monkeypatch)
    assert relay.Request == "aqad.broker:Request"


def test_celerys_own_keeps_it(broker: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which is why there is one of ours."""
    assert not acknowledged(celery.worker.request.Request, taken(broker), monkeypatch)
