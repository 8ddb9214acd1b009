"""What must always be true of histories, the outbox, stored answers and clocks, whatever the trade."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.apps import apps
from django.db import models

from core.audit import Invariant, Part
from core.lifecycle import Lifecycle, Moving
from core.moments import KEPT, WEEK

EVENTS = "SELECT count(*) FROM core_event"
NEWEST = "(SELECT max(id) FROM core_event WHERE seq > 1)"
DEADLINES = {"reserved_until", "due_at", "expires_at", "expire_date", "until", "welcome"}
THEIRS = {"payments_bookline.at", "payments_break.fact_at"}  # as a gateway's clock has it
LATELY = f"event.at > now() - interval '7 days' AND event.id >= {WEEK}"
KEPT_LONG = f"event.at > now() - interval '90 days' AND event.id >= {KEPT}"
FAR = "now() + interval '5 minutes'"

ANSWERS = (
    Part(
        "a key of one owner has two answers",
        "SELECT owner || ' ' || key AS who FROM core_answer GROUP BY owner, key HAVING count(*) > 1",
        (
            """INSERT INTO core_answer (id, owner, key, fingerprint, status, body)
               SELECT gen_random_uuid(), 'R2001', 'self-test', '', 201, '{}' FROM generate_series(1, 2)""",
        ),
    ),
    Part(
        "a key is taken and has no answer",
        "SELECT owner || ' ' || key AS who FROM core_answer WHERE status IS NULL OR body = ''",
        (
            """INSERT INTO core_answer (id, owner, key, fingerprint, body)
               VALUES (gen_random_uuid(), 'R2001', 'self-test', '', '')""",
        ),
    ),
)

OUTBOX = Invariant(
    "I16",
    "What must follow is done within a minute of its time, or given up with a reason",
    "SELECT count(*) FROM core_reaction WHERE done_at IS NULL",
    (
        Part(
            "it has been due for more than a minute",
            """SELECT event.subject || ' ' || reaction.handler AS who
               FROM core_reaction reaction JOIN core_event event ON event.id = reaction.event_id
               WHERE reaction.done_at IS NULL AND NOT reaction.dead
                 AND reaction.due_at < now() - interval '60 seconds'""",
            ("UPDATE core_reaction SET done_at = NULL, due_at = now() - interval '2 minutes', dead = false",),
        ),
        Part(
            "it was given up and nobody says why",
            """SELECT event.subject || ' ' || reaction.handler AS who
               FROM core_reaction reaction JOIN core_event event ON event.id = reaction.event_id
               WHERE reaction.dead AND reaction.problem = ''""",
            ("UPDATE core_reaction SET done_at = NULL, dead = true, problem = ''",),
        ),
    ),
)


def histories(nouns: Iterable[type[Moving]], rare: Mapping[type[Moving], str]) -> Invariant:
    """The histories of all these nouns follow their tables and end where the nouns are now.

    Of `rare` nouns there may be none: the self-test makes one without a history by this statement.
    """
    kinds = tuple(nouns)
    breaks = [how for kind in kinds for how in ((rare[kind],) if kind in rare else _lies(kind))]
    return Invariant(
        "I14",
        "Every history has no gap, follows its table, and ends in the status that is shown",
        f"{EVENTS} WHERE seq IS NOT NULL",
        (_edges([kind.LIFECYCLE for kind in kinds]), _ends(kinds, tuple(breaks)), ONWARDS),
    )


def _edges(tables: Sequence[Lifecycle]) -> Part:
    edges = ", ".join(
        f"('{table.noun}.{move.name}', '{source}', '{move.target}')"
        for table in tables
        for move in table.table
        for source in move.sources
    )
    return Part(
        "a step is not in its table",
        f"""SELECT DISTINCT subject AS who FROM core_event
            WHERE seq > 1 AND (name, before, after) NOT IN (VALUES {edges})""",
        (
            f"UPDATE core_event SET before = 'nowhere' WHERE id = {NEWEST}",
            f"UPDATE core_event SET name = 'order.teleport' WHERE id = {NEWEST}",
        ),
    )


ONWARDS = Part(
    "a step of the last week lies before the one it follows",
    f"""SELECT DISTINCT later.subject AS who FROM core_event later JOIN core_event earlier
           ON earlier.subject = later.subject AND earlier.seq = later.seq - 1
       WHERE later.id >= {WEEK} AND later.at < earlier.at""",
    (
        f"""UPDATE core_event SET at = now() + interval '1 minute' WHERE (subject, seq) = (
                SELECT subject, seq - 1 FROM core_event WHERE id = {NEWEST})""",
    ),
)


def code_of(kind: type[models.Model], alias: str) -> str:
    """The readable id of a row of this table, in SQL."""
    prefix = getattr(kind, "PREFIX", "")
    key = f"{alias}.{kind._meta.pk.column}::text"
    return f"'{prefix}' || {key}" if prefix else key


def _ends(kinds: Sequence[type[Moving]], breaks: tuple[str, ...]) -> Part:
    """In one pass without an order: a step puts in where it leads, by its number, and takes out where the one before
    led. Of a whole history only its end is left, and what was before its beginning. None lies before its beginning.
    """
    things = " UNION ALL ".join(
        f"SELECT {code_of(kind, 'thing')} AS code, version, status FROM {kind._meta.db_table} thing"
        for kind in kinds
    )
    return Part(
        "its steps do not lead from its beginning to where it is, or one of the two is missing",
        f"""SELECT coalesce(thing.code, story.subject) AS who FROM ({things}) thing FULL JOIN (
                SELECT subject COLLATE "C" AS subject, count(*) AS steps, max(seq) AS last,
                       bit_xor(hashtextextended(after, seq) # hashtextextended(before, seq - 1)) AS trace,
                       min(at) >= min(at) FILTER (WHERE seq = 1) AS onwards
                FROM core_event WHERE seq IS NOT NULL GROUP BY 1
            ) story ON story.subject = thing.code
            WHERE (story.steps, story.last, story.trace, story.onwards) IS DISTINCT FROM (thing.version, thing.version,
                   hashtextextended(thing.status, thing.version) # hashtextextended('', 0), true)""",
        (
            f"UPDATE core_event SET seq = seq + 1 WHERE id = {NEWEST}",
            f"UPDATE core_event SET before = 'nowhere' WHERE id = {NEWEST}",
            f"UPDATE core_event SET after = 'nowhere' WHERE id = {NEWEST}",
            f"UPDATE core_event SET at = '2020-01-01' WHERE id = {NEWEST}",
            *breaks,
        ),
    )


def _lies(kind: type[Moving]) -> tuple[str, ...]:
    """For the self-test: one of this noun says something else than its history, or has none."""
    table, key = kind._meta.db_table, kind._meta.pk.column
    code = code_of(kind, "thing")
    where = f"WHERE thing.{key}::text = (SELECT min({key}::text) FROM {table})"
    return (
        f"UPDATE {table} thing SET status = 'nowhere' {where}",
        f"UPDATE {table} thing SET version = version + 1 {where}",
        f"DELETE FROM core_event USING {table} thing {where} AND subject = {code}",
        f"""INSERT INTO core_event (name, subject, seq, before, after, actor, note, data, request_id)
            SELECT 'x.y', {code}, thing.version + 1, thing.status, thing.status, '', '', '{{}}', ''
            FROM {table} thing {where}""",
    )


def outbox_rows(reactions: Mapping[str, Sequence[str]], always: Sequence[str]) -> Invariant:
    """Every event has its rows of the outbox.

    Handlers that begin with one of `always` are demanded of every event of 90 days. Others are news, demanded for a
    week: an event may be from before the handler stood in the map, so that counts from an hour after the first of its
    kind on.
    """
    rows = [(name, handler) for name, handlers in reactions.items() for handler in handlers]
    goods = [row for row in rows if row[1].startswith(tuple(always))]
    news = [row for row in rows if row not in goods]
    return Invariant(
        "I15",
        "What happened has its rows in the outbox, one for each thing that must follow",
        "SELECT count(*) FROM core_reaction",
        (
            Part(
                "goods or money would not follow",
                _missing(goods, only=KEPT_LONG, since=KEPT),
                (f"DELETE FROM core_reaction WHERE handler IN ({_quoted({row[1] for row in goods})})",),
            ),
            Part(
                "nobody would be told",
                f"""WITH missing AS MATERIALIZED (
                        {_missing(news, ", event.name, event.at, demanded.handler", LATELY, WEEK)}),
                    known AS (
                        SELECT first.name, there.handler, min(first.at) AS since
                        FROM core_event first JOIN core_reaction there ON there.event_id = first.id
                        WHERE EXISTS (SELECT FROM missing) GROUP BY 1, 2
                    ) SELECT missing.who FROM missing JOIN known USING (name, handler)
                      WHERE known.since < missing.at - interval '1 hour'""",
                (_forget_news(news),),
            ),
        ),
    )


def _missing(rows: Sequence[tuple[str, str]], more: str = "", only: str = "true", since: str = "0") -> str:
    """Events without a row of the outbox that they should have; of them `only` some, their ids from `since` on."""
    demanded = ", ".join(f"('{name}', '{handler}')" for name, handler in rows)
    return f"""SELECT event.subject || ' ' || event.name AS who {more}
        FROM core_event event JOIN (VALUES {demanded}) demanded (name, handler) ON demanded.name = event.name
        LEFT JOIN (
            SELECT event_id, handler FROM core_reaction
            WHERE event_id >= {since} AND handler IN ({_quoted({handler for _name, handler in rows})})
        ) there ON there.event_id = event.id AND there.handler = demanded.handler
        WHERE {only} AND there.event_id IS NULL OFFSET 0"""


def _forget_news(rows: Sequence[tuple[str, str]]) -> str:
    """The newest of a kind loses its row; the oldest of it is made older."""
    handlers = _quoted({handler for _name, handler in rows})
    return f"""WITH newest AS (
            SELECT max(reaction.id) AS id, min(reaction.event_id) AS first FROM core_reaction reaction
            JOIN core_event event ON event.id = reaction.event_id WHERE reaction.handler IN ({handlers})
            GROUP BY event.name, reaction.handler HAVING count(*) > 1 ORDER BY count(*) DESC LIMIT 1
        ), older AS (UPDATE core_event SET at = at - interval '2 hours' WHERE id = (SELECT first FROM newest))
        DELETE FROM core_reaction WHERE id = (SELECT id FROM newest)"""


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in sorted(words))


def clocks() -> Invariant:
    """No row says that it happened later than now; deadlines may."""
    columns = list(_instants())
    ahead = " UNION ALL ".join(
        f"SELECT '{table}.{column} ' || {key} AS who FROM {table} WHERE {column} > {FAR}"
        for table, key, column in columns
    )
    return Invariant(
        "I23",
        "Every instant carries its zone, and none but deadlines lies ahead",
        f"SELECT {len(columns)}",
        (
            Part(
                "it lies more than five minutes ahead",
                ahead,
                ("UPDATE core_event SET at = now() + interval '6 minutes'",),
            ),
            Part(
                "a column of instants knows no zone",
                """SELECT table_name || '.' || column_name AS who FROM information_schema.columns
                   WHERE table_schema = current_schema() AND data_type = 'timestamp without time zone'""",
                ("ALTER TABLE core_answer ALTER COLUMN at TYPE timestamp",),
            ),
        ),
    )


def _instants() -> Iterator[tuple[str, str, str]]:
    """Table, key and column of every instant that is no deadline."""
    for model in apps.get_models():
        if not model._meta.managed or model._meta.proxy:
            continue
        for column in model._meta.local_fields:
            named = f"{model._meta.db_table}.{column.column}"
            instant = isinstance(column, models.DateTimeField) and column.name not in DEADLINES
            if instant and named not in THEIRS:
                yield model._meta.db_table, str(model._meta.pk.column), str(column.column)
