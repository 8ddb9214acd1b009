"""Ahmed invites Karim; Deepa invites drivers; Sara opens a carrier's team."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from accounts import team
from accounts.models import Invitation, User
from accounts.tests.mailbox import browser, html_of, letters, link_in, the_letter
from accounts.tests.signing_in import me
from core.errors import Refusal
from core.models import Event
from tests.cast import Api, Cast

pytestmark = pytest.mark.django_db

KARIM = "karim@example.com"
FACTS = {"name": "Karim", "phone": "050 123 4567", "password": "Saffron-and-rice-4"}


def invited(cast: Cast, by: str = "ahmed", email: str = KARIM, **more: str) -> Any:
    return Api(getattr(cast, by)).post("/team/invitations", {"email": email, **more})


def token_in(letter: Any) -> str:
    return link_in(letter).rstrip("/").rpartition("/")[2]


def accept(token: str, **more: str) -> Any:
    return Api().post("/invitations/accept", {"token": token, **FACTS, **more})


def history(cast: Cast) -> list[tuple[str, str]]:
    rows = Event.objects.filter(subject=cast.ahmed_foods.pk).exclude(seq=1).order_by("pk")
    return [(row.name, row.actor) for row in rows]


def test_karim_joins_on_the_page_and_is_signed_in(cast: Cast) -> None:
    page = browser(cast.ahmed)
    assert page.post("/account/team/", {"email": KARIM.upper()}).status_code == 302
    assert KARIM in page.get("/account/team/").content.decode()
    letter = the_letter(KARIM)
    assert letter.subject == "Ahmed Foods LLC invites you to AQAD"
    assert "Ahmed invites you" in html_of(letter)
    client = browser()
    assert "Ahmed Foods LLC" in client.get(link_in(letter)).content.decode()
    assert client.post(link_in(letter), FACTS).status_code == 302
    karim = User.objects.get(email=KARIM)
    assert (karim.role, karim.business_id) == ("vendor", cast.ahmed_foods.pk)
    assert client.get("/vendor/products/").status_code == 200
    assert "not confirmed yet" not in client.get("/account/").content.decode()
    label = cast.ahmed.label
    assert history(cast) == [("business.invite", label), ("business.join", karim.label)]


def test_karim_joins_through_the_api(cast: Cast) -> None:
    answer = invited(cast)
    assert answer.status_code == 201, answer.content
    joined = accept(token_in(the_letter(KARIM)))
    assert joined.status_code == 201, joined.content
    told = me(joined.json()["data"]["access"]).json()["data"]
    assert (told["name"], told["role"], told["email_verified"]) == ("Karim", "vendor", True)
    assert told["business"]["id"] == cast.ahmed_foods.pk


def test_an_arabic_speaker_invites_in_arabic(cast: Cast) -> None:
    User.objects.filter(pk=cast.ahmed.pk).update(language="ar")
    invited(cast)
    letter = the_letter(KARIM)
    assert letter.subject == "Ahmed Foods LLC تدعوك إلى عقد"
    assert 'dir="rtl"' in html_of(letter)


def test_the_team_lists_members_and_invitations(cast: Cast) -> None:
    invited(cast)
    told = Api(cast.ahmed).get("/team").json()["data"]
    assert [member["name"] for member in told["members"]] == ["Ahmed"]
    assert [row["email"] for row in told["invitations"]] == [KARIM]


def test_a_link_works_once(cast: Cast) -> None:
    invited(cast)
    token = token_in(the_letter(KARIM))
    assert accept(token).status_code == 201
    assert accept(token).status_code == 409
    assert browser().get(f"/invitation/{token}/").status_code == 404
    assert User.objects.filter(email=KARIM).count() == 1


def test_a_link_works_for_seven_days(cast: Cast) -> None:
    invited(cast)
    token = token_in(the_letter(KARIM))
    Invitation.objects.update(expires_at=F("expires_at") - timedelta(days=7))
    assert accept(token).status_code == 409
    assert browser().get(f"/invitation/{token}/").status_code == 404


def test_an_outlived_invitation_makes_room_for_another(cast: Cast) -> None:
    invited(cast)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert invited(cast).status_code == 201


def test_nobody_is_invited_twice_at_a_time(cast: Cast) -> None:
    assert invited(cast).status_code == 201
    again = invited(cast)
    assert (again.status_code, list(again.json()["errors"])) == (400, ["email"])
    page = browser(cast.ahmed).post("/account/team/", {"email": KARIM})
    assert "invited already" in page.content.decode()
    assert len(letters(KARIM)) == 1


def test_who_is_on_aqad_already_is_not_invited(cast: Cast) -> None:
    assert list(invited(cast, email=cast.fatima.email).json()["errors"]) == ["email"]


@pytest.mark.parametrize("token", ["x", "a:b", "00000000000000000000000000000000:x", "ي"])
def test_a_made_up_token_opens_nothing(cast: Cast, token: str) -> None:
    assert accept(token).status_code == 404
    assert browser().get(f"/invitation/{token}/").status_code == 404


def test_the_id_alone_is_no_token(cast: Cast) -> None:
    answer = invited(cast).json()["data"]
    assert accept(answer["id"]).status_code == 404


def test_a_withdrawn_invitation_opens_nothing(cast: Cast) -> None:
    made = invited(cast).json()["data"]
    token = token_in(the_letter(KARIM))
    assert Api(cast.ahmed).call("DELETE", f"/team/invitations/{made['id']}").status_code == 200
    assert Api(cast.ahmed).call("DELETE", f"/team/invitations/{made['id']}").status_code == 409
    assert accept(token).status_code == 409
    assert history(cast)[-1][0] == "business.uninvite"


def test_withdrawn_before_the_letter_left_it_never_leaves(cast: Cast) -> None:
    made = invited(cast).json()["data"]
    browser(cast.ahmed).post(f"/account/team/invitations/{made['id']}/withdraw/")
    assert letters(KARIM) == []


def test_nobody_joins_a_business_that_was_suspended_meanwhile(cast: Cast) -> None:
    invited(cast)
    token = token_in(the_letter(KARIM))
    cast.ahmed_foods.__class__.objects.update(status="suspended")
    assert accept(token).status_code == 409


def test_a_weak_password_keeps_karim_at_the_door(cast: Cast) -> None:
    invited(cast)
    token = token_in(the_letter(KARIM))
    assert list(accept(token, password="12345678").json()["errors"]) == ["password"]
    assert accept(token).status_code == 201


def test_who_is_signed_in_is_asked_to_sign_out_first(cast: Cast) -> None:
    invited(cast)
    path = link_in(the_letter(KARIM))
    page = browser(cast.fatima)
    assert "signed in already" in page.get(path).content.decode()
    page.post(path, FACTS)
    assert not User.objects.filter(email=KARIM).exists()


def test_deepa_invites_a_driver_and_a_dispatcher(cast: Cast) -> None:
    for role in ("driver", "dispatcher"):
        email = f"{role}@example.com"
        assert invited(cast, "deepa", email, role=role).status_code == 201
        assert accept(token_in(the_letter(email))).json()["data"]["user"]["role"] == role


@pytest.mark.parametrize(("by", "role"), [("ahmed", "retailer"), ("fatima", "staff"), ("deepa", "vendor")])
def test_nobody_gives_a_role_that_is_not_theirs_to_give(cast: Cast, by: str, role: str) -> None:
    assert invited(cast, by, role=role).status_code == 400
    with pytest.raises(Refusal):
        user = getattr(cast, by)
        team.invite(user.business, user, email=KARIM, role=role)


def test_inviting_the_whole_town_is_stopped(cast: Cast) -> None:
    api = Api(cast.ahmed)
    codes = [api.post("/team/invitations", {"email": f"p{n}@example.com"}).status_code for n in range(32)]
    assert codes == [201] * 30 + [429] * 2


def test_sara_invites_the_first_dispatcher_in_the_admin(cast: Cast) -> None:
    admin, form = (
        browser(cast.sara),
        {"business": cast.fasttrack.pk, "email": "Lina@Example.com", "language": "ar"},
    )
    assert admin.get("/admin/accounts/invitation/add/").status_code == 200
    assert admin.post("/admin/accounts/invitation/add/", form).status_code == 302
    letter = the_letter("lina@example.com")
    assert 'dir="rtl"' in html_of(letter)
    joined = accept(token_in(letter)).json()["data"]["user"]
    assert (joined["role"], joined["business"]["id"]) == ("dispatcher", cast.fasttrack.pk)
    assert admin.post("/admin/accounts/invitation/add/", form).status_code == 200
    assert admin.get("/admin/accounts/invitation/").status_code == 200


def test_in_the_admin_nobody_is_invited_to_sell(cast: Cast) -> None:
    form = {"business": cast.ahmed_foods.pk, "email": KARIM, "language": "en"}
    assert browser(cast.sara).post("/admin/accounts/invitation/add/", form).status_code == 200
    assert not Invitation.objects.exists()
