"""Checks are made when they are due; each alert is raised once and cleared once, whoever looks."""

import threading

import pytest
from support.alerts import WatchedExchange

from axis.alert_checks.checks import SHARE, AlertChecks, Check, all_checks
from axis.alert_checks.sight import Sight
from axis.alerts import queries
from axis.alerts.catalogue import KINDS
from axis.alerts.changes import Finding


class Monotonic:
    """A clock of durations that a test moves."""

    at = 0.0

    def __call__(self) -> float:
        return self.at


def sight_of(watched: WatchedExchange) -> Sight:
    exchange = watched.exchange
    return Sight(
        exchange.database, exchange.clock, watched.settings, lambda: watched.material, lambda _: (1, 1)
    )


def test_there_is_a_check_for_every_alert() -> None:
    assert [check.name for check in all_checks()] == list(KINDS)


@pytest.mark.stores("sqlite")
def test_a_check_is_made_at_its_interval_and_less_often_where_it_takes_long(watched: WatchedExchange) -> None:
    clock, made = Monotonic(), []

    def quick(_sight, _tx):
        made.append("quick")
        return []

    def slow(_sight, _tx):
        made.append("slow")
        clock.at += 2
        return []

    checks = AlertChecks(
        sight_of(watched), (Check("job-failed", 10, quick), Check("clock-off", 10, slow)), clock
    )
    checks.run_due()
    assert made == ["quick", "slow"]
    clock.at += 10
    checks.run_due()
    assert made == ["quick", "slow", "quick"]
    clock.at += 2 * SHARE - 10
    checks.run_due()
    assert made == ["quick", "slow", "quick", "quick", "slow"]


@pytest.mark.stores("sqlite")
def test_a_check_that_fails_stops_no_other_and_is_made_again(watched: WatchedExchange) -> None:
    clock = Monotonic()

    def failing(_sight, _tx):
        raise RuntimeError("a fault of ours")

    found = [Finding("clock-off", "hub", {})]
    checks = (Check("job-failed", 10, failing), Check("clock-off", 10, lambda _sight, _tx: found))
    watching = AlertChecks(sight_of(watched), checks, clock)
    with pytest.raises(RuntimeError):
        watching.run_due()
    assert watched.subjects("clock-off") == ["hub"]
    found.clear()
    clock.at += 10
    with pytest.raises(RuntimeError):
        watching.run_due()
    assert watched.subjects("clock-off") == []


def test_two_replicas_that_look_at_once_raise_each_once_and_clear_it_once(watched: WatchedExchange) -> None:
    found = [Finding("clock-off", f"hub-{number}", {}) for number in range(5)]
    counted: list[tuple[int, int]] = []

    def look_at_once() -> None:
        barrier = threading.Barrier(2)

        def replica() -> None:
            check = Check("clock-off", 10, lambda _sight, _tx: list(found))
            watching = AlertChecks(sight_of(watched), (check,))
            barrier.wait()
            counted.append(watching.run_due())

        threads = [threading.Thread(target=replica) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    look_at_once()
    assert [sum(each) for each in zip(*counted, strict=True)] == [5, 0]
    found.clear()
    look_at_once()
    assert [sum(each) for each in zip(*counted, strict=True)] == [5, 5]
    with watched.exchange.database.read() as tx:
        events = queries.event_rows(tx, 0, 1_000, 100)
    assert [event.place for event in events] == list(range(1, 11))
    assert [event.kind for event in events] == ["raised"] * 5 + ["cleared"] * 5
