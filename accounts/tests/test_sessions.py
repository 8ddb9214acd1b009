"""Where I am signed in: every browser and program, and the end of each at once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts import devices
from accounts.models import SignIn
from accounts.tests.signing_in import me, refresh
from core.models import Event
from tests.cast import Api, Cast
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 Version/19.0 Mobile Safari/604.1"
)


def surfing(user: Any, agent: str = CHROME, address: str = "94.200.10.20") -> Client:
    client = Client(REMOTE_ADDR=address, headers={"User-Agent": agent})
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert inside(client)
    return client


def program(user: Any) -> dict[str, Any]:
    client = Client(REMOTE_ADDR="2001:db8:1:2::9", headers={"User-Agent": "till/2.1 (kiosk)"})
    body = {"email": user.email, "password": PASSWORD}
    found: dict[str, Any] = client.post("/api/auth/login", body, content_type="application/json").json()[
        "data"
    ]
    return found


def inside(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def listed(client: Client) -> str:
    return client.get("/account/sessions/").content.decode()


def ends(page: str) -> list[str]:
    return re.findall(r'action="(/account/sessions/[0-9a-f-]{36}/end/)"', page)


def test_ahmed_sees_where_he_is_signed_in(cast: Cast) -> None:
    here = surfing(cast.ahmed)
    surfing(cast.ahmed, PHONE, "5.30.7.8")
    program(cast.ahmed)
    page = listed(here)
    for words in (
        "Chrome · Linux",
        "Safari · iPhone",
        "till/2.1",
        "94.200.10.x",
        "5.30.7.x",
        "2001:db8:1:2::",
    ):
        assert words in page, words
    assert "94.200.10.20" not in page
    assert page.count("this one") == 1
    assert len(ends(page)) == 2


def test_one_is_ended_at_once(cast: Cast) -> None:
    here, there = surfing(cast.ahmed), surfing(cast.ahmed, PHONE)
    here.post(ends(listed(here))[0])
    assert inside(here)
    assert not inside(there)
    assert ends(listed(here)) == []
    assert Event.objects.filter(name="person.end_session", actor_id=cast.ahmed.pk).count() == 1


def test_a_program_is_ended_at_once(cast: Cast) -> None:
    here, pair = surfing(cast.ahmed), program(cast.ahmed)
    assert me(pair["access"]).status_code == 200
    here.post(ends(listed(here))[0])
    assert me(pair["access"]).status_code == 401
    assert refresh(pair["refresh"]).status_code == 401


def test_all_others_are_ended(cast: Cast) -> None:
    here, there, pair, fatima = (
        surfing(cast.ahmed),
        surfing(cast.ahmed),
        program(cast.ahmed),
        surfing(cast.fatima),
    )
    here.post("/account/sessions/end/")
    assert inside(here)
    assert not inside(there)
    assert me(pair["access"]).status_code == 401
    assert inside(fatima)


@pytest.mark.parametrize("who", ["fatima", "sara"])
def test_nobody_ends_or_sees_anothers(cast: Cast, who: str) -> None:
    his, other = surfing(cast.ahmed), surfing(getattr(cast, who))
    row = SignIn.objects.get(user=cast.ahmed)
    assert other.post(f"/account/sessions/{row.pk}/end/").status_code == 404
    assert inside(his)
    assert ends(listed(other)) == []


def test_a_new_password_leaves_this_one_alone(cast: Cast) -> None:
    here = surfing(cast.ahmed)
    surfing(cast.ahmed)
    form = {"oldpassword": PASSWORD, "password1": "Cardamom-and-tea-9", "password2": "Cardamom-and-tea-9"}
    here.post("/accounts/password/change/", form)
    page = listed(here)
    assert page.count("this one") == 1
    assert ends(page) == []


def test_signing_out_takes_it_off_the_list(cast: Cast) -> None:
    here, there = surfing(cast.ahmed), surfing(cast.ahmed)
    there.post("/accounts/logout/")
    assert ends(listed(here)) == []


def test_a_role_that_is_taken_away_ends_everything(cast: Cast) -> None:
    here, pair = surfing(cast.sara), program(cast.sara)
    type(cast.sara).objects.filter(pk=cast.sara.pk).update(role="retailer")
    assert not inside(here)
    assert me(pair["access"]).status_code == 401
    assert refresh(pair["refresh"]).status_code == 401


def test_it_is_noted_now_and_then_that_one_is_used(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    here = surfing(cast.ahmed)
    before = SignIn.objects.get(user=cast.ahmed)
    session = here.session
    session[devices.SEEN] -= devices.OFTEN
    session.save()
    here.defaults["REMOTE_ADDR"] = "5.30.7.8"
    listed(here)
    after = SignIn.objects.get(user=cast.ahmed)
    assert after.network == "5.30.7.0/24"
    assert after.seen_at >= before.seen_at


def test_a_program_is_heard_of_when_it_refreshes(cast: Cast) -> None:
    pair = program(cast.ahmed)
    refresh(pair["refresh"])
    assert SignIn.objects.get(user=cast.ahmed).network.startswith("10.")


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (CHROME, "Chrome · Linux"),
        (PHONE, "Safari · iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/1 Safari/1 Edg/150.0", "Edge · Windows"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", ""),
        ("<script>alert(1)</script>", "scriptalert1/script"),
    ],
)
def test_devices_have_names(agent: str, name: str) -> None:
    assert devices.device(agent) == name


def test_what_something_else_deletes_is_gone_too(cast: Cast) -> None:
    here, there = surfing(cast.ahmed), surfing(cast.ahmed)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_session WHERE session_key = %s", [there.session.session_key])
    assert not inside(there)
    assert ends(listed(here)) == []
    assert devices.tidy() == 1


def test_an_api_answer_names_no_session(cast: Cast) -> None:
    assert "session" not in str(program(cast.ahmed))
    assert Api(cast.ahmed).get("/auth/me").status_code == 200
