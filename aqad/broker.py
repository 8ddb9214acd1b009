"""What lets workers survive a broker that takes connections and answers nothing."""

from __future__ import annotations

from functools import partial
from typing import Any

import celery
import celery.worker.consumer
import celery.worker.request
from kombu.transport.virtual import QoS


class Consumer(celery.worker.consumer.Consumer):  # type: ignore[misc]
    """Asks for the broker again every second, however long it was away: Celery's own pauses grow to half a minute."""

    def ensure_connected(self, conn: Any) -> Any:
        """The connection, as soon as there is one."""
        every_second = {"interval_start": 1, "interval_step": 0, "interval_max": 1}
        conn.ensure_connection = partial(conn.ensure_connection, **every_second)
        return super().ensure_connected(conn)


class Request(celery.worker.request.Request):  # type: ignore[misc]
    """Gives its place back also when the broker did not answer: Celery would count it as at work for ever, and after
    as many of them as there are places the worker would take nothing any more.
    """

    def acknowledge(self) -> None:
        """It is done; a message of which the broker did not hear that comes again, too late to be carried out."""
        super().acknowledge()
        self._give_place_back()

    def reject(self, requeue: bool = False) -> None:
        """It is not done."""
        super().reject(requeue)
        self._give_place_back()

    def _give_place_back(self) -> None:
        qos, tag = self.message.channel.qos, self.message.delivery_tag
        if tag in qos._delivered:
            QoS.ack(qos, tag)  # type: ignore[no-untyped-call]


class Task(celery.Task):  # type: ignore[misc]
    """What all tasks have in common."""

    Request = "aqad.broker:Request"
