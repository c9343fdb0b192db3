"""Writes and reads the record of a run: plan, manifests, digests and outcomes as lines of JSON.

The same scenario, scale and seed give the same record on any machine. `nodes.replay` feeds it to another hub.
RFC 8785 in outline.
"""

import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from nodes.answers import Answer
from nodes.comparison import Result
from nodes.errors import RecordUnreadable, ScenarioInvalid
from nodes.planner import Plan, PlannedDocument
from nodes.swarm_clients import Delivered

VERSION = 1
Line = dict[str, Any]


@dataclass(slots=True)
class Recorder:
    """Notes what a run sends and what comes of it; may be told by several threads."""

    _documents: list[tuple[tuple[Any, ...], Line]] = field(default_factory=list)
    _answers: list[tuple[tuple[Any, ...], Line]] = field(default_factory=list)
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

    def lines(self, plan: Plan, result: Result) -> Iterator[Line]:
        """Return the record's lines in canonical order."""
        scenario = plan.scenario
        yield {
            "line": "run",
            "version": VERSION,
            "scenario": scenario.name,
            "scale": str(plan.scale),
            "seed": plan.seed,
            "from": scenario.first.isoformat(),
            "to": scenario.last.isoformat(),
            "agencies": list(scenario.participants),
        }
        yield from (line for _, line in sorted(self._documents, key=lambda each: each[0]))
        for fault in result.faults:
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
        yield from (line for _, line in sorted(self._answers, key=lambda each: each[0]))
        for locality in result.localities:
            yield {
                "line": "figures",
                "agency": locality.code,
                "sent": locality.measured.sent,
                "received": locality.measured.received,
                "to_government_office": locality.measured.to_government_office,
                "signed": locality.measured.signed,
            }

    def write(self, file: Path, plan: Plan, result: Result) -> None:
        """Write the record; raises `OSError`."""
        with file.open("w", encoding="utf-8") as stream:
            for line in self.lines(plan, result):
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
