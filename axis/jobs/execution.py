"""Works on one job under one lease, step by step.

The lease is renewed by a thread of its own, so a step may take long. A process that lost the lease can record
no more.
"""

import contextlib
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from axis.clock import Microseconds
from axis.database import Database, Write
from axis.database.database_clock import database_now
from axis.jobs import queries
from axis.jobs.kinds import Json, Kind, Kinds, Step, Task
from axis.jobs.leases import BEATS
from axis.jobs.queries import Held
from axis.protocol.errors import AxisError, InternalError, Overloaded
from axis.protocol.stored_errors import to_stored

SECOND = 1_000_000
ATTEMPTS = 4
"""How often a job is taken without coming forward, however that ended, before it is given up."""
BUSY_SECONDS = 0.5
"""How long a record waits when the writer has too much to do."""
MOST_BYTES = 256 * 1024
"""What a checkpoint or a result may come to; more belongs into tables of the kind's own room."""

_log = logging.getLogger("axis.jobs")


class LeaseLostError(Exception):
    """The job was cancelled, or another process took it: nothing more of it is recorded here."""


class StoppingError(Exception):
    """The process is asked to stop: the job goes on elsewhere from its checkpoint."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long the lease on a job lasts, and when a job is tried again."""

    lease_seconds: float
    """After this much silence another process takes the job."""
    retry_seconds: float
    """How long a job waits after an unexpected fault; doubled with each."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A job under a lease of this process."""

    held: Held
    kind: Kind
    params: Json
    checkpoint: Json
    done: int
    total: int | None
    attempts: int


def take(tx: Write, kinds: Kinds, holder: str, pace: Pace) -> Taken | None:
    """Take the job that is due the longest, of these kinds; None where none is.

    A job that was taken again and again and never came forward is failed on the way: it may have killed
    whoever worked on it.
    """
    now = database_now(tx)
    while (row := queries.lock_due(tx, now, kinds)) is not None:
        if row.attempts >= ATTEMPTS:
            _log.error("a job was given up", extra={"facts": {"job": row.id, "kind": row.kind}})
            queries.set_job(tx, row.id, _failed(InternalError(), now))
            continue
        changes = {
            "state": "running",
            "lease": row.lease + 1,
            "attempts": row.attempts + 1,
            "holder": holder,
            "due_at": _after(now, pace.lease_seconds),
            "started_at": row.started_at or now,
        }
        queries.set_job(tx, row.id, changes)
        return Taken(
            held=Held(row.id, row.lease + 1),
            kind=kinds[row.kind],
            params=orjson.loads(row.params),
            checkpoint=None if row.checkpoint is None else orjson.loads(row.checkpoint),
            done=row.done,
            total=row.total,
            attempts=row.attempts + 1,
        )
    return None


class Work:
    """The work on a job that was taken."""

    def __init__(self, database: Database, taken: Taken, stopping: threading.Event, pace: Pace) -> None:
        self._database = database
        self._taken = taken
        self._stopping = stopping
        self._pace = pace
        self._checkpoint = taken.checkpoint
        self._reached = (taken.done, taken.total)
        self._attempts = taken.attempts
        self._lost = threading.Event()
        self._facts = {"job": taken.held.job, "kind": taken.kind.name, "lease": taken.held.lease}

    def run(self) -> None:
        """Do one step after the other until the job ends, its lease is lost, or the process is to stop."""
        with self._kept_alive():
            try:
                self._steps()
            except LeaseLostError:
                _log.info("a job is no longer this process's", extra={"facts": self._facts})
            except Exception as error:  # noqa: BLE001 - it is told in the job itself, and in the log
                self._leave(error)

    def _steps(self) -> None:
        while True:
            task = Task(self._taken.held.job, self._taken.params, self._checkpoint, self._report)
            self._report(*self._reached)
            step = self._taken.kind.step(task)
            self._record(step)
            if step.result is not None:
                return

    def _report(self, done: int, of: int | None) -> None:
        self._reached = (done, of)
        if self._lost.is_set():
            raise LeaseLostError
        if self._stopping.is_set():
            raise StoppingError

    def _record(self, step: Step) -> None:
        checkpoint, result = _json(step.checkpoint), _json(step.result)
        changes: dict[str, Any] = {"done": step.done, "total": step.of, "attempts": 0}

        def work(tx: Write) -> None:
            now = database_now(tx)
            if step.result is None:
                changes["due_at"] = _after(now, self._pace.lease_seconds)
                changes["checkpoint"] = checkpoint
            else:
                changes.update(_ended("done", now), result=result)
            self._change(tx, changes)
            if step.write is not None:
                step.write(tx)

        self._reached = (step.done, step.of)
        while True:
            try:
                self._database.write(work)
                break
            except Overloaded:
                self._report(*self._reached)
                self._stopping.wait(BUSY_SECONDS)
        self._attempts = 0
        self._checkpoint = None if checkpoint is None else orjson.loads(checkpoint)

    def _leave(self, error: Exception) -> None:
        """Give the job back, or fail it; where even that is impossible its lease ends by itself."""

        def work(tx: Write) -> None:
            now = database_now(tx)
            if isinstance(error, StoppingError):
                changes = {"state": "queued", "due_at": now, "attempts": max(0, self._attempts - 1)}
            elif isinstance(error, AxisError) and not isinstance(error, Overloaded):
                changes = _failed(error, now)
            elif self._attempts >= ATTEMPTS:
                changes = _failed(InternalError(), now)
            else:
                delay = self._pace.retry_seconds * 2 ** max(0, self._attempts - 1)
                changes = {"state": "queued", "due_at": _after(now, delay)}
            self._change(tx, changes)

        if not isinstance(error, AxisError | StoppingError):
            _log.error("a job met a fault", exc_info=error, extra={"facts": self._facts})
        try:
            self._database.write(work)
        except LeaseLostError:
            pass
        except Exception:  # noqa: BLE001 - logged; the job goes on elsewhere
            _log.exception("a job could not be given back", extra={"facts": self._facts})

    def _change(self, tx: Write, changes: dict[str, Any]) -> None:
        if not queries.set_held(tx, self._taken.held, changes):
            raise LeaseLostError

    @contextlib.contextmanager
    def _kept_alive(self) -> Iterator[None]:
        """Keep the lease alive, and the numbers of progress fresh, until the work ends."""
        over = threading.Event()
        beating = threading.Thread(target=self._beat, args=(over,), name="axis-job-lease", daemon=True)
        beating.start()
        try:
            yield
        finally:
            over.set()
            beating.join()

    def _beat(self, over: threading.Event) -> None:
        while not over.wait(self._pace.lease_seconds / BEATS):
            try:
                self._database.write(self._stay)
            except LeaseLostError:
                if not over.is_set():  # else it is only that the job has ended
                    self._lost.set()
                return
            except Exception:  # noqa: BLE001 - logged; the next beat may succeed before the lease ends
                _log.warning(
                    "a job's lease could not be kept alive", exc_info=True, extra={"facts": self._facts}
                )

    def _stay(self, tx: Write) -> None:
        done, total = self._reached
        until = _after(database_now(tx), self._pace.lease_seconds)
        self._change(tx, {"due_at": until, "done": done, "total": total})


def _failed(error: AxisError, now: Microseconds) -> dict[str, Any]:
    return _ended("failed", now) | {"problem": to_stored(error)}


def _ended(state: str, now: Microseconds) -> dict[str, Any]:
    return {"state": state, "due_at": None, "ended_at": now, "checkpoint": None}


def _after(now: Microseconds, seconds: float) -> Microseconds:
    return Microseconds(now + int(seconds * SECOND))


def _json(value: Json) -> str | None:
    """Write a value for the store; None is nothing.

    Raises:
        ValueError: when it is larger than a job may keep.

    """
    if value is None:
        return None
    text = orjson.dumps(value)
    if len(text) > MOST_BYTES:
        raise ValueError(f"{len(text)} bytes of checkpoint or result, at most {MOST_BYTES}")
    return text.decode()
