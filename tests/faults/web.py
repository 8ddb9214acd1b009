"""A client that never gives up before it has a definite answer, and writes down every answer it met."""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Protocol

import urllib3

HTTP = urllib3.PoolManager(maxsize=128, retries=False, timeout=20)
LOST = 0
PATIENCE = 180.0  # a market that dies every five seconds on a busy machine is away more than it is there
CARD, DECLINED, LATE, SILENT = "4000000000000077", "4000000000000002", "4000000000000259", "4000000000000341"


class Place(Protocol):
    """What a client needs to know of a market."""

    url: str
    password: str


@dataclass
class Answer:
    """`status` is 0 where the connection broke; `seconds` is the last try alone; `tries` counts all."""

    status: int
    told: Any
    seconds: float
    tries: int = 1
    raw: bytes = b""

    @property
    def data(self) -> Any:
        """What a success carries."""
        assert self.status in (200, 201), (self.status, self.told)
        return self.told["data"]


@dataclass
class Diary:
    """Every single answer: statuses, and what should never have been said."""

    statuses: Counter[int] = field(default_factory=Counter)
    broken: list[tuple[str, str, int, str]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


@dataclass
class Web:
    """One program against the market; signs in at its first need."""

    place: Place
    email: str = ""
    diary: Diary = field(default_factory=Diary)
    _token: str = ""

    @property
    def token(self) -> str:
        """Fetched once."""
        if not self._token and self.email:
            answer = self.sure(
                "POST", "/auth/login", {"email": self.email, "password": self.place.password}, signed=False
            )
            self._token = answer.data["access"]
        return self._token

    def get(self, path: str) -> Answer:
        """One try."""
        return self.once("GET", path)

    def once(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str = "",
        signed: bool = True,
        timeout: float = 20,
    ) -> Answer:
        """One request; a broken connection is status 0."""
        headers = {"Authorization": f"Bearer {self.token}"} if signed and self.email else {}
        headers |= {"Idempotency-Key": key} if key else {}
        url = f"{self.place.url}/api{path}" if not path.startswith("/..") else self.place.url + path[3:]
        began = time.monotonic()
        try:
            answer = HTTP.request(method, url, headers=headers, json=body, redirect=False, timeout=timeout)
        except urllib3.exceptions.HTTPError:
            self.diary.statuses[LOST] += 1
            return Answer(LOST, None, time.monotonic() - began)
        seconds = time.monotonic() - began
        self.diary.statuses[answer.status] += 1
        self.diary.seconds.append(seconds)
        if answer.status >= 500 and answer.status != 503:
            self.diary.broken.append(
                (method, path, answer.status, answer.data[:300].decode(errors="replace"))
            )
        return Answer(answer.status, _told(answer), seconds, raw=answer.data)

    def sure(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str = "",
        signed: bool = True,
        patience: float = PATIENCE,
    ) -> Answer:
        """Again and again (with the same key) until the answer is definite: neither lost, 5xx nor 429."""
        end, tries = time.monotonic() + patience, 0
        while True:
            answer = self.once(method, path, body, key=key, signed=signed)
            tries += 1
            if 0 < answer.status < 500 and answer.status != 429:
                answer.tries = tries
                return answer
            assert time.monotonic() < end, f"{method} {path} never came to an answer: {answer}"
            time.sleep(0.2)

    def open_page(self, link: str, patience: float = PATIENCE) -> str:
        """From AQAD's payment address to the bank's page; empty when there is nothing to pay any more."""
        end = time.monotonic() + patience
        while True:
            answer = self._follow(link)
            if answer is not None and answer.status == 302:
                there = str(answer.headers["Location"])
                return there if "/pay/" in there and "/payments/return" not in there else ""
            if answer is not None and 400 <= answer.status < 500:
                return ""
            assert time.monotonic() < end, f"{link} never opened: {answer and answer.status}"
            time.sleep(0.2)

    def _follow(self, link: str) -> Any:
        try:
            answer = HTTP.request("GET", link, redirect=False)
        except urllib3.exceptions.HTTPError:
            self.diary.statuses[LOST] += 1
            return None
        self.diary.statuses[answer.status] += 1
        if answer.status >= 500 and answer.status != 503:
            self.diary.broken.append(("GET", link, answer.status, answer.data[:300].decode(errors="replace")))
        return answer


def fill_in(page: str, card: str) -> int:
    """The payer at the bank; 303 when the bank has decided."""
    fields = {"card_number": card, "expiry": "12/30", "cvc": "123"}
    return HTTP.request("POST", page, fields=fields, encode_multipart=False, redirect=False).status


def _told(answer: Any) -> Any:
    try:
        return json.loads(answer.data)
    except ValueError:
        return None
