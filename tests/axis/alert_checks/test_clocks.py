"""A machine whose clock is off raises an alert, until it is right or gone."""

import platform

import pytest
from sqlalchemy import update
from support.alerts import WatchedExchange
from support.exchange import MONDAY, FixedClock

from axis.alert_checks.clocks import HEARD_SECONDS, SECOND, note_clock
from axis.alerts.tables import clock_offsets
from axis.clock import Microseconds, real_now


def note(watched: WatchedExchange, seconds: float = 0, **more) -> float:
    """Note the clock of a machine that is so many seconds ahead, or behind the ledger."""
    now = Microseconds(int(seconds * SECOND))
    database = watched.exchange.database
    return note_clock(database, watched.exchange.clock, 5, now=lambda: Microseconds(real_now() + now), **more)


def test_a_clock_that_differs_from_the_database_servers_raises_one_until_it_is_right(
    watched: WatchedExchange,
) -> None:
    if watched.settings.database_url.startswith("sqlite"):
        pytest.skip("a SQLite store has the clock of its one machine")
    assert note(watched, 0, host="hub-1") == 0
    assert note(watched, -60, host="hub-2") == pytest.approx(-60, abs=5)
    assert watched.look("clock-off") == (1, 0)
    assert watched.subjects("clock-off") == ["hub-2"]
    assert note(watched, 0, host="hub-1") == 0  # another machine clears nothing
    assert watched.look("clock-off") == (0, 0)
    assert note(watched, 0, host="hub-2") == 0
    assert watched.look("clock-off") == (0, 1)


def test_a_clock_that_was_put_back_below_the_ledger_raises_one_until_it_has_caught_up(
    watched: WatchedExchange,
) -> None:
    exchange = watched.exchange
    exchange.clock.at = Microseconds(real_now() + 3_600 * SECOND)
    exchange.send()
    assert note(watched) == pytest.approx(-3_600, abs=60)
    assert watched.look("clock-off") == (1, 0)
    assert watched.subjects("clock-off") == [platform.node()[:64]]
    exchange.clock.at = MONDAY
    exchange.send()
    assert note(watched) == 0
    assert watched.look("clock-off") == (0, 1)


def test_a_sandboxs_moved_clock_and_its_leaves_raise_none(watched: WatchedExchange) -> None:
    exchange = watched.exchange
    exchange.clock.at = Microseconds(real_now() + 3_600 * SECOND)
    exchange.clock.move(1)
    exchange.send()
    assert note(watched) == 0
    exchange.clock.move(0)
    assert note(watched) == 0
    assert isinstance(exchange.clock, FixedClock)


def test_a_machine_that_is_gone_is_forgotten_and_zero_seconds_watch_none(watched: WatchedExchange) -> None:
    exchange = watched.exchange
    exchange.clock.at = Microseconds(real_now() + 3_600 * SECOND)
    exchange.send()
    note(watched, host="gone")
    assert watched.look("clock-off") == (1, 0)
    ago = clock_offsets.c.at - (HEARD_SECONDS + 5) * SECOND
    exchange.database.write(lambda tx: tx.execute(update(clock_offsets).values(at=ago)))
    assert watched.look("clock-off") == (0, 1)
    note(watched, host="here")
    assert watched.look("clock-off") == (1, 0)
    watched.set(alert_clock_seconds=0)
    assert watched.look("clock-off") == (0, 1)
    assert note_clock(exchange.database, exchange.clock, 0, host="here") == 0
