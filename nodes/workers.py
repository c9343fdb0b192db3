"""Runs parts of a plan in processes of this machine, beside the part of whoever started them.

Each makes the plan anew and meets the others on the hub's sandbox (`nodes.meeting`); the first one reports.
"""

import logging
import multiprocessing
import secrets
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import FrameType
from typing import Final

from nodes.client import Client
from nodes.errors import NodesError, RecordUnreadable
from nodes.meeting import SharedMeeting
from nodes.parts import Part
from nodes.planner import Plan, plan
from nodes.recording import Recorder, read_record
from nodes.scenario import Scenario
from nodes.simulation import Outcome, carry_out, simulate
from nodes.stage import Stage
from nodes.traffic import Traffic

_END_SECONDS: Final = 30.0  # a process that ends finishes the request it is in
_FAILED: Final = 1
_LEAST_CONNECTIONS: Final = 4
_log = logging.getLogger("nodes.workers")


@dataclass(frozen=True, slots=True)
class Place:
    """A hub's sandbox, as a process of its own finds it."""

    sandbox: str
    token_file: Path

    def token(self) -> str:
        """Read the sandbox's token, which is another whenever the hub was started again."""
        return self.token_file.read_text(encoding="ascii").strip()

    def client(self) -> Client:
        """Return a client of the sandbox."""
        return Client(self.sandbox, self.token())


@dataclass(frozen=True, slots=True)
class Work:
    """What a process needs to carry out its part."""

    scenario: Scenario
    scale: Decimal
    seed: int
    part: Part
    run: str
    hub: str
    place: Place
    connections: int
    record: Path | None
    """Where the record of its part goes, if one is wanted."""


@dataclass(frozen=True, slots=True)
class Workers:
    """Processes that carry out parts."""

    processes: tuple[tuple[Part, BaseProcess], ...]

    def ended(self) -> str | None:
        """Say which of them ended with a failure."""
        for part, process in self.processes:
            if process.exitcode:
                return f"part {part}, process {process.pid}, ended with {process.exitcode}"
        return None

    def stop(self) -> None:
        """Have them end as on Ctrl-C."""
        for _, process in self.processes:
            if process.is_alive():
                process.terminate()


def simulate_with_workers(
    plan: Plan,
    stage: Stage,
    place: Place,
    *,
    workers: int,
    auditor: Callable[[], Client],
    recorder: Recorder | None = None,
    progress: Callable[[Traffic, date], None],
) -> Outcome:
    """Do as `simulate` in so many processes, this one among them.

    Raises `PartEnded` where a process ends before the first day is over.
    """
    run = f"workers-{secrets.token_hex(8)}"
    connections = max(_LEAST_CONNECTIONS, stage.connections // workers)
    with tempfile.TemporaryDirectory(prefix="nodes-") as folder:
        works = [
            Work(
                plan.scenario,
                plan.scale,
                plan.seed,
                part=Part(number, workers),
                run=run,
                hub=stage.hub,
                place=place,
                connections=connections,
                record=None if recorder is None else Path(folder) / f"{number}.ndjson",
            )
            for number in range(1, workers + 1)
        ]
        with working(works[1:]) as others, place.client() as meeting_at:
            outcome = simulate(
                plan,
                replace(stage, connections=connections),
                auditor=auditor,
                meet=lambda tell: SharedMeeting(
                    meeting_at, works[0].run, works[0].part, tell, token=place.token, watch=others.ended
                ),
                recorder=recorder,
                progress=progress,
            )
            if outcome.traffic.is_interrupted:
                others.stop()
        if recorder is not None:
            for work in works[1:]:
                _absorb(recorder, work)
    return outcome


def _absorb(recorder: Recorder, work: Work) -> None:
    """Take in the record of a part; one that was killed left none."""
    assert work.record is not None
    try:
        recorder.absorb(read_record(work.record.read_text(encoding="utf-8")))
    except (OSError, RecordUnreadable):
        recorder.missing.append(str(work.part))


@contextmanager
def working(works: list[Work]) -> Iterator[Workers]:
    """Start a process for each part, and see that all have ended when the context closes."""
    context = multiprocessing.get_context("spawn")
    workers = Workers(
        tuple((work.part, context.Process(target=carry_out_part, args=(work,))) for work in works)
    )
    try:
        for _, process in workers.processes:
            process.start()
        yield workers
    except BaseException:
        workers.stop()
        raise
    finally:
        for _, process in workers.processes:
            _end(process)


def _end(process: BaseProcess) -> None:
    """Wait for a process; one that does not end by itself is told to, and then killed."""
    process.join(_END_SECONDS)
    for stop in (process.terminate, process.kill):
        if process.is_alive():
            stop()
            process.join(_END_SECONDS)


def carry_out_part(work: Work) -> None:
    """Be the process of one part; ends it with 1 after a failure that the other parts were told."""
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started us hears of Ctrl-C, and tells all parts
    try:
        _carry_out(work, plan(work.scenario, work.scale, work.seed))
    except (NodesError, OSError, KeyboardInterrupt) as error:
        _log.info("a part has ended", exc_info=error)
        raise SystemExit(_FAILED) from error


def _carry_out(work: Work, whole: Plan) -> None:
    recorder = None if work.record is None else Recorder()
    with work.place.client() as sandbox, work.place.client() as meeting_at:
        carry_out(
            whole,
            Stage(work.hub, sandbox, connections=work.connections),
            auditor=None,
            meet=lambda tell: SharedMeeting(meeting_at, work.run, work.part, tell, token=work.place.token),
            recorder=recorder,
            progress=lambda _traffic, _day: None,
        )
    if recorder is not None and work.record is not None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # what was done is written, however the run ended
        recorder.write(work.record, whole, None, work.part)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
