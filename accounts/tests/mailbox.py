"""What lies in the mailbox of a test."""

from __future__ import annotations

import re
from typing import Any

from django.core import mail
from django.test import Client

from accounts.models import User
from tests.cast import workers_run


def letters(email: str) -> list[Any]:
    """Everything mailed to this address once the workers have run."""
    workers_run()
    return [letter for letter in mail.outbox if letter.to == [email]]


def the_letter(email: str) -> Any:
    """The one letter to this address."""
    [letter] = letters(email)
    return letter


def html_of(letter: Any) -> str:
    """The HTML twin of its text."""
    [(html, kind)] = letter.alternatives
    assert kind == "text/html"
    return str(html)


def link_in(letter: Any) -> str:
    """The path its button leads to; text and HTML agree about it."""
    [path] = re.findall(r":\nhttp://testserver(\S+)", letter.body)
    assert f'href="http://testserver{path}"' in html_of(letter)
    return str(path)


def browser(user: User | None = None, **cookies: str) -> Client:
    """A browser of somebody, signed in."""
    client = Client()
    if user:
        client.force_login(user, backend="accounts.backends.EmailBackend")
    return client
