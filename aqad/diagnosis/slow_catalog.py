"""The product list has become slow: logs, database, cache, machine, deployments and growth, all of it at once."""

from __future__ import annotations

from aqad.diagnosis import database, indexes, plans, surroundings
from aqad.diagnosis.grammar import Check

ROUTES = ("catalog", "api/products", "vendors/")


def checks() -> list[Check]:
    """In the order of looking; findings are told by suspicion."""
    return [
        Check("database", database.answers, apart=True),
        Check("replica", database.replica, apart=True),
        Check("locks", database.waiting),
        Check("long transactions", database.long_transactions),
        Check("pages", plans.pages),
        Check("indexes", indexes.declared),
        Check("statistics", database.statistics),
        Check("cache", surroundings.cache, apart=True),
        Check("slow statements", surroundings.slow_statements, apart=True),
        Check("requests", lambda: surroundings.requests(*ROUTES), apart=True),
        Check("connections", database.connections),
        Check("machine", surroundings.machine, apart=True),
        Check("workers", surroundings.workers),
        Check("deployment", surroundings.deployment),
        Check("migrations", database.migrations),
        Check("growth", database.growth),
    ]
