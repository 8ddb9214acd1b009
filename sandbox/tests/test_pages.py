"""The card page: its words, its policy, and what it says once all is over."""

from sandbox.tests.world import DECLINED, PAID, RunningBank


def test_the_card_page_names_the_payment_and_lists_the_cards(standing_bank: RunningBank) -> None:
    page = standing_bank.ask("GET", f"/pay/{standing_bank.open()}")
    assert page.status == 200
    for words in ("Sandbox bank – no real money", "PAY1001", "AED 1,312.50", "4000 0000 0000 0341"):
        assert words in page.text
    for name in ("card_number", "expiry", "cvc"):
        assert f'name="{name}"' in page.text


def test_arabic_by_browser_or_by_choice(standing_bank: RunningBank) -> None:
    address = f"/pay/{standing_bank.open()}"
    asked = standing_bank.ask("GET", address, headers={"Accept-Language": "ar-AE,en;q=0.5"})
    chosen = standing_bank.ask("GET", f"{address}?lang=ar")
    unknown = standing_bank.ask("GET", f"{address}?lang=xx", headers={"Accept-Language": "fi"})
    for page in (asked, chosen):
        assert '<html lang="ar" dir="rtl">' in page.text
        assert "بنك تجريبي – لا أموال حقيقية" in page.text
    assert '<html lang="en" dir="ltr">' in unknown.text


def test_the_policy_allows_no_script_and_the_way_back(standing_bank: RunningBank) -> None:
    headers = standing_bank.ask("GET", f"/pay/{standing_bank.open()}").headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'self';")
    assert policy.endswith(f"form-action 'self' {standing_bank.shop.url}")
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] == "no-store"


def test_an_ended_session_says_so_and_links_back(bank: RunningBank) -> None:
    paid, declined = bank.open("PAY1001"), bank.open("PAY1002")
    bank.pay(paid, PAID)
    bank.pay(declined, DECLINED)
    page = bank.ask("GET", f"/pay/{paid}").text
    assert "This payment is complete" in page
    assert f'href="{bank.shop.url}/payments/return/?reference=PAY1001&amp;session={paid}"' in page
    assert "This payment did not go through" in bank.ask("GET", f"/pay/{declined}").text


def test_the_way_back_keeps_the_shops_own_query(bank: RunningBank) -> None:
    session = bank.open(return_url="http://shop.example/back?t=abc#end")
    expected = f"http://shop.example/back?t=abc&reference=PAY1001&session={session}#end"
    assert bank.pay(session).headers["Location"] == expected


def test_an_unknown_payment_is_a_readable_404(standing_bank: RunningBank) -> None:
    answer = standing_bank.ask("GET", "/pay/sess_none?lang=ar")
    assert answer.status == 404
    assert "لا توجد دفعة كهذه" in answer.text


def test_the_dress_is_served_and_nothing_else(standing_bank: RunningBank) -> None:
    assert standing_bank.ask("GET", "/static/bank.css").headers["Content-Type"].startswith("text/css")
    assert standing_bank.ask("GET", "/static/icon.svg").status == 200
    assert standing_bank.ask("GET", "/static/..%2Fsettings.py").status == 404
