"""PostgreSQL: whether it answers, who waits for whom, which indexes are gone, what the planner knows."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from django.db import DatabaseError, connection
from django.db import connections as databases

from aqad.diagnosis.grammar import Finding, Seen, ago, first_line, rows, short
from core import replicas

TABLES = (
    "catalog_product", "catalog_stock", "catalog_image", "catalog_category", "catalog_brand", "vendors_vendor",
    "accounts_business",
)  # fmt: skip
"""What a page of the catalogue reads."""
SLOW_ANSWER = 0.05
MANY_ROWS = 2000
MANY_DEAD = 10_000
LONG = 30
BEHIND = 10


def answers() -> Iterator[Seen]:
    """How fast the shortest statement comes back."""
    times = []
    try:
        for _ in range(10):
            began = time.perf_counter()
            rows("SELECT 1")
            times.append(time.perf_counter() - began)
    except DatabaseError as away:
        yield Finding(
            100, "The database does not answer", (first_line(away),),
            "Check DATABASE_URL and the server; nothing works without it.",
        )  # fmt: skip
        return
    median = sorted(times)[len(times) // 2]
    yield f"answers in {median * 1000:.2f} ms"
    if median > SLOW_ANSWER:
        yield Finding(
            70, "Every statement is slow, even the shortest", (f"SELECT 1 takes {median * 1000:.0f} ms",),
            "Look at the network to the database, the pooler's queue, and the server's load.",
        )  # fmt: skip


def replica() -> Iterator[Seen]:
    """Whether the replica that readers are sent to answers, and how far it is behind."""
    if not replicas.configured():
        yield "none"
        return
    try:
        with databases[replicas.REPLICA].cursor() as cursor:
            cursor.execute(
                """SELECT pg_is_in_recovery(), CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
                   ELSE extract(epoch FROM now() - pg_last_xact_replay_timestamp()) END"""
            )
            following, behind = cursor.fetchone()
    except DatabaseError as away:
        yield Finding(
            58, "The replica does not answer: the primary serves all readers", (first_line(away),),
            "Start it, or take DATABASE_REPLICA_URL away.",
        )  # fmt: skip
        return
    yield f"{float(behind or 0):.1f} s behind"
    if not following or float(behind or 0) > BEHIND:
        yield Finding(
            57, "The replica does not keep up: the primary serves its readers",
            (f"{float(behind or 0):.0f} s behind" if following else "it follows nobody",),
            "Look at pg_stat_replication on the primary, and at the replica's disk.",
        )  # fmt: skip


def connections() -> Iterator[Seen]:
    """How many of them are used."""
    ((used, most),) = rows(
        "SELECT (SELECT count(*) FROM pg_stat_activity), current_setting('max_connections')::int"
    )
    yield f"{used} of {most} connections"
    if used > 0.8 * most:
        states = rows(
            "SELECT coalesce(state, 'none'), count(*) FROM pg_stat_activity GROUP BY 1 ORDER BY 2 DESC"
        )
        yield Finding(
            75, "The database is running out of connections", tuple(f"{count} {state}" for state, count in states),
            "Put a pooler before it, or lower WEB_WORKERS × WEB_THREADS; end those that are idle in a transaction.",
        )  # fmt: skip


def waiting() -> Iterator[Seen]:
    """Who waits for whose lock, and who holds one on the catalogue; tables of other databases have the same numbers."""
    blocked = rows(
        """SELECT waits.pid, now() - waits.query_start, waits.query, holds.pid, holds.state, holds.query
           FROM pg_stat_activity waits, unnest(pg_blocking_pids(waits.pid)) blocker
           JOIN pg_stat_activity holds ON holds.pid = blocker
           WHERE waits.datname = current_database() LIMIT 20"""
    )
    held = rows(
        """SELECT DISTINCT locks.pid, locks.relation::regclass::text, locks.mode, who.state, who.query
           FROM pg_locks locks JOIN pg_stat_activity who ON who.pid = locks.pid
           WHERE locks.granted AND locks.pid <> pg_backend_pid() AND locks.relation = ANY(%s::regclass[])
             AND who.datname = current_database()
             AND locks.mode IN ('AccessExclusiveLock', 'ExclusiveLock', 'ShareRowExclusiveLock')""",
        list(TABLES),
    )
    yield f"{len(blocked)} wait for a lock"
    evidence = [f"{pid} waits {_for(since)} for {by} ({state}: {short(does)})"
                for pid, since, _query, by, state, does in blocked]  # fmt: skip
    evidence += [
        f"{pid} holds {mode} on {table} ({state}: {short(does)})" for pid, table, mode, state, does in held
    ]
    if evidence:
        holds = [str(row[3]) for row in blocked] + [str(row[0]) for row in held]
        yield Finding(
            95, "A lock is in the way", tuple(evidence),
            f"See whose it is (pid {holds[0]} in pg_stat_activity). Nobody's any more, or not worth the wait:"
            f" SELECT pg_terminate_backend({holds[0]}); what it had not committed is undone, nothing else.",
        )  # fmt: skip


def long_transactions() -> Iterator[Seen]:
    """Those that keep old rows alive and locks held."""
    found = rows(
        """SELECT pid, extract(epoch FROM now() - xact_start), coalesce(state, ''), query FROM pg_stat_activity
           WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
             AND xact_start < now() - %s * interval '1 second' ORDER BY xact_start LIMIT 10""",
        LONG,
    )
    yield f"{len(found)} transactions older than {LONG} s"
    if found:
        yield Finding(
            65, "Transactions stay open",
            tuple(f"{pid} for {ago(age)}, {state}: {short(q)}" for pid, age, state, q in found),
            "Ask who runs them (a report, a backup, a forgotten shell?) and end what is not needed.",
        )  # fmt: skip


def statistics() -> Iterator[Seen]:
    """What the planner believes of the catalogue's tables, and what lies dead in them."""
    for table, live, dead, changed, known in rows(
        """SELECT relname, n_live_tup, n_dead_tup, n_mod_since_analyze,
                  EXISTS (SELECT FROM pg_stats WHERE tablename = relname AND schemaname = stats.schemaname)
           FROM pg_stat_user_tables stats WHERE relname = ANY(%s) ORDER BY relname""",
        list(TABLES),
    ):
        many = len(rows(f"SELECT FROM {table} LIMIT {MANY_ROWS}")) == MANY_ROWS
        if many and not known:
            yield Finding(
                88, f"The planner knows nothing of {table}", ("no statistics were ever gathered, or they are gone",),
                f"ANALYZE {table}; and see that autovacuum is on.",
            )  # fmt: skip
        elif many and changed > max(live, MANY_ROWS) / 2:
            yield Finding(
                55, f"The planner's picture of {table} is old", (f"{changed} rows changed since, of {live}",),
                f"ANALYZE {table};",
            )  # fmt: skip
        if dead > MANY_DEAD and dead > live / 2:
            yield Finding(
                60, f"{table} is bloated", (f"{dead} dead rows beside {live}",),
                f"VACUUM (ANALYZE) {table}; look for a long transaction that keeps them.",
            )  # fmt: skip
    yield f"{len(TABLES)} tables looked at"


def growth() -> Iterator[Seen]:
    """How large things are, and how much of it came in the last week."""
    for table in ("catalog_product", "orders_order"):
        ((all_of_them, new, size),) = rows(
            f"""SELECT count(*), count(*) FILTER (WHERE created_at > now() - interval '7 days'),
                       pg_total_relation_size('{table}') FROM {table}"""  # noqa: S608
        )
        yield f"{table}: {all_of_them} rows, {new} of them in 7 days, {size / 2**20:.0f} MiB"
        if all_of_them > 50_000 and new > all_of_them / 2:
            yield Finding(
                40, f"{table} has doubled within a week", (f"{new} of {all_of_them} rows are new",),
                "Plans that were right for the old size may not be: read the pages' plans above.",
            )  # fmt: skip


def _for(since: Any) -> str:
    return ago(since.total_seconds()) if since else "?"


def migrations() -> Iterator[Seen]:
    """What changed last in the schema, and what has not been applied."""
    from django.db.migrations.executor import MigrationExecutor

    ((name, age),) = rows(
        """SELECT app || '.' || name, extract(epoch FROM now() - applied) FROM django_migrations
           ORDER BY applied DESC, id DESC LIMIT 1"""
    )
    yield f"last migration: {name}, {ago(float(age))} ago"
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        yield Finding(
            80, "The code expects migrations that were not applied", tuple(str(each[0]) for each in plan),
            "manage.py migrate; or go back to the release that fits the schema.",
        )  # fmt: skip
