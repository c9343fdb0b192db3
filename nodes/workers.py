"""Runs parts of a plan in processes of this machine, beside the part of whoever started them.

Each makes the plan anew and meets the first over a pipe (`nodes.process_meeting`); the first one reports.
"""

import logging
import multiprocessing
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import FrameType
from typing import Any, Final

from nodes.client import Client
from nodes.errors import NodesError, RecordUnreadable
from nodes.hub_process import written_token
from nodes.parts import Part
from nodes.planner import Plan, plan
from nodes.process_meeting import PipeEnd, ProcessMeeting
from nodes.recording import Recorder, read_record
from nodes.retries import Retries
from nodes.scenario import Scenario
from nodes.simulation import Outcome, carry_out, simulate
from nodes.stage import ProvinceSite, Site, Stage
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
        return written_token(self.token_file)

    def client(self, retries: Retries | None = None) -> Client:
        """Return a client of the sandbox, which goes on when the hub was started again."""
        return Client(self.sandbox, self.token(), retries=retries, fresh_token=self.token)


@dataclass(frozen=True, slots=True)
class ProvincePlace:
    """The second hub of a run, as a process of its own finds it."""

    hub: str
    place: Place
    codes: frozenset[str]
    """Those whom it serves."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a process needs to carry out its part."""

    scenario: Scenario
    scale: Decimal
    seed: int
    part: Part
    hub: str
    place: Place
    connections: int
    record: Path | None
    """Where the record of its part goes, if one is wanted."""
    province: ProvincePlace | None = None
    retries: Retries | None = None


@dataclass(frozen=True, slots=True)
class Workers:
    """Processes that carry out parts."""

    processes: tuple[tuple[Part, BaseProcess], ...]
    ends: tuple[PipeEnd, ...] = ()
    """Our ends of the pipes to them."""

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
    province: ProvincePlace | None = None,
    workers: int,
    auditor: Callable[[], Client],
    recorder: Recorder | None = None,
    progress: Callable[[Traffic, date], None],
) -> Outcome:
    """Do as `simulate` in so many processes, this one among them.

    Raises `PartEnded` where a process ends before the first day is over.
    """
    connections = max(_LEAST_CONNECTIONS, stage.connections // workers)
    with tempfile.TemporaryDirectory(prefix="nodes-") as folder:
        works = [
            Work(
                plan.scenario,
                plan.scale,
                plan.seed,
                part=Part(number, workers),
                hub=stage.hub,
                place=place,
                connections=connections,
                record=None if recorder is None else Path(folder) / f"{number}.ndjson",
                province=province,
                retries=stage.retries,
            )
            for number in range(1, workers + 1)
        ]
        with working(works[1:]) as others:
            outcome = simulate(
                plan,
                replace(stage, connections=connections),
                auditor=auditor,
                meet=lambda tell: ProcessMeeting(works[0].part, tell, others.ends, others.ended),
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
    pipes = [context.Pipe() for _ in works]
    workers = Workers(
        tuple(
            (work.part, context.Process(target=carry_out_part, args=(work, theirs)))
            for work, (_, theirs) in zip(works, pipes, strict=True)
        ),
        tuple(PipeEnd(work.part, ours) for work, (ours, _) in zip(works, pipes, strict=True)),
    )
    try:
        for (_, process), (_, theirs) in zip(workers.processes, pipes, strict=True):
            process.start()
            theirs.close()  # only the process has it then, so that its end is seen
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


def carry_out_part(work: Work, to_leader: "Connection[Any, Any]") -> None:
    """Be the process of one part; ends it with 1 after a failure that the other parts were told."""
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started us hears of Ctrl-C, and tells all parts
    try:
        _carry_out(work, plan(work.scenario, work.scale, work.seed), to_leader)
    except (NodesError, OSError, KeyboardInterrupt) as error:
        _log.info("a part has ended", exc_info=error)
        raise SystemExit(_FAILED) from error


def _carry_out(work: Work, whole: Plan, to_leader: "Connection[Any, Any]") -> None:
    recorder = None if work.record is None else Recorder()
    ends = (PipeEnd(Part(1, work.part.of), to_leader),)
    with _stage(work) as stage:
        carry_out(
            whole,
            stage,
            auditor=None,
            meet=lambda tell: ProcessMeeting(work.part, tell, ends),
            recorder=recorder,
            progress=lambda _traffic, _day: None,
        )
    if recorder is not None and work.record is not None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # what was done is written, however the run ended
        recorder.write(work.record, whole, None, work.part)


@contextmanager
def _stage(work: Work) -> Iterator[Stage]:
    """Open the hubs of a part that does not lead: the first part has the relay carry and moves the clocks."""
    with ExitStack() as stack:
        sandbox = stack.enter_context(work.place.client(work.retries))
        below = None
        if work.province is not None:
            other = stack.enter_context(work.province.place.client(work.retries))
            site = Site(work.province.hub, other)
            below = ProvinceSite(site, work.province.codes, lambda: None, lambda: False)
        yield Stage(work.hub, sandbox, connections=work.connections, province=below, retries=work.retries)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
