"""Judging again on an exchange, and whether its counters, rows and leaves agree afterwards."""

from typing import Any

from support.exchange import Exchange

from axis.compliance.reconciliation.counter_comparison import reconcile
from axis.compliance.rejudging import note_stopped, rejudge_some
from axis.compliance.store_checks.leaves_and_rows import check_rows
from axis.objects.store import Objects


def again(exchange: Exchange, trust: Any, limit: int = 100, **more: Any) -> int:
    """Judge undecided documents again; return how many got a new verdict."""
    note_stopped(exchange.database, trust)
    return rejudge_some(Objects(exchange.database), trust, exchange.recorder, limit, **more)


def nothing_differs(exchange: Exchange) -> bool:
    """Whether counters, rows and leaves agree."""
    with exchange.database.read() as tx:
        return [*reconcile(tx), *check_rows(tx)] == []
