# ruff: noqa: E501, S608
"""Businesses like one there is, each with its people and goods, in any number: for a past with many parties."""

from __future__ import annotations

from typing import Any

PRODUCTS = 40  # of each vendor
DRIVERS = 10  # of the one carrier, who bring all of them
PARTIES = {
    "accounts_business": ("id = '{code}'", {"id": "'{letter}' || ({number} + n)"}),
    "{profile}": ("business_id = '{code}'", {"business_id": "'{letter}' || ({number} + n)"}),
    "accounts_user": ("id = '{person}'", {"id": "md5('{code}' || n)::uuid", "email": "lower('{letter}') || n || '@past.example'"}),
    "accounts_membership": (
        "user_id = '{person}'",
        {"id": "{number}::bigint * 10000000 + n", "user_id": "md5('{code}' || n)::uuid", "business_id": "'{letter}' || ({number} + n)"},
    ),
}  # fmt: skip
BEGUN = """
INSERT INTO core_event (name, subject, seq, before, after, actor_id, actor, note, data, request_id, at)
    SELECT name, {subject}, seq, before, after, actor_id, actor, note, data, request_id, at
    FROM core_event, {series} WHERE name = '{noun}.create' AND {which}
"""


def number_of(business: Any) -> int:
    """Of a readable id."""
    return int(business.pk[1:])


def more_parties(cursor: Any, business: Any, person: Any, parties: int) -> None:
    """Businesses like this one, each with a person like this one."""
    facts = {
        "code": business.pk, "letter": business.pk[0], "number": number_of(business), "person": person.pk,
        "profile": business._meta.db_table,
    }  # fmt: skip
    for table, (which, changed) in PARTIES.items():
        told = {column: value.format(**facts) for column, value in changed.items()}
        _copy(cursor, table.format(**facts), which.format(**facts), _series(parties), told)
    subject = f"'{business.pk[0]}' || ({number_of(business)} + n)"
    _begun(cursor, "business", subject, f"subject = '{business.pk}'", parties)


def more_drivers(cursor: Any, first: Any, carrier: str) -> None:
    """Drivers of the one carrier, each with as many deliveries as the others."""
    series, person = f"generate_series(1, {DRIVERS - 1}) n", f"md5('{carrier}' || n)::uuid"
    mail = {"id": person, "email": "'d' || n || '@past.example'"}
    _copy(cursor, "accounts_user", f"id = '{first}'", series, mail)
    place = {"id": "30000000 + n", "user_id": person}
    _copy(cursor, "accounts_membership", f"user_id = '{first}'", series, place)


def more_goods(cursor: Any, first: int, vendor: int, parties: int) -> None:
    """The first vendor's goods, for every other vendor too."""
    series = _series(parties)
    which, beyond = f"{{}} BETWEEN {first} AND {first + PRODUCTS - 1}", f"row.{{}} + n * {PRODUCTS}"
    goods = {"id": beyond.format("id"), "vendor_id": f"'V' || ({vendor} + n)"}
    _copy(cursor, "catalog_product", which.format("id"), series, goods)
    key = "product_id"
    _copy(cursor, "catalog_stock", which.format(key), series, {key: beyond.format(key)})
    ledger = {key: beyond.format(key), "id": f"row.id + n * {PRODUCTS} * 10"}
    _copy(cursor, "catalog_movement", which.format(key), series, ledger)
    number = "substr(subject, 2)::bigint"
    _begun(cursor, "product", f"'P' || {number} + n * {PRODUCTS}", which.format(number), parties)
    for table in ("catalog_product", "catalog_movement"):
        highest = first + 1000 + parties * PRODUCTS * 10
        cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, highest])


def _series(parties: int) -> str:
    return f"generate_series(1, {parties - 1}) n"


def _begun(cursor: Any, noun: str, subject: str, which: str, parties: int) -> None:
    """The first line of the history of each."""
    cursor.execute(BEGUN.format(noun=noun, subject=subject, which=which, series=_series(parties)))


def _copy(cursor: Any, table: str, which: str, series: str, changed: dict[str, str]) -> None:
    """The rows of a table again and again, with other values in some columns."""
    cursor.execute(f"SELECT * FROM {table} LIMIT 0")
    columns = [column.name for column in cursor.description]
    values = [changed.get(name, f"row.{name}") for name in columns]
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) OVERRIDING SYSTEM VALUE"
        f" SELECT {', '.join(values)} FROM {table} row, {series} WHERE row.{which}"
    )
