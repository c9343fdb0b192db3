"""Exports as jobs: complete or failed, of one state, with a signed manifest, for whom they are asked."""

import csv
import io
import json
from hashlib import sha256

import pytest
from sqlalchemy import select
from support.exchange import AUDITOR, MONDAY, A, B, C, Exchange, speaking_for

from axis.exports import export_job
from axis.exports.columns import COLUMNS
from axis.exports.export_job import KIND, check_size, exporting
from axis.exports.export_requests import read_request
from axis.exports.queries import export_row, sweep_exports
from axis.exports.selections import Asked, count_rows, read_rows
from axis.exports.tables import EXPORT_CLAIMS, exports
from axis.jobs.job_queue import find_job, submit
from axis.jobs.kinds import kinds_of
from axis.jobs.runner import Runner
from axis.jobs.tables import jobs
from axis.objects.store import Objects, read_pieces, sweep_objects
from axis.objects.tables import chunks
from axis.protocol.errors import TooManyRows
from signing.notes import open_note

DAY = 24 * 3600 * 1_000_000
OWNER = "11111111-1111-4111-8111-111111111111"


def members(caller):
    return {
        "role": caller.role,
        "agency": caller.agency,
        "subtree": caller.subtree,
        "name": caller.name,
        "token_id": OWNER,
    }


def run(exchange: Exchange, what: str, form: str = "csv", caller=AUDITOR, **chosen):
    """Export by a job; return the job, and the file and the manifest it made."""
    params = {"what": what, "format": form, "filter": chosen, "caller": members(caller)}
    database = exchange.database
    job = database.write(lambda tx: submit(tx, KIND, params, owner=OWNER, request_id="r", most=9))
    kind = exporting(Objects(database), exchange.recorder)
    runner = Runner(database, kinds_of(kind), at_once=1, lease_seconds=60)
    while runner.run_one():
        pass
    with database.read() as tx:
        ended, made = find_job(tx, job, OWNER), export_row(tx, job, OWNER)
    if made is None:
        return ended, None, None
    return ended, b"".join(read_pieces(Objects(database), made.upload, 0, made.size)), made


def rows_of(content: bytes):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_list_is_exported_whole_with_its_manifest(exchange):
    numbers = [exchange.send(A, (B, C)).number for _ in range(3)]
    job, content, made = run(exchange, "documents")
    assert job.state == "done"
    rows = rows_of(content)
    assert [row["number"] for row in rows] == numbers
    assert rows[0]["to"] == f"{B} {C}"
    assert rows[0]["from_name"] == f"Cơ quan {A}"
    text = open_note(made.manifest, exchange.verifier)
    heading, told, _ = text.split("\n")
    said = json.loads(told)
    assert heading == "axis export v1"
    assert (said["rows"], said["size"]) == (3, len(content))
    assert said["sha256"] == made.sha256 == sha256(content).hexdigest()
    assert said["checkpoint"].splitlines()[1] == "3"
    assert json.loads(job.result)["rows"] == 3


@pytest.mark.parametrize("what", list(COLUMNS))
@pytest.mark.parametrize("form", ["csv", "xlsx", "ndjson", "parquet"])
def test_everything_goes_into_every_format(exchange, what, form):
    sent = exchange.send(A, (B,), signed="unsigned")
    exchange.give(B, sent.delivery(), "02", "=sai thẩm quyền")
    exchange.refuse()
    job, content, _ = run(exchange, what, form)
    assert job.state == "done", job.problem
    assert content
    assert json.loads(job.result)["rows"] == (3 if what == "entries" else 1)


def test_filters_are_those_of_the_lists(exchange):
    exchange.send(A, (B,), at=MONDAY)
    late = exchange.send(A, (C,), signed="unsigned", at=MONDAY + 40 * DAY)
    for chosen in (
        {"from": "2019-07-01"},
        {"recipient": "H26"},
        {"indication": "none"},
        {"text": late.number},
    ):
        _, content, _ = run(exchange, "documents", **chosen)
        assert [row["number"] for row in rows_of(content)] == [late.number]
    _, content, _ = run(exchange, "entries", **{"from": "2019-07-01"})
    assert [row["number"] for row in rows_of(content)] == [late.number]
    _, content, _ = run(exchange, "documents", text="***")
    assert rows_of(content) == []


def test_an_agency_gets_its_own_and_of_what_it_received_its_own_deliveries(exchange):
    sent = exchange.send(A, (B, C))
    exchange.send(C, (A,))
    exchange.give(B, sent.delivery(0), "03")
    exchange.give(C, sent.delivery(1), "02", "nhầm")
    exchange.refuse(C)
    caller = speaking_for(B)
    _, content, _ = run(exchange, "documents", caller=caller)
    assert [row["id"] for row in rows_of(content)] == [sent.id]
    _, content, _ = run(exchange, "deliveries", caller=caller)
    assert [(row["to"], row["status"]) for row in rows_of(content)] == [(B, "03")]
    _, content, _ = run(exchange, "statuses", caller=caller)
    assert [(row["by"], row["code"]) for row in rows_of(content)] == [(B, "03")]
    _, content, _ = run(exchange, "refusals", caller=caller)
    assert rows_of(content) == []
    _, content, _ = run(exchange, "statuses", caller=speaking_for(A))
    assert [row["by"] for row in rows_of(content)] == [B, C]


def test_batches_follow_one_another_without_a_gap(exchange, monkeypatch):
    monkeypatch.setattr("axis.exports.selections.BATCH", 2)
    monkeypatch.setattr("axis.exports.ledger_entries.BATCH", 2)
    sent = [exchange.send(A, (B, C)) for _ in range(5)]
    for what, count in (("documents", 5), ("deliveries", 10), ("verdicts", 5), ("entries", 5)):
        job, content, _ = run(exchange, what)
        assert job.state == "done", job.problem
        rows = rows_of(content)
        assert len(rows) == count
        names = {"documents": "id", "deliveries": "id", "verdicts": "document", "entries": "document"}
        assert len({row[names[what]] for row in rows}) == count
    assert sent


def test_what_is_too_large_for_its_format_is_refused_before_it_begins(exchange, monkeypatch):
    monkeypatch.setitem(export_job.MOST, "xlsx", 2)
    for _ in range(3):
        exchange.send()
    for what in ("documents", "entries"):
        chosen, form, query = read_request(what, "xlsx", {})
        with exchange.database.read() as tx, pytest.raises(TooManyRows) as refused:
            check_size(tx, Asked(chosen, query, AUDITOR), form)
        assert refused.value.params["fitting"] == "csv, ndjson or parquet"
    job, _, made = run(exchange, "documents", "xlsx")
    assert (job.state, made) == ("failed", None)
    assert json.loads(job.problem)["code"] == "too-many-rows"


def test_an_export_that_lost_a_row_fails(exchange, monkeypatch):
    exchange.send()
    monkeypatch.setattr(export_job, "count_rows", lambda tx, asked: count_rows(tx, asked) + 1)
    job, _, made = run(exchange, "documents")
    assert made is None
    assert job.state == "queued"  # an unexpected fault: it is tried again


def test_files_go_when_their_jobs_are_forgotten(exchange):
    exchange.send()
    _, content, made = run(exchange, "documents")
    database = exchange.database

    def stored():
        with database.read() as tx:
            return tx.execute(select(chunks.c.upload)).scalars().all()

    sweep_objects(Objects(database), made.made_at + 2 * 3600 * 1_000_000, EXPORT_CLAIMS)
    assert stored() == [made.upload]
    assert database.write(sweep_exports) == 0
    database.write(lambda tx: tx.execute(jobs.delete()) and None)
    assert database.write(sweep_exports) == 1
    sweep_objects(Objects(database), made.made_at + 2 * 3600 * 1_000_000, EXPORT_CLAIMS)
    assert stored() == []
    with database.read() as tx:
        assert tx.execute(select(exports)).all() == []
    assert content


def test_rows_have_as_many_values_as_columns(exchange):
    sent = exchange.send()
    exchange.give(B, sent.delivery(), "01")
    exchange.refuse()
    for what in ("documents", "deliveries", "statuses", "verdicts", "refusals"):
        chosen, _, query = read_request(what, "csv", {})
        with exchange.database.read() as tx:
            (batch,) = read_rows(tx, Asked(chosen, query, AUDITOR))
        assert {len(row) for row in batch} == {len(COLUMNS[chosen])}
