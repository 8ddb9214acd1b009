"""The bank's own HTTP client: one signed POST, no redirects, no proxies, no exception when nobody answers."""

from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import SplitResult, urlsplit

from sandbox.signing import HEADER

NOT_REACHED = 0


def post(url: str, body: bytes, signature: str | None, timeout: float, *, hang_up: bool = False) -> int:
    """The HTTP status of the answer, or NOT_REACHED. `hang_up` closes the line before the answer is read."""
    target = urlsplit(url)
    connection = _connection(target, timeout)
    try:
        connection.request("POST", _path(target), body, _headers(signature))
        return NOT_REACHED if hang_up else connection.getresponse().status
    except (OSError, HTTPException, ValueError):
        return NOT_REACHED
    finally:
        connection.close()


def _connection(target: SplitResult, timeout: float) -> HTTPConnection:
    kind = HTTPSConnection if target.scheme == "https" else HTTPConnection
    return kind(target.hostname or "", target.port, timeout=timeout)


def _path(target: SplitResult) -> str:
    return (target.path or "/") + (f"?{target.query}" if target.query else "")


def _headers(signature: str | None) -> dict[str, str]:
    headers = {"Content-Type": "application/json", "User-Agent": "sandbox-bank"}
    return headers | ({HEADER: signature} if signature is not None else {})
