"""Compares a hub's statistics with the figures that its ledger's entries give.

The hub goes on working meanwhile, so each of its numbers has to lie between those of the entries before and
after it was asked.
"""

import calendar
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final, Literal, get_args

from axis.audit.deadline_figures import DEADLINES, NO_PARTIES, Bounds, deadline_figures
from axis.audit.deadline_rules import microseconds
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

Statistic = Literal["signatures", "exchange", "messages", "deadlines"]
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
                yield from self._deadlines(month, by)
            for by in OF_MESSAGES:
                messages = partial(exchange_figures, self._rows, month, by)
                yield from self._compare("messages", month, by, {}, messages)
            senders, recipients = parties(self._rows, month)
            for by in BY:
                for recipient in recipients:
                    yield from self._signatures(month, by, recipient)
                    yield from self._deadlines(month, by, {"recipient": recipient})
                for sender in senders:
                    yield from self._exchange(month, by, sender)
                    yield from self._deadlines(month, by, {"sender": sender})

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
        query = {"by": by, **_days(month), **more}
        where = _place(statistic, month, more)
        found: list[Finding] = []
        before = count()
        for _ in range(TRIES):
            try:
                items = self._items(statistic, query)
            except HubRefusedError as error:
                found = [Finding("figure", where, f"{error.status} {error.code}", "rows")]
                break
            found = list(_differences(where, by, statistic, items, before, before))
            if found:  # new entries may say why: most answers need no second count
                self._catch_up()
                after = count()
                found = list(_differences(where, by, statistic, items, before, after))
                before = after
            if not found:
                self.compared += len(items)
                break
        yield from found

    def _deadlines(self, month: str, by: By, more: Mapping[str, str] = NO_PARTIES) -> Iterator[Finding]:
        """Compare what was sent and answered in time, as of the moment of which the hub's answer is."""
        query, where = {"by": by, **_days(month), **more}, _place("deadlines", month, more)
        found: list[Finding] = []
        for _ in range(TRIES):
            newest = self._newest()
            try:
                answer = self._hub.json("/v1/statistics/deadlines", query)
            except HubRefusedError as error:
                found = [Finding("figure", where, f"{error.status} {error.code}", "rows")]
                break
            now = _moment(answer.get("at"))
            if now is None or (newest is not None and now < newest):
                found = [Finding("figure", f"{where} at", str(answer.get("at")), "a time after its entries'")]
                continue
            before = deadline_figures(self._rows, month, by, now, more)
            items = _rows_of(answer)
            found = list(_deadline_differences(where, by, items, before, before))
            if found:  # new entries may say why: most answers need no second count
                self._catch_up()
                after = deadline_figures(self._rows, month, by, now, more)
                found = list(_deadline_differences(where, by, items, before, after))
            if not found:
                self.compared += len(items)
                break
        yield from found

    def _newest(self) -> int | None:
        """Return when the newest document was accepted; None where a clock was moved: it may go back."""
        moved = self._rows.execute("SELECT 1 FROM events WHERE clock <> 'real' LIMIT 1").fetchone()
        (at,) = self._rows.execute("SELECT max(at) FROM documents").fetchone()
        return None if moved or at is None else _moment(at)

    def _items(self, statistic: Statistic, query: Mapping[str, str]) -> list[dict[str, Any]]:
        return _rows_of(self._hub.json(f"/v1/statistics/{statistic}", query))


def _rows_of(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    items = answer.get("items")
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _place(statistic: Statistic, month: str, more: Mapping[str, str]) -> str:
    return " ".join([statistic, month, *(f"{name}={value}" for name, value in more.items())])


def _days(month: str) -> dict[str, str]:
    last = calendar.monthrange(int(month[:4]), int(month[5:]))[1]
    return {"from": f"{month}-01", "to": f"{month}-{last:02}"}


def _moment(at: object) -> int | None:
    """Return a time in microseconds since 1970; None for what is none."""
    try:
        return microseconds(at) if isinstance(at, str) else None
    except (ValueError, OverflowError):
        return None


def _deadline_differences(
    where: str,
    by: By,
    items: list[dict[str, Any]],
    before: Mapping[Key, Mapping[str, Bounds]],
    after: Mapping[Key, Mapping[str, Bounds]],
) -> Iterator[Finding]:
    said = {tuple(str(item.get(member)) for member in by.split(",")): item for item in items}
    if len(said) != len(items):
        yield Finding("figure", where, "a row twice", "each once")
    zero = Bounds(0, 0)
    for key in sorted(said.keys() | before.keys() | after.keys()):
        item, place = said.get(key, {}), " ".join([where, *key])
        for name in DEADLINES:
            one, other = (counts.get(key, {}).get(name, zero) for counts in (before, after))
            least, most = min(one.least, other.least), max(one.most, other.most)
            number = _number(item, name)
            if number is None or not least <= number <= most:
                expected = str(least) if least == most else f"{least} to {most}"
                yield Finding("figure", f"{place} {name}", str(item.get(name)), expected)
        if item:
            yield from _wrong_shares(place, item)


def _wrong_shares(place: str, item: Mapping[str, Any]) -> Iterator[Finding]:
    """Compare a row's shares in time with its own numbers."""
    of = {name: _number(item, name) or 0 for name in DEADLINES}
    for rate, part, whole in (
        ("rate_sent", of["sent_in_time"], of["sent"]),
        ("rate_answered", of["answered_in_time"], of["received"] - of["open"]),
    ):
        expected = part / whole if whole else None
        if item.get(rate) != expected:
            yield Finding("figure", f"{place} {rate}", str(item.get(rate)), str(expected))


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
