"""Compares what a hub's statistics say with the figures that its ledger's entries give.

Every agency and month: by type and by day, what each agency sent to each other, and what became of it. A hub
goes on working meanwhile, so each of its numbers has to lie between those of just before and just after it
was asked; on a hub at rest these are the same. It reads no documents.
"""

import calendar
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final, Literal, get_args

from axis.audit.errors import HubRefusedError
from axis.audit.figures import (
    EXCHANGE,
    OF_MESSAGES,
    By,
    Key,
    Row,
    exchange_figures,
    months,
    parties,
    signature_figures,
)
from axis.audit.findings import Finding
from axis.audit.hub_client import HubClient
from axis.audit.recount import CLASSES

TRIES: Final = 3
"""How often a question is asked whose answer differs, before it is said so."""
SIGNATURES: Final = ("sent", "signed", *CLASSES)
RATES: Final = {"rate": ("both", "organisation"), "rate_full": ("both",), "rate_any": CLASSES[:3]}
BY: Final[tuple[By, By]] = ("agency,type", "agency,day,type")
"""Both grains in which a hub keeps its counters, down to the type: sums cannot hide what differs in parts."""

Statistic = Literal["signatures", "exchange", "messages"]
Count = Callable[[], Mapping[Key, Row]]


class Comparison:
    """A hub's statistics beside an audit's count."""

    def __init__(self, rows: sqlite3.Connection, hub: HubClient, catch_up: Callable[[], object]) -> None:
        self._rows = rows
        self._hub = hub
        self._catch_up = catch_up
        self.compared = 0
        """How many rows of the hub's were compared."""

    def differences(self) -> Iterator[Finding]:
        """Yield every figure of the hub that differs from the count of the entries."""
        known = months(self._rows)
        yield from self._unknown_months(known)
        for month in known:
            for by in BY:
                yield from self._signatures(month, by)
                yield from self._exchange(month, by)
            for by in OF_MESSAGES:
                messages = partial(exchange_figures, self._rows, month, by)
                yield from self._compare("messages", month, by, {}, messages)
            senders, recipients = parties(self._rows, month)
            for by in BY:
                for recipient in recipients:
                    yield from self._signatures(month, by, recipient)
                for sender in senders:
                    yield from self._exchange(month, by, sender)

    def _unknown_months(self, known: list[str]) -> Iterator[Finding]:
        for statistic in get_args(Statistic):
            for item in self._items(statistic, {"by": "month"}):
                month = str(item.get("month"))
                if month not in known and any(
                    _number(item, name) for name in ("sent", "addressed", "received")
                ):
                    self._catch_up()
                    if month not in months(self._rows):
                        yield Finding(
                            "figure", f"{statistic} {month}", "figures", "nothing: no entry is of then"
                        )

    def _signatures(self, month: str, by: By, recipient: str | None = None) -> Iterator[Finding]:
        more = {} if recipient is None else {"recipient": recipient}
        count = partial(signature_figures, self._rows, month, by, recipient)
        yield from self._compare("signatures", month, by, more, count)

    def _exchange(self, month: str, by: By, sender: str | None = None) -> Iterator[Finding]:
        more = {} if sender is None else {"sender": sender}
        count = partial(exchange_figures, self._rows, month, by, sender)
        yield from self._compare("exchange", month, by, more, count)

    def _compare(
        self, statistic: Statistic, month: str, by: By, more: Mapping[str, str], count: Count
    ) -> Iterator[Finding]:
        first, last = f"{month}-01", f"{month}-{calendar.monthrange(int(month[:4]), int(month[5:]))[1]:02}"
        query = {"by": by, "from": first, "to": last, **more}
        where = " ".join([statistic, month, *(f"{name}={value}" for name, value in more.items())])
        found: list[Finding] = []
        for _ in range(TRIES):
            before = count()
            try:
                items = self._items(statistic, query)
            except HubRefusedError as error:
                found = [Finding("figure", where, f"{error.status} {error.code}", "rows")]
                break
            self._catch_up()
            found = list(_differences(where, by, statistic, items, before, count()))
            if not found:
                self.compared += len(items)
                break
        yield from found

    def _items(self, statistic: Statistic, query: Mapping[str, str]) -> list[dict[str, Any]]:
        items = self._hub.json(f"/v1/statistics/{statistic}", query).get("items")
        return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _differences(
    where: str,
    by: By,
    statistic: Statistic,
    items: list[dict[str, Any]],
    before: Mapping[Key, Row],
    after: Mapping[Key, Row],
) -> Iterator[Finding]:
    names = SIGNATURES if statistic == "signatures" else EXCHANGE
    members = by.split(",")
    said = {tuple(str(item.get(member)) for member in members): item for item in items}
    if len(said) != len(items):
        yield Finding("figure", where, "a row twice", "each once")
    nothing: Row = {}
    for key in sorted(said.keys() | before.keys() | after.keys()):
        item, low, high = said.get(key, nothing), before.get(key, nothing), after.get(key, nothing)
        place = " ".join([where, *key])
        for name in names:
            bounds = sorted((low.get(name, 0), high.get(name, 0)))
            number = _number(item, name)
            if number is None or not bounds[0] <= number <= bounds[1]:
                expected = str(bounds[0]) if bounds[0] == bounds[1] else f"{bounds[0]} to {bounds[1]}"
                yield Finding("figure", f"{place} {name}", str(item.get(name)), expected)
        if statistic == "signatures" and item:
            yield from _wrong_rates(place, item)


def _wrong_rates(place: str, item: Mapping[str, Any]) -> Iterator[Finding]:
    """Compare a row's rates with its own numbers, which were compared with the entries'."""
    sent = _number(item, "sent")
    for name, parts in RATES.items():
        expected = sum(_number(item, part) or 0 for part in parts) / sent if sent else None
        if item.get(name) != expected:
            yield Finding("figure", f"{place} {name}", str(item.get(name)), str(expected))


def _number(item: Mapping[str, Any], name: str) -> int | None:
    """Return a number of a row; a row that is not there has zeros."""
    value = item.get(name, 0 if not item else None)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
