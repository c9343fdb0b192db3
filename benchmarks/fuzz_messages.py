"""Throws mutated messages at a whole axis over the old protocol: all get replies, and the store stays whole.

`python -m benchmarks.fuzz_messages --cases 50000 --seed 1` prints one line of JSON, and keeps a case that
broke a rule in a file. All calls are signed as they must be, so that they come through to what is behind the
headers; what a run found is in docs/fuzzing.md.
"""

import argparse
import asyncio
import contextlib
import json
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from axis.vxp.replies import Code
from benchmarks.fuzz_axis import BrokenRuleError, Case, FuzzAxis, Reply
from benchmarks.message_cases import Known, Made, make, note_sent

Stores = Callable[[Path], AbstractContextManager[str]]
"""Gives the URL of an empty store, for which it may use a folder."""
CASES_OF_AN_AXIS = 1_000
"""Then it is checked as a whole, and the next begins with an empty store."""

SIGNED_SHARE = 0.2
"""Of the axes, so many get messages and files that carry signatures."""
_OF_MESSAGES = (Code.INVALID_FILE, Code.FILE_PROCESSING, Code.EDXML_INVALID)


@dataclass(slots=True)
class Report:
    """What became of the cases."""

    cases: int = 0
    axes: int = 0
    seconds: float = 0.0
    replies: dict[str, Counter[str]] = field(default_factory=dict)
    """By operation and code."""
    faults: Counter[str] = field(default_factory=Counter)
    """Of refused messages, by edXML's own codes."""
    accepted: int = 0
    """Documents stored."""
    fetched: int = 0
    """Documents and statuses that came out again, and were read."""
    slowest_milliseconds: float = 0.0
    slowest: str = ""
    """What that case was."""
    peak_mebibytes: float = 0.0

    def to_json(self) -> dict[str, object]:
        """Return it as it is printed."""
        replies = {operation: dict(codes.most_common()) for operation, codes in sorted(self.replies.items())}
        members = {name: getattr(self, name) for name in self.__slots__}
        return members | {"replies": replies, "faults": dict(self.faults.most_common())}


@contextlib.contextmanager
def sqlite_store(folder: Path) -> Iterator[str]:
    """Give the URL of a store in a folder."""
    yield f"sqlite:///{folder}/axis.db"


def postgresql_stores(server: str) -> Stores:
    """Return what makes a database on a server, named by an address of libpq, and drops it in the end."""

    @contextlib.contextmanager
    def store(folder: Path) -> Iterator[str]:
        name = f"axis_fuzz_{folder.name.rpartition('-')[2].lower()}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
        url = make_url(server).set(drivername="postgresql+psycopg", database=name)
        try:
            yield url.render_as_string(hide_password=False)
        finally:
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    return store


def fuzz(
    cases: int,
    seed: int,
    *,
    first: int = 0,
    seconds: float | None = None,
    keep: Path,
    interim: Path | None = None,
    stores: Stores | None = None,
) -> Report:
    """Make `cases` calls, or as many as `seconds` allow, from the axis with number `first` on.

    `interim`: where the report is written after each axis. `stores`: makes an empty store for each, SQLite
    unless it is said. Raises `BrokenRuleError`; the case at fault is in `keep` then.
    """
    report, begun, axis = Report(), time.monotonic(), first
    while report.cases < cases and (seconds is None or time.monotonic() - begun < seconds):
        source = random.Random(f"{seed}/{axis}")
        with (
            tempfile.TemporaryDirectory(prefix="axis-fuzz-") as folder,
            (stores or sqlite_store)(Path(folder)) as url,
        ):
            left = min(CASES_OF_AN_AXIS, cases - report.cases)
            asyncio.run(_one_axis(FuzzAxis(Path(folder), url), left, source, report, keep))
        axis += 1
        report.axes += 1
        report.seconds = time.monotonic() - begun
        report.peak_mebibytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        if interim is not None:
            interim.write_text(json.dumps(report.to_json()), encoding="utf-8")
    return report


async def _one_axis(axis: FuzzAxis, cases: int, source: random.Random, report: Report, keep: Path) -> None:
    known, accepted, replies = Known(signs=source.random() < SIGNED_SHARE), set[str](), Counter[str]()
    try:
        for number in range(cases):
            made = make(known, source)
            try:
                reply = await axis.call(made.case)
                _judge(made, reply)
            except Exception as error:
                _keep(
                    keep, made.case, f"case {number} of axis {report.axes}: {type(error).__name__}: {error}"
                )
                raise
            _count(report, made, reply, number)
            if made.case.operation == "sendEdoc":
                replies[reply.code] += 1
                _note(known, made, reply, accepted)
        report.accepted += len(accepted)
        report.fetched += await axis.check(replies, accepted)
    finally:
        axis.close()


def _judge(made: Made, reply: Reply) -> None:
    if made.plain and reply.code != Code.FINE:
        raise BrokenRuleError(f"a good document was refused: {reply.code} {reply.description}")


def _note(known: Known, made: Made, reply: Reply, accepted: set[str]) -> None:
    """Remember what was accepted; a status is answered with a document's id and its own code."""
    if reply.code != Code.FINE or len(reply.document) != len("00000000-0000-4000-8000-000000000000"):
        return
    is_new = reply.document not in accepted
    accepted.add(reply.document)
    if is_new and made.document is not None:
        note_sent(known, made.document, made.case.system, reply.document)


def _count(report: Report, made: Made, reply: Reply, number: int) -> None:
    report.cases += 1
    operation = made.case.operation
    report.replies.setdefault(operation, Counter())[reply.code] += 1
    if operation == "sendEdoc" and reply.code in _OF_MESSAGES:
        said = reply.description.removeprefix("The message was refused, ")
        report.faults[said.partition(":")[0] if said != reply.description else "past its reading"] += 1
    if reply.milliseconds > report.slowest_milliseconds:
        report.slowest_milliseconds = reply.milliseconds
        what = f"{operation} of {len(made.case.body)} bytes, {reply.code} {reply.description[:200]}"
        report.slowest = f"axis {report.axes}, case {number}: {what}"


def _keep(file: Path, case: Case, message: str) -> None:
    file.write_text(json.dumps({"message": message, "case": case.to_json()}, indent=1), encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run as a command; exits with 1 when a rule was broken."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="begin with this axis of the seed's")
    parser.add_argument("--seconds", type=float, default=None, help="stop after so long")
    parser.add_argument(
        "--keep", type=Path, default=Path("broken-case.json"), help="where a case that breaks a rule goes"
    )
    parser.add_argument("--interim", type=Path, default=None, help="write the report here after each axis")
    parser.add_argument("--server", default=None, help="make the stores on this PostgreSQL server")
    given = parser.parse_args(arguments)
    try:
        report = fuzz(
            given.cases,
            given.seed,
            first=given.first,
            seconds=given.seconds,
            keep=given.keep,
            interim=given.interim,
            stores=None if given.server is None else postgresql_stores(given.server),
        )
    except Exception as error:  # noqa: BLE001 - whatever is raised breaks a rule
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        print(f"the case, unless the axis as a whole is at fault, is in {given.keep}", file=sys.stderr)
        return 1
    print(json.dumps(report.to_json()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
