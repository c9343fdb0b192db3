"""One process at a time holds a lease, and a silent one loses it."""

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import delete, update

from axis.database import Database, open_database
from axis.jobs.leases import Lease
from axis.jobs.tables import leases

LONG = 3_600.0


@pytest.fixture
def pair(database: Database, database_url: str) -> Iterator[tuple[Lease, Lease]]:
    """Two processes' sides of one lease."""
    other = open_database(database_url)
    yield Lease(database, "chores", LONG), Lease(other, "chores", LONG)
    other.close()


def fall_silent(database: Database) -> None:
    database.write(lambda tx: tx.execute(update(leases).values(until=0)))


def test_the_second_waits_until_the_first_is_silent(database: Database, pair: tuple[Lease, Lease]) -> None:
    first, second = pair
    assert [first.keep(), second.keep(), first.keep()] == [True, False, True]
    assert [first.is_held(), second.is_held()] == [True, False]
    fall_silent(database)
    assert [second.keep(), first.keep(), first.is_held()] == [True, False, False]


def test_one_that_was_silent_and_not_replaced_goes_on(database: Database, pair: tuple[Lease, Lease]) -> None:
    first, second = pair
    first.keep()
    fall_silent(database)
    assert [first.keep(), second.keep()] == [True, False]


def test_what_is_released_is_free_at_once(pair: tuple[Lease, Lease]) -> None:
    first, second = pair
    first.keep()
    first.release()
    assert [first.is_held(), second.keep(), first.keep()] == [False, True, False]


def test_work_is_done_by_the_holder_alone_and_keeps_the_lease_from_being_released(
    pair: tuple[Lease, Lease],
) -> None:
    first, second = pair
    first.keep()
    second.keep()
    done: list[str] = []

    def work() -> None:
        first.release()  # as a process does that is told to stop amid a chore
        done.append(f"second took it: {second.keep()}")

    assert first.run(work)
    assert not second.run(lambda: done.append("by the second"))
    assert done == ["second took it: False"]


def test_a_lease_that_was_not_kept_alive_in_time_is_not_relied_on(database: Database) -> None:
    lease = Lease(database, "chores", 0.0)
    assert lease.keep()
    assert not lease.is_held()
    assert not lease.run(lambda: None)


@pytest.mark.usefixtures("database")
def test_of_many_that_want_it_at_once_one_gets_it(database_url: str) -> None:
    stores = [open_database(database_url) for _ in range(4)]
    held: list[bool] = []
    together = threading.Barrier(len(stores))

    def take(store: Database) -> None:
        lease = Lease(store, "chores", LONG)
        together.wait()
        held.append(lease.keep())

    threads = [threading.Thread(target=take, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for store in stores:
        store.close()
    assert sorted(held) == [False, False, False, True]


def test_a_store_that_was_emptied_has_a_new_holder_and_the_old_one_notices(
    database: Database, pair: tuple[Lease, Lease]
) -> None:
    first, second = pair
    first.keep()
    database.write(lambda tx: tx.execute(delete(leases)))
    assert [second.keep(), first.keep()] == [True, False]  # both were given the number 1
