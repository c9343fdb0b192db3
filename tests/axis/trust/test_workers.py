"""Work past its budget of time or memory is killed, and the next is done by a new worker."""

import pytest
from support import hostile_workers

from axis.trust import workers
from axis.trust.workers import BudgetExceededError, Workers


@pytest.fixture
def one_worker():
    pool = Workers(1)
    yield pool
    pool.close()


@pytest.mark.parametrize(
    ("work", "word", "seconds"),
    [(hostile_workers.sleep, "asleep", 2.0), (hostile_workers.hoard, "bounded at 1", 30.0)],
)
def test_time_and_memory_of_a_worker_are_bounded(one_worker, work, word, seconds, monkeypatch, tmp_path):
    monkeypatch.setattr(workers, "BUDGET_SECONDS", seconds)
    mark = tmp_path / "mark"
    with pytest.raises(BudgetExceededError):
        one_worker.run(work, mark)
    assert mark.read_text(encoding="utf-8").startswith(word)  # 10 to 16 pieces of 16 MiB are in the budget
    assert one_worker.run(hostile_workers.length, "abc") == 3  # by a new worker


def test_one_worker_does_one_piece_of_work_after_the_other(one_worker):
    assert [one_worker.run(hostile_workers.length, text="a" * size) for size in range(5)] == [0, 1, 2, 3, 4]
