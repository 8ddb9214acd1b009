"""Telling the merchant: signed, at least once, under one event id, through refusals and restarts."""

import time

from sandbox.tests.world import SECRET, RunningBank, Shop, signature, until


def test_a_callback_is_signed_over_its_raw_body(bank: RunningBank, shop: Shop) -> None:
    bank.pay(bank.open())
    until(lambda: shop.got)
    headers, body = shop.got[0]
    at = int(headers["Sandbox-Signature"].split(",")[0].removeprefix("t="))
    assert headers["Sandbox-Signature"] == signature(SECRET, body, at)
    assert abs(time.time() - at) < 5
    assert headers["Content-Type"] == "application/json"


def test_it_is_told_again_until_2xx_under_the_same_event_id(bank: RunningBank, shop: Shop) -> None:
    shop.answers = [500, 302, 404, 204]
    bank.pay(bank.open())
    until(lambda: len(shop.got) == 4)
    time.sleep(0.6)
    assert len(shop.got) == 4
    assert len({fact["event_id"] for fact in shop.facts}) == 1
    told = bank.control("sessions?reference=PAY1001").json["sessions"][0]["callbacks"][0]
    assert (told["attempts"], told["status"], told["delivered"]) == (4, 204, True)


def test_each_try_is_signed_afresh(bank: RunningBank, shop: Shop) -> None:
    shop.answers = [500] * 8
    bank.pay(bank.open())
    until(lambda: len(shop.got) == 9)
    assert len({headers["Sandbox-Signature"] for headers, _ in shop.got}) > 1
    assert len({body for _, body in shop.got}) == 1


def test_a_merchant_who_is_away_hears_it_after_the_banks_restart(bank: RunningBank, shop: Shop) -> None:
    shop.answers = [503] * 500
    session = bank.open()
    bank.pay(session)
    until(lambda: shop.got)
    bank.stop(kill=True)
    shop.answers, shop.got = [], []
    bank.start()
    until(lambda: shop.got)
    assert shop.facts[0]["session"] == session


def test_nobody_there_does_not_disturb_the_others(bank: RunningBank, shop: Shop) -> None:
    bank.pay(bank.open("PAY1001", callback_url="http://127.0.0.1:1/nobody"))
    bank.pay(bank.open("PAY1002"))
    until(lambda: [fact["reference"] for fact in shop.facts] == ["PAY1002"])
