"""Work that would harm the hub is killed, and the next is done by a new worker."""

import pytest
from support import hostile_workers

from axis.judging import workers
from axis.judging.workers import StoppedError, Workers


@pytest.fixture
def one_worker():
    pool = Workers(1)
    yield pool
    pool.close()


@pytest.mark.parametrize(
    ("work", "word", "limit", "seconds"),
    [
        (hostile_workers.sleep, "asleep", "WAITING_SECONDS", 2.0),
        (hostile_workers.spin, "spinning", "PROCESSOR_SECONDS", 0.2),
        (hostile_workers.hoard, "bounded at", "PROCESSOR_SECONDS", 60.0),
    ],
)
def test_time_and_memory_of_a_worker_are_bounded(work, word, limit, seconds, monkeypatch, tmp_path):
    monkeypatch.setattr(workers, limit, seconds)
    stops = []
    pool = Workers(1, on_stop=lambda: stops.append(1))
    mark = tmp_path / "mark"
    with pytest.raises(StoppedError):
        pool.run(work, mark)
    assert mark.read_text(encoding="utf-8").startswith(word)
    assert len(stops) == 1
    monkeypatch.undo()
    assert pool.run(hostile_workers.length, "abc") == 3  # by a new worker
    pool.close()


def test_time_that_a_worker_does_not_compute_is_not_held_against_it(one_worker, monkeypatch):
    one_worker.run(hostile_workers.length, "loaded")
    monkeypatch.setattr(workers, "PROCESSOR_SECONDS", 0.5)
    assert one_worker.run(hostile_workers.pause, 1.5) == "rested"


def test_one_worker_does_one_piece_of_work_after_the_other(one_worker):
    assert [one_worker.run(hostile_workers.length, text="a" * size) for size in range(5)] == [0, 1, 2, 3, 4]
