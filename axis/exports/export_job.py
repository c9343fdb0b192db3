"""Exports as jobs: a selection is counted, written to a file in one snapshot, and stored with a manifest.

An export fails if the rows written are not as many as were counted. What is stored for a job that lost its
lease is swept later.
"""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from axis.agencies.callers import Caller
from axis.clock import Microseconds, real_now, rfc3339
from axis.csv_and_xlsx import XLSX_ROWS, Notes, Row
from axis.database import Read, Write
from axis.database.snapshots import hold_snapshot
from axis.exports.columns import COLUMNS
from axis.exports.evidence_archives import write_evidence
from axis.exports.export_requests import EntryQuery, read_request
from axis.exports.file_writers import MEDIA_TYPES, WRITERS, Format
from axis.exports.ledger_entries import count_entries, entry_rows
from axis.exports.selections import Asked, count_rows, read_rows
from axis.exports.tables import exports
from axis.jobs.kinds import Kind, Step, Task
from axis.ledger.key_changes import ledger_keys
from axis.ledger.queries import newest_checkpoint
from axis.ledger.recorder import Recorder
from axis.objects.spool import Spool
from axis.objects.store import Objects, put_object
from axis.protocol.errors import Place, TooManyRows
from signing.notes import NoteSigner

KIND: Final = "export"
HEADING: Final = "axis export v1"
"""The first line of a manifest. The second is JSON, so that it is no checkpoint: its second is a number."""
ARCHIVES: Final = 100_000
"""Documents in one archive of evidence."""
PIECE_BYTES: Final = 1024 * 1024
MOST: Final[dict[Format, int]] = {"xlsx": XLSX_ROWS, "zip": ARCHIVES}
"""The rows that a format takes; others take all."""


@dataclass(frozen=True, slots=True)
class Made:
    """A file that was written: its rows, when, and the ledger's checkpoint in that state of the store."""

    rows: int
    made_at: Microseconds
    checkpoint: str | None


def exporting(objects: Objects, recorder: Recorder) -> Kind:
    """Return the kind of job that exports; progress counts rows, or documents where evidence is exported."""

    def step(task: Task) -> Step:
        signer = recorder.signer  # as it is now: the ledger's key may have been changed
        what, form, query = read_request(task.params["what"], task.params["format"], task.params["filter"])
        asked = Asked(what, query, Caller(**task.params["caller"]))
        with tempfile.TemporaryDirectory(prefix="axis-export-") as folder:
            path = Path(folder, "file")
            made = write_file(objects, task, asked, form, path, signer)
            return _store(objects, task, asked, form, path, made, signer)

    return Kind(KIND, step)


def check_size(tx: Read, asked: Asked, form: Format) -> None:
    """Refuse ahead what is too large for a format, counting no further than that.

    Raises:
        TooManyRows: when it has more rows than the format takes.

    """
    most = MOST.get(form)
    if most is None:
        return
    if isinstance(asked.query, EntryQuery):
        found = count_entries(tx, asked.query, lambda _: None)
    else:
        found = count_rows(tx, asked, most)
    _check(found, form)


def _check(rows: int, form: Format) -> None:
    most = MOST.get(form)
    if most is not None and rows > most:
        fitting = "csv, ndjson or parquet" if form == "xlsx" else "a shorter period"
        place = Place("/format", f"more than {most} rows", fitting)
        raise TooManyRows(place, format=form, limit=most, fitting=fitting)


def write_file(
    objects: Objects,
    task: Task,
    asked: Asked,
    form: Format,
    path: Path,
    signer: NoteSigner,
) -> Made:
    """Write the file of an export, in one snapshot of the store.

    Raises:
        TooManyRows: when the format does not take as many.
        ExportInvalid: when a text does not fit the format.

    """
    written = 0
    with objects.database.read() as tx:
        hold_snapshot(tx)
        total = _count(tx, asked, task)
        _check(total, form)
        made = Made(total, real_now(), newest_checkpoint(tx))

        def told(batches: Iterator[Sequence[Row]]) -> Iterator[Sequence[Row]]:
            nonlocal written
            for batch in batches:
                written += len(batch)
                yield batch
                task.report(written, total)

        task.report(0, total)
        batches = told(
            entry_rows(tx, asked.query) if isinstance(asked.query, EntryQuery) else read_rows(tx, asked)
        )
        if form == "zip":
            keys = [key.verifier for key in ledger_keys(tx, signer.verifier)]
            write_evidence(objects, tx, path, batches, asked.caller, signer, keys)
        else:
            WRITERS[form](path, COLUMNS[asked.what], batches, _notes(task.params, made))
    if written != total:
        raise RuntimeError(f"{written} rows were written of {total} that were counted")
    return made


def _count(tx: Read, asked: Asked, task: Task) -> int:
    if isinstance(asked.query, EntryQuery):
        return count_entries(tx, asked.query, lambda seen: task.report(0, None) if seen else None)
    return count_rows(tx, asked)


def _notes(params: dict[str, Any], made: Made) -> Notes:
    """Return what the file says of itself, for formats that have a place for it."""
    return [
        ("what", params["what"]),
        ("filter", orjson.dumps(params["filter"]).decode()),
        ("made_at", rfc3339(made.made_at)),
        ("rows", str(made.rows)),
        ("times", "Giờ Việt Nam, UTC+07:00 (xlsx); UTC (csv, ndjson, parquet)"),
        ("definition", "docs/exports.md"),
    ]


def _store(
    objects: Objects,
    task: Task,
    asked: Asked,
    form: Format,
    path: Path,
    made: Made,
    signer: NoteSigner,
) -> Step:
    """Store the file as an object, and return the step that records the export with its signed manifest."""
    spool = Spool(0)
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE_BYTES):
                spool.add(piece)
                task.report(made.rows, made.rows)
        upload = put_object(objects, spool)
        size, sha256 = spool.size, spool.sha256
    finally:
        spool.close()
    name = f"{asked.what}-{task.id[:8]}.{form}"
    manifest = signer.sign(manifest_text(task, made, name, size, sha256))
    row = {
        "job": task.id,
        "owner": asked.caller.token_id,
        "name": name,
        "media_type": MEDIA_TYPES[form],
        "size": size,
        "sha256": sha256,
        "manifest": manifest,
        "upload": upload,
        "made_at": made.made_at,
    }

    def record(tx: Write) -> None:
        tx.execute(exports.insert().values(**row))

    address = f"/v1/exports/{task.id}"
    result = {
        "what": asked.what,
        "format": form,
        "rows": made.rows,
        "size": size,
        "sha256": sha256,
        "file": f"{address}/file",
        "manifest": f"{address}/manifest",
    }
    return Step(done=made.rows, of=made.rows, result=result, write=record)


def manifest_text(task: Task, made: Made, name: str, size: int, sha256: str) -> str:
    """Return the text that is signed about a file: what it holds, for whom, as of when, and its digest."""
    caller = task.params["caller"]
    members = {
        "name": name,
        "what": task.params["what"],
        "format": task.params["format"],
        "filter": task.params["filter"],
        "for": {"role": caller["role"], "agency": caller["agency"], "subtree": caller["subtree"]},
        "made_at": rfc3339(made.made_at),
        "rows": made.rows,
        "size": size,
        "sha256": sha256,
        "checkpoint": made.checkpoint,
    }
    return f"{HEADING}\n{orjson.dumps(members, option=orjson.OPT_SORT_KEYS).decode()}\n"
