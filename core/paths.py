"""Readable ids in addresses."""

from django.urls import register_converter


class Code:
    """`ORD1001`, in any case."""

    regex = "[A-Za-z]{1,3}[0-9]{1,19}"

    def to_python(self, value: str) -> str:
        return value.upper()

    def to_url(self, value: str) -> str:
        return value


register_converter(Code, "code")
