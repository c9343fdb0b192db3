"""Checks made as a hub makes them, on an exchange, and the alerts that stand open afterwards."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from support.exchange import Exchange

from axis.alert_checks.checks import AlertChecks, Check, all_checks
from axis.alert_checks.sight import Sight
from axis.alerts import queries
from axis.settings import Settings
from signing.paths.validation import TrustMaterial

GIB = 1 << 30


class WatchedExchange:
    """An exchange, its settings and its trust material, as checks see them."""

    def __init__(self, exchange: Exchange, database_url: str) -> None:
        self.exchange = exchange
        self.settings = Settings(database_url=database_url)
        self.material = TrustMaterial(roots=())
        self.free = 50 * GIB
        self._checks: tuple[Check, ...] = all_checks()

    def set(self, **settings: Any) -> None:
        self.settings = replace(self.settings, **settings)

    def look(self, name: str) -> tuple[int, int]:
        """Make the check of a name; return how many alerts were raised and cleared."""
        sight = Sight(
            self.exchange.database, self.exchange.clock, self.settings, lambda: self.material, self._room
        )
        chosen = tuple(check for check in self._checks if check.name == name)
        assert chosen
        return AlertChecks(sight, chosen).run_due()

    def open(self, name: str) -> list[Any]:
        with self.exchange.database.read() as tx:
            return list(queries.open_alerts(tx, [name]))

    def subjects(self, name: str) -> list[str]:
        return sorted(row.subject for row in self.open(name))

    def _room(self, _path: Path) -> tuple[int, int]:
        return self.free, 100 * GIB
