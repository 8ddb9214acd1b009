"""Reading what programs send: JSON objects with the fields they should have, or a refusal that names one."""

import hashlib
import json
import re
from urllib.parse import urlsplit

from werkzeug import Request

from sandbox import clock
from sandbox.errors import Refused
from sandbox.money import CURRENCY, minor

REFERENCE = re.compile(r"[A-Za-z0-9._-]{1,64}")
URL = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+([/?][!-~]*)?")

Fields = dict[str, object]


def fields(request: Request) -> Fields:
    """The JSON object in the body. Raises Refused."""
    try:
        data = json.loads(request.get_data() or b"{}")
    except ValueError:
        raise Refused(400, "invalid", "The body is not JSON.") from None
    if not isinstance(data, dict):
        raise Refused(400, "invalid", "The body is not a JSON object.")
    return data


def fingerprint(data: Fields) -> str:
    """Alike for bodies that say the same."""
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


def text(data: Fields, name: str, form: re.Pattern[str] = REFERENCE) -> str:
    """A field of the given form. Raises Refused."""
    value = data.get(name)
    if not isinstance(value, str) or not form.fullmatch(value):
        raise invalid(name, "is missing or malformed")
    return value


def url(data: Fields, name: str) -> str:
    """A plain http or https address. Raises Refused."""
    value = text(data, name, URL)
    try:
        # The port is read, and a wrong one found, only when it is asked for.
        if urlsplit(value).hostname and (urlsplit(value).port or 80):
            return value
    except ValueError:
        pass
    raise invalid(name, "is not an http or https address")


def amount(data: Fields, name: str = "amount") -> int:
    """An amount in minor units. Raises Refused."""
    try:
        return minor(data.get(name))
    except ValueError as problem:
        raise invalid(name, str(problem)) from None


def currency(data: Fields) -> str:
    """A three-letter currency. Raises Refused."""
    return text(data, "currency", CURRENCY)


def whole(data: Fields, name: str, default: int, most: int) -> int:
    """A count from 1 to `most`. Raises Refused."""
    value = data.get(name, default)
    if type(value) is not int or not 1 <= value <= most:
        raise invalid(name, f"is a whole number from 1 to {most}")
    return value


def choice(data: Fields, name: str, allowed: tuple[str, ...], default: str | None = None) -> str:
    """One of the allowed words. Raises Refused."""
    value = data.get(name, default)
    if value not in allowed:
        raise invalid(name, f"is one of {', '.join(allowed)}")
    return str(value)


def moment(data: Fields, name: str) -> str:
    """An ISO 8601 moment in the form of `clock.stamp`. Raises Refused."""
    try:
        return clock.normal(str(data.get(name) or ""))
    except ValueError:
        raise invalid(name, "is not an ISO 8601 time") from None


def invalid(name: str, problem: str) -> Refused:
    """The refusal of one field."""
    return Refused(400, "invalid", f"{name} {problem}.")
