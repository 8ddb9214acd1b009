"""Keys and passwords that production does not start on: examples left in place, and those that everybody tries."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

EVERYBODYS = frozenset(
    {"secret", "password", "postgres", "aqad", "aqad-demo", "admin", "root", "changeme", "redis", "test"}
)
EXAMPLES = (
    "insecure",
    "only-for-",
    "changeme",
    "change-me",
    "change_me",
    "your-secret",
    "example",
    "placeholder",
)
SHORTEST, FEWEST = 50, 10


def weak_key(key: str) -> bool:
    """Whether a signing key is short, of few different characters, or an example that was left in place."""
    plain = key.lower()
    return len(key) < SHORTEST or len(set(key)) < FEWEST or any(word in plain for word in EXAMPLES)


def default_password(url: str) -> bool:
    """Whether the address of a server carries a password that stands in an example, or that everybody tries first."""
    password = urlsplit(url).password
    return password is not None and unquote(password).lower() in EVERYBODYS
