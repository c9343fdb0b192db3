"""A store that is full, read-only or gone: 503 at both doors, nothing lost, and back by itself."""

import hashlib
import json
import logging
from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from support.failing_store import FAILURES, Failure, failing_store
from support.old_protocol_exchange import LETTER, A, OldAxis, S, letter
from support.postgres import running_server

from axis.compliance.store_checks.leaves_and_rows import check_rows
from axis.database import Database, StoreFailing, open_database
from axis.database.failures import is_store_failure
from axis.database.full_store_probe import BEGINNING, put_filling
from axis.database.migrate import migrate
from axis.database.store_facts import get_fact, raise_version, set_fact, version
from axis.protocol import edxml

PDF = b"%PDF-1.7\n" + bytes(50_000) + b"\n%%EOF\n"
"""More than fits into what is left of a full store's pages."""
MANIFEST = {
    "from": A,
    "to": [S],
    "number": "9/UBND",
    "issued_on": "2026-06-03",
    "type": "cong-van",
    "subject": "V/v kho đầy",
    "attachments": [
        {
            "name": "9.pdf",
            "media_type": "application/pdf",
            "size": len(PDF),
            "sha256": hashlib.sha256(PDF).hexdigest(),
        }
    ],
}

OTHER = letter(
    code=edxml.DocumentCode("218", "SGD-VP"),
    document_id=f"{S},2027/01/15,218/SGD-VP",
    attachments=(edxml.Attachment("1", "218.pdf", PDF),),
)


@pytest.fixture(params=["full", "read-only", "gone"])
def failure(request: pytest.FixtureRequest, database: Database) -> str:
    """Every way in which a store of this kind fails."""
    if request.param not in FAILURES[database.dialect]:
        pytest.skip("not of this kind")
    return request.param


@pytest.fixture
def axis(database: Database, database_url: str, tmp_path) -> Iterator[OldAxis]:  # noqa: ARG001 - its tables
    store = OldAxis(database_url, tmp_path)
    yield store
    store.close()


def post(axis: OldAxis) -> httpx.Response:
    """Send the document over REST."""
    return axis.rest[A].post(
        "/v1/documents",
        files=[("manifest", ("", json.dumps(MANIFEST).encode())), ("attachment", ("9.pdf", PDF))],
    )


def test_a_document_is_put_off_at_both_doors_and_taken_once_when_the_store_is_back(
    axis: OldAxis, database_url: str, failure: Failure
) -> None:
    hub, first = axis.hub, axis.sent(LETTER)
    assert axis.rest[A].get("/readyz").status_code == 200
    with failing_store(hub.database, database_url, failure):
        refused = post(axis)
        assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
        assert refused.headers["retry-after"] == "5"
        reply = axis.send(OTHER)
        assert (reply["status"], reply["ErrorCode"], reply["DocId"]) == ("FAIL", "20", "")
        assert "Sending again later is safe" in reply["ErrorDesc"]
        assert axis.rest[A].get("/readyz").status_code == 503
        assert "axis_store_failing 1.0" in axis.rest[A].get("/metrics").text or failure == "gone"
        if failure != "gone":
            assert [each["docId"] for each in axis.clients[A].received()["data"]] != []
            with pytest.raises(StoreFailing):
                hub.database.probe()
    if hub.database.failing:
        assert axis.rest[A].get("/readyz").status_code == 503, "until a probe says so"
    hub.database.probe()
    assert axis.rest[A].get("/readyz").status_code == 200
    taken, again = post(axis), post(axis)
    assert (taken.status_code, again.json()["id"]) == (201, taken.json()["id"])
    assert axis.sent(LETTER) == first
    assert axis.sent(OTHER) == axis.sent(OTHER)
    with hub.database.read() as tx:
        assert list(check_rows(tx)) == []
        assert get_fact(tx, f"{BEGINNING}0") is None


def test_a_failing_store_is_said_once_and_its_return_too(
    database: Database, database_url: str, failure: Failure, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "axis.database")
    with failing_store(database, database_url, failure):
        for _ in range(3):
            with pytest.raises(StoreFailing) as raised:
                database.write(lambda tx: put_filling(tx, 9))
    assert is_store_failure(raised.value.__cause__)
    database.probe()
    database.probe()
    assert [record.levelname for record in caplog.records if record.name == "axis.database"] == [
        "ERROR",
        "WARNING",
    ]
    with database.read() as tx:
        assert get_fact(tx, f"{BEGINNING}0") is None


def test_a_group_whose_store_fails_is_not_tried_item_by_item(
    database: Database, database_url: str, failure: Failure
) -> None:
    class Lane:
        groups = 0

        def commit(self, tx, items):
            self.groups += 1
            for item in items:
                set_fact(tx, item, "c")
            put_filling(tx, 9)
            return items

    lane = Lane()
    database.expect(lambda: 3)
    with failing_store(database, database_url, failure):
        waiting = [database.submit(lane, name) for name in ("a", "b", "c")]
        for each in waiting:
            with pytest.raises(StoreFailing):
                each.result()
    assert lane.groups <= 3, "three groups of one at most: none was tried again"


def test_a_statement_that_is_wrong_is_no_failure_of_the_store(database: Database) -> None:
    with pytest.raises(IntegrityError):
        database.write(lambda tx: tx.execute(text("INSERT INTO store (key) VALUES ('a')")))
    with pytest.raises(Exception, match="nowhere") as raised, database.read() as tx:
        tx.execute(text("SELECT * FROM nowhere"))
    assert not isinstance(raised.value, StoreFailing)
    assert not database.failing


@pytest.mark.slow
def test_a_server_that_was_stopped_is_a_failing_store() -> None:
    with running_server() as address:
        url = address.replace("postgresql://", "postgresql+psycopg://", 1)
        store = open_database(url)
        migrate(store)
    try:
        with pytest.raises(StoreFailing):
            store.write(raise_version)
        with pytest.raises(StoreFailing), store.read() as tx:
            version(tx)
        with pytest.raises(StoreFailing):
            store.probe()
    finally:
        store.close()
