"""An Idempotency-Key: the twin gets the first one's answer, and a refusal leaves the key free."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event as Signal
from threading import Lock
from time import sleep
from typing import Any

import pytest
from django.db import connection
from django.db.models import CharField

from core.errors import Invalid, KeyReused, Refusal
from core.idempotency import Look, asked_with_key, once, once_told
from core.models import Answer, Event
from core.prepared import Question
from core.slots import Slot
from tests.rivals import somebody_waits

WISH = {"items": [{"product": "P1001", "quantity": 100}]}


@pytest.mark.django_db
def test_the_second_time_the_work_is_not_done_again() -> None:
    done: list[int] = []

    def work() -> dict[str, int]:
        done.append(1)
        return {"id": len(done)}

    assert once("R2001", "k", WISH, work) == once("R2001", "k", WISH, work) == {"id": 1}
    assert len(done) == 1


@pytest.mark.django_db
def test_the_same_key_of_another_business_is_another_key() -> None:
    shops = [f"R{number}" for number in range(2001, 2009)]
    for turn in ("first", "again"):
        assert [once(shop, "k", WISH, partial(str, shop)) for shop in shops] == shops, turn


@pytest.mark.django_db
def test_spacing_and_order_of_the_body_do_not_matter() -> None:
    assert (
        once("R2001", "k", {"a": 1, "b": 2}, lambda: 1)
        == once("R2001", "k", {"b": 2, "a": 1}, lambda: 2)
        == 1
    )


@pytest.mark.django_db
def test_another_body_is_refused_with_422() -> None:
    once("R2001", "k", WISH, lambda: 1)
    with pytest.raises(KeyReused) as refused:
        once("R2001", "k", {"items": []}, lambda: 2)
    assert refused.value.status == 422


@pytest.mark.django_db
def test_refused_work_leaves_the_key_free() -> None:
    def refuse() -> None:
        raise Refusal

    with pytest.raises(Refusal):
        once("R2001", "k", WISH, refuse)
    assert not Answer.objects.exists()
    assert once("R2001", "k", {"items": []}, lambda: 2) == 2


@pytest.mark.django_db
@pytest.mark.parametrize("key", [None, "", "x" * 256, "a\0b"])
def test_a_key_of_1_to_255_characters_is_required(key: str | None) -> None:
    with pytest.raises(Invalid) as refused:
        once("R2001", key, WISH, lambda: 1)
    assert (refused.value.status, refused.value.code) == (400, "idempotency_key")


class Twins:
    """The first holds the key until the second is seen waiting at the database."""

    def __init__(self) -> None:
        self.at_work, self.go_on, self.counted = Signal(), Signal(), Lock()
        self.done = 0

    def work(self) -> int:
        self.at_work.set()
        assert self.go_on.wait(20)
        with self.counted:
            self.done += 1
        return self.done

    def ask(self, body: Any) -> Any:
        try:
            return once("R2001", "k", body, self.work)
        except KeyReused as refused:
            return refused.status
        finally:
            connection.close()

    def meet(self, second: Any) -> tuple[Any, Any]:
        """The answers to both."""
        with ThreadPoolExecutor(2) as pool:
            first = pool.submit(self.ask, WISH)
            assert self.at_work.wait(20)
            later = pool.submit(self.ask, second)
            somebody_waits()
            assert not later.done()
            self.go_on.set()
            return first.result(), later.result()


@pytest.mark.django_db(transaction=True)
def test_a_twin_waits_and_gets_the_same_answer() -> None:
    twins = Twins()
    assert twins.meet(WISH) == (1, 1)
    assert twins.done == 1


@pytest.mark.django_db(transaction=True)
def test_a_twin_with_another_body_waits_and_is_refused() -> None:
    twins = Twins()
    assert twins.meet({"items": []}) == (1, 422)
    assert twins.done == 1


HELD: Question[Event] = Question(lambda: Event.objects.filter(subject=Slot("subject", CharField())))


def seen_after_a_twin_that_was_refused() -> list[str]:
    """What the second finds: the first says something aloud, is refused, and so lets the second on."""
    at_work, go_on = Signal(), Signal()

    def refuse(_reply: Any, _found: Any) -> None:
        at_work.set()
        assert go_on.wait(20)
        raise Refusal

    def ask(work: Any) -> None:
        try:
            once_told("R2001", "k", WISH, work, Look(asked_with_key(HELD), {"subject": "X1"}))
        finally:
            connection.close()

    seen: list[str] = []
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(ask, refuse)
        assert at_work.wait(20)
        later = pool.submit(
            ask, lambda reply, found: (seen.extend(each.name for each in found), reply(1).carry_out())
        )
        somebody_waits()
        Event.objects.create(name="a.b", subject="X1", actor="Sara")
        sleep(0.1)  # for longer than is taken for no wait
        go_on.set()
        later.result()
        with pytest.raises(Refusal):
            first.result()
    return seen


@pytest.mark.django_db(transaction=True)
def test_who_waited_for_a_twin_looks_anew() -> None:
    assert seen_after_a_twin_that_was_refused() == ["a.b"]


@pytest.mark.django_db(transaction=True)
def test_otherwise_it_would_work_with_what_was_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.idempotency.WAITED", 60)
    assert seen_after_a_twin_that_was_refused() == []


@pytest.mark.django_db(transaction=True)
def test_without_the_unique_key_both_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.idempotency._claimed", lambda *_: (True, []))
    done: list[int] = []
    for _ in range(2):
        once("R2001", "k", WISH, lambda: done.append(1))
    assert len(done) == 2
