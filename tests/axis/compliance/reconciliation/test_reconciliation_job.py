"""Reconciliation in steps finds what reconciliation at once finds, whatever happens between the steps."""

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from sqlalchemy import delete, update
from support.exchange import A, B, C, Exchange
from support.jobs import LONG, OWNER, end_leases, state_of
from support.traffic import live_a_little

from axis.compliance.reconciliation import months, reconciliation_job
from axis.compliance.reconciliation.counter_comparison import Difference, reconcile
from axis.compliance.reconciliation.ledger_health import describe_health
from axis.counters.tables import counters
from axis.database import Write
from axis.deliveries.tables import deliveries
from axis.documents.tables import documents
from axis.jobs.job_queue import submit
from axis.jobs.kinds import Kind, Step, Task, kinds_of
from axis.jobs.runner import Runner


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have even a few documents compared in many steps."""
    monkeypatch.setattr(reconciliation_job, "SMALL", 5)
    monkeypatch.setattr(reconciliation_job, "SURVEYED", 17)
    monkeypatch.setattr(months, "PART_DOCUMENTS", 4)


def begin(exchange: Exchange) -> str:
    def work(tx: Write) -> str:
        return submit(tx, reconciliation_job.KIND, {}, owner=OWNER, request_id="request-1", most=20)

    return exchange.database.write(work)


def run(exchange: Exchange, between: Callable[[int], object] = lambda _: None) -> tuple[dict[str, Any], int]:
    """Reconcile as a job; return its result, and how many steps it took."""
    kind = reconciliation_job.reconciliation(exchange.database)
    steps = 0

    def step(task: Task) -> Step:
        nonlocal steps
        between(steps)
        steps += 1
        return kind.step(task)

    job = begin(exchange)
    runner = Runner(
        exchange.database, kinds_of(Kind(kind.name, step)), at_once=1, lease_seconds=LONG, retry_seconds=0.0
    )
    while runner.run_one():
        pass
    row = state_of(exchange.database, job)
    assert (row["state"], row["done"]) == ("done", row["total"])
    return orjson.loads(row["result"]), steps


def at_once(exchange: Exchange) -> Counter[Difference]:
    with exchange.database.read() as tx:
        return Counter(reconcile(tx))


def found(result: dict[str, Any]) -> Counter[Difference]:
    return Counter(Difference(**each) for each in result["differences"])


DAMAGES: dict[str, Any] = {
    "nothing": None,
    "a delivery": update(deliveries).values(processing="03"),
    "a class": update(documents).values(signed_by="none", indication=None),
    "a day": update(documents).where(documents.c.sender == B).values(day="2001-01-01"),
    "a month": delete(counters).where(counters.c.grain == "m"),
    "a sum": delete(counters).where(counters.c.sender == ""),
    "a month that never was": update(counters).where(counters.c.period == "2019-06").values(period="1999-01"),
}


@pytest.mark.usefixtures("small_steps")
@pytest.mark.parametrize("damage", DAMAGES)
def test_in_many_steps_the_same_is_found_as_at_once(exchange: Exchange, damage: str) -> None:
    live_a_little(exchange, 3)
    if DAMAGES[damage] is not None:
        exchange.database.write(lambda tx: tx.execute(DAMAGES[damage]))
    result, steps = run(exchange)
    assert steps > 4
    assert result["complete"]
    assert found(result) == at_once(exchange)
    assert bool(result["differences"]) == (damage != "nothing")
    assert result["counts"] == {
        source: sum(each["source"] == source for each in result["differences"])
        for source in ("documents", "ledger", "identity")
    }


@pytest.mark.usefixtures("small_steps")
def test_what_is_sent_and_answered_meanwhile_is_no_difference(exchange: Exchange) -> None:
    live_a_little(exchange, 4)
    rng = random.Random(4)

    def go_on(_step: int) -> None:
        sent = exchange.send(A, (B, C), at=exchange.clock.at + rng.randint(-40, 90) * 86_400_000_000)
        exchange.give(B, sent.delivery(0), "03")

    result, steps = run(exchange, go_on)
    assert steps > 4
    assert result["differences"] == []
    assert at_once(exchange) == Counter()


@pytest.mark.usefixtures("small_steps")
def test_another_process_goes_on_where_a_dead_one_stopped(exchange: Exchange) -> None:
    live_a_little(exchange, 5)
    exchange.database.write(lambda tx: tx.execute(DAMAGES["a delivery"]))

    class KilledError(BaseException):
        """The end of a process, as far as its job is concerned."""

    def die_at(fatal: int) -> Callable[[Task], Step]:
        kind = reconciliation_job.reconciliation(exchange.database)
        steps = iter(range(fatal + 1))

        def step(task: Task) -> Step:
            if next(steps) == fatal:
                raise KilledError
            return kind.step(task)

        return step

    job = begin(exchange)
    deaths = 0
    while state_of(exchange.database, job)["state"] != "done":
        kinds = kinds_of(Kind(reconciliation_job.KIND, die_at(1)))
        try:
            Runner(exchange.database, kinds, at_once=1, lease_seconds=LONG).run_one()
        except KilledError:
            deaths += 1
            end_leases(exchange.database)
    assert deaths > 3
    assert found(orjson.loads(state_of(exchange.database, job)["result"])) == at_once(exchange)


def test_a_small_ledger_is_compared_in_one_step(exchange: Exchange) -> None:
    exchange.send()
    result, steps = run(exchange)
    assert (result["differences"], result["size"], steps) == ([], 1, 1)


def test_an_empty_store_has_no_differences(exchange: Exchange) -> None:
    result, _ = run(exchange)
    assert (result["differences"], result["size"]) == ([], 0)


def test_past_a_number_differences_are_counted_and_not_named(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    live_a_little(exchange, 6)
    exchange.database.write(lambda tx: tx.execute(DAMAGES["a month"]))
    monkeypatch.setattr(reconciliation_job, "NAMED", 3)
    result, _ = run(exchange)
    assert (len(result["differences"]), result["complete"]) == (3, False)
    assert sum(result["counts"].values()) == at_once(exchange).total()


def test_the_newest_outcome_is_kept_in_counts_alone(exchange: Exchange) -> None:
    exchange.send()
    with exchange.database.read() as tx:
        assert describe_health(tx)["reconciled"] is None
    run(exchange)
    with exchange.database.read() as tx:
        before = describe_health(tx)["reconciled"]
    exchange.database.write(lambda tx: tx.execute(DAMAGES["a delivery"]))
    result, _ = run(exchange)
    with exchange.database.read() as tx:
        after = describe_health(tx)["reconciled"]
    assert (before["differences"], before["size"]) == (0, 1)
    assert (after["differences"], after["counts"]) == (len(result["differences"]), result["counts"])
    assert before["at"] <= after["at"]
    assert set(after) == {"at", "size", "differences", "counts"}
