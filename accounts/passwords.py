"""Passwords that somebody who knows the house would try: leaked ones in disguise, and words of the trade.

OWASP ASVS 5.0, 6.1.2, 6.2.11 and 6.2.12. The leaked ones are those Django brings: the 20,000 most frequent of Pwned
Passwords v6.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Business, Membership, User

HOUSE = frozenset(
    word
    for line in (
        "aqad market marketplace trade trading wholesale wholesaler vendor retailer retail supplier supply buyer",
        "seller carrier driver delivery order orders shop store grocery foods food foodstuff login account llc fze",
        "uae emirates dubai sharjah ajman fujairah abudhabi abu dhabi alain rasalkhaimah umm quwain gulf khaleej deira",
        "ramadan عقد دبي الشارقة ابوظبي الامارات رمضان متجر سوق",
    )
    for word in line.split()
)
DISGUISES = str.maketrans("013457@$!", "oieastasi")
SHORTEST = 4  # fewer letters say nothing about the rest


class KnownPasswordValidator(CommonPasswordValidator):
    """Django's, that also sees through figures around a word and signs for its letters."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raises `ValidationError` for what others would guess first."""
        super().validate(password, user)
        bare = letters(password)
        if len(bare) >= SHORTEST and bare in self.passwords:
            raise ValidationError(self.get_error_message(), code="password_too_common")
        if bare and _made_of(bare, HOUSE | _words_of(user)):
            raise ValidationError(_("Others here would guess this password."), code="password_of_the_house")


def letters(password: str) -> str:
    """What is left without figures and signs at the ends, and with letters where signs stand for them."""
    inner = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", password.lower())
    return re.sub(r"[\W\d_]", "", inner.translate(DISGUISES))


def newcomer(name: str, email: str, company: str) -> User:
    """Somebody who is about to join, for validators to look at; nothing is written."""
    user = User(name=name, email=email)
    user.membership = Membership(business=Business(name=company))
    return user


def _words_of(user: User | None) -> set[str]:
    business = user.business if user else None
    return set(re.findall(r"[^\W\d_]{3,}", business.name.lower())) if business else set()


def _made_of(text: str, words: Iterable[str]) -> bool:
    """Whether words one after the other are all of a text; in steps, for people choose the words."""
    reached = {0}
    for end in range(1, len(text) + 1):
        if any(end - len(word) in reached and text.startswith(word, end - len(word)) for word in words):
            reached.add(end)
    return len(text) in reached
