"""How the bank says no to a program: a status, a code for programs and a sentence for people."""

import json
from collections.abc import Mapping

from werkzeug import Response


class Refused(Exception):
    """A request that is turned down with `status`; nothing was done."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message

    def answer(self) -> Response:
        """The refusal as it goes over the wire."""
        return answer({"code": self.code, "message": self.message}, self.status)


def answer(data: Mapping[str, object], status: int = 200) -> Response:
    """A JSON answer."""
    return Response(json.dumps(data, ensure_ascii=False), status, mimetype="application/json")
