"""Writes and reads the record of a run: plan, manifests, digests and outcomes as lines of JSON.

The same scenario, scale and seed give the same record on any machine. `merged` makes one record of those of
all parts; `nodes.replay` feeds it to another hub. RFC 8785 in outline.
"""

import heapq
import json
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from nodes.answers import Answer
from nodes.comparison import Result
from nodes.errors import RecordUnreadable, ScenarioInvalid
from nodes.parts import WHOLE, Part, read_part
from nodes.planner import Plan, PlannedDocument
from nodes.swarm_clients import Delivered

VERSION = 1
Line = dict[str, Any]


@dataclass(slots=True)
class Recorder:
    """Notes what a run sends and what comes of it; may be told by several threads."""

    _documents: list[tuple[tuple[Any, ...], Line]] = field(default_factory=list)
    _answers: list[tuple[tuple[Any, ...], Line]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    """Parts of the run of which there is no record, so that it cannot be written whole."""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def sent(self, document: PlannedDocument, delivered: Delivered) -> None:
        """Note a document with what the hub made of it."""
        manifest = delivered.manifest.decode()
        line = {
            "line": "document",
            "day": document.day.isoformat(),
            "sender": document.sender,
            "signed_by": document.signed_by,
            "manifest": manifest,
            "pages": document.size.pages,
            "appendix_kilobytes": document.size.appendix_kilobytes,
            "sha256": sha256(delivered.manifest).hexdigest(),
            "outcome": {"indication": delivered.indication, "deliveries": delivered.deliveries},
        }
        with self._lock:
            self._documents.append(((document.day, document.sender, document.counter), line))

    def answered(
        self, day: date, by: str, about: tuple[str, str], place: int, answer: Answer, refused: str | None
    ) -> None:
        """Note a status: by whom, on whose document of which number (`about`), and its order that day."""
        sender, number = about
        line = {
            "line": "answer",
            "day": day.isoformat(),
            "by": by,
            "sender": sender,
            "number": number,
            "code": answer.code,
            "note": answer.note,
            "outcome": {"refused": refused},
        }
        with self._lock:
            self._answers.append(((day, by, place), line))

    def absorb(self, record: "Record") -> None:
        """Take in what other agencies did, as the record of another part has it."""
        with self._lock:
            for place, line in enumerate(record.documents):
                key = (date.fromisoformat(line["day"]), line["sender"], place)
                self._documents.append((key, line))
            for place, line in enumerate(record.answers):
                self._answers.append(((date.fromisoformat(line["day"]), line["by"], place), line))

    def lines(self, plan: Plan, result: Result | None, part: Part = WHOLE) -> Iterator[Line]:
        """Return the record's lines in canonical order; those of faults and figures come from a result."""
        scenario = plan.scenario
        run = {
            "line": "run",
            "version": VERSION,
            "scenario": scenario.name,
            "scale": str(plan.scale),
            "seed": plan.seed,
            "from": scenario.first.isoformat(),
            "to": scenario.last.isoformat(),
            "agencies": list(scenario.participants),
        }
        yield run if part.of == 1 else run | {"part": str(part)}
        yield from _up_to(scenario.last, self._documents)
        for fault in result.faults if result is not None else ():
            planned = fault.planned
            yield {
                "line": "fault",
                "day": planned.day.isoformat(),
                "place": planned.place,
                "name": planned.name,
                "sender": planned.sender,
                "recipient": planned.recipient,
                "bystander": planned.bystander,
                "outcome": list(fault.observed),
            }
        yield from _up_to(scenario.last, self._answers)
        for locality in result.localities if result is not None else ():
            yield {
                "line": "figures",
                "agency": locality.code,
                "sent": locality.measured.sent,
                "received": locality.measured.received,
                "to_government_office": locality.measured.to_government_office,
                "signed": locality.measured.signed,
            }

    def write(self, file: Path, plan: Plan, result: Result | None, part: Part = WHOLE) -> None:
        """Write the record; raises `OSError`."""
        write_lines(file, self.lines(plan, result, part))


def _up_to(last: date, lines: Iterable[tuple[tuple[Any, ...], Line]]) -> Iterator[Line]:
    """Return lines in order of their keys; those of a day that was not finished are left out."""
    return (line for key, line in sorted(lines, key=lambda each: each[0]) if key[0] <= last)


def write_lines(file: Path, lines: Iterable[Line]) -> None:
    """Write a record's lines; raises `OSError`."""
    with file.open("w", encoding="utf-8") as stream:
        for line in lines:
            stream.write(canonical_json(line) + "\n")


def check_recordable(plan: Plan) -> None:
    """Refuse plans that cannot be recorded; raises `ScenarioInvalid`."""
    if plan.scenario.old_doors:
        raise ScenarioInvalid("--record: agencies on the old protocol send no manifests; have all speak REST")


def canonical_json(value: Mapping[str, Any]) -> str:
    """Write an object with sorted keys and without spaces."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Record:
    """A record that was read."""

    run: Line
    documents: tuple[Line, ...]
    faults: tuple[Line, ...]
    answers: tuple[Line, ...]
    figures: tuple[Line, ...]

    @property
    def part(self) -> Part:
        """Which part of a run it records; the whole, unless it says otherwise."""
        return read_part(self.run["part"]) if "part" in self.run else WHOLE

    def lines(self) -> Iterator[Line]:
        """Return its lines in canonical order."""
        yield self.run
        for lines in (self.documents, self.faults, self.answers, self.figures):
            yield from lines


_MEMBERS = {
    "run": {"version", "seed", "from", "to", "agencies"},
    "document": {"day", "sender", "signed_by", "manifest", "sha256", "outcome"},
    "fault": {"day", "place", "name", "sender", "recipient", "bystander", "outcome"},
    "answer": {"day", "by", "sender", "number", "code", "note", "outcome"},
    "figures": {"agency", "sent", "received", "to_government_office", "signed"},
}


def read_record(text: str) -> Record:
    """Read a record; raises `RecordUnreadable` naming the first line that is none."""
    lines: dict[str, list[Line]] = {kind: [] for kind in _MEMBERS}
    for number, raw in enumerate(text.splitlines(), start=1):
        try:
            line = json.loads(raw)
            missing = _MEMBERS[line["line"]] - line.keys()
        except (ValueError, KeyError, TypeError) as error:
            raise RecordUnreadable(f"line {number}: found no line of a record") from error
        if missing:
            raise RecordUnreadable(f"line {number}: found no {', '.join(sorted(missing))}")
        if line["line"] == "document" and sha256(line["manifest"].encode()).hexdigest() != line["sha256"]:
            raise RecordUnreadable(f"line {number}: found a manifest of another digest than the record's")
        lines[line["line"]].append(line)
    if len(lines["run"]) != 1 or lines["run"][0]["version"] != VERSION:
        raise RecordUnreadable(f"found no run of version {VERSION}, expected it on the first line")
    return Record(
        lines["run"][0],
        tuple(lines["document"]),
        tuple(lines["fault"]),
        tuple(lines["answer"]),
        tuple(lines["figures"]),
    )


def merged(records: Sequence[Record]) -> Record:
    """Make one record of those of all parts, the same as that of a run of one part.

    Raises `RecordUnreadable` where a part is missing, or they are not of one run.
    """
    parts = sorted(records, key=lambda record: record.part)
    first = parts[0]
    if {canonical_json(_whole(record)) for record in parts} != {canonical_json(_whole(first))}:
        raise RecordUnreadable("found records of several runs, expected the parts of one")
    of, found = first.part.of, [record.part.number for record in parts]
    if found != list(range(1, of + 1)):
        missing = ", ".join(f"{number}/{of}" for number in range(1, of + 1) if number not in found)
        raise RecordUnreadable(f"found {len(found)} of {of} parts" + (f", not {missing}" if missing else ""))
    return Record(
        _whole(first),
        _in_order((record.documents for record in parts), "sender"),
        first.faults,
        _in_order((record.answers for record in parts), "by"),
        first.figures,
    )


def _whole(record: Record) -> Line:
    return {name: value for name, value in record.run.items() if name != "part"}


def _in_order(parts: Iterable[Sequence[Line]], who: str) -> tuple[Line, ...]:
    """Merge lines that are in order in each part; what one agency does is in one of them."""
    return tuple(heapq.merge(*parts, key=lambda line: (line["day"], line[who])))
