"""Over HTTP: the settings of bulk requests bound what one request and all of them may do."""

import contextlib
import json
from hashlib import sha256

import pytest
from support.bulk import CONTENT, NDJSON, line_of
from support.old_protocol_exchange import REST, A, OldAxis, S

from axis.intake.bulk_workers import BulkWorkers

pytestmark = pytest.mark.stores("sqlite")


@pytest.fixture
def bounded(database, database_url, tmp_path, monkeypatch):  # noqa: ARG001 - its tables
    """Make a hub with such settings; lines are prepared in its threads, as before its workers are there."""
    monkeypatch.setattr(BulkWorkers, "_start", lambda _self: None)
    with contextlib.ExitStack() as opened:

        def make(**settings):
            return opened.enter_context(contextlib.closing(OldAxis(database_url, tmp_path, **settings)))

        yield make


def line(number):
    declared = {"name": "a.pdf", "media_type": "application/pdf", "size": len(CONTENT)}
    manifest = {
        "from": S,
        "to": [A],
        "number": f"{number}/SGD",
        "issued_on": "2027-01-15",
        "type": "cong-van",
        "subject": "V/v kiểm tra",
        "attachments": [{**declared, "sha256": sha256(CONTENT).hexdigest()}],
    }
    return line_of(json.dumps(manifest).encode())


def send(axis, *lines, sender=S):
    return axis.rest[sender].post("/v1/documents/bulk", content=b"\n".join(lines), headers=NDJSON)


def outcomes(answer):
    assert answer.status_code == 200, answer.text
    return [each.get("code", "accepted") for each in map(json.loads, answer.text.splitlines())]


def test_a_request_ends_at_the_most_lines_that_one_may_have(bounded):
    axis = bounded(bulk_lines=2)
    assert outcomes(send(axis, *map(line, range(4)))) == ["accepted", "accepted", "too-large"]
    assert outcomes(send(axis, line(3))) == ["accepted"], "it is counted for each request"


def test_a_line_beyond_its_bound_is_refused_and_the_next_ones_are_taken_in(bounded):
    most = len(line(10))
    axis = bounded(bulk_line_bytes=most)
    lines = [line(10), line(11) + b" ", line(12)]
    assert outcomes(send(axis, *lines)) == ["accepted", "too-large", "accepted"]


def test_lines_beyond_the_bytes_under_way_wait_and_all_are_taken_in(bounded, monkeypatch):
    axis = bounded(bulk_bytes=1)
    under_way = []
    prepare = axis.hub.bulk_workers.prepare

    async def noting(lines, *more):
        under_way.append(len(lines))
        return await prepare(lines, *more)

    monkeypatch.setattr(axis.hub.bulk_workers, "prepare", noting)
    assert outcomes(send(axis, *map(line, range(5)))) == ["accepted"] * 5
    assert under_way == [1] * 5


def test_requests_beyond_those_at_once_are_refused_before_a_line_is_read(bounded):
    axis = bounded(bulk_at_once=2)
    with axis.hub.bulk_admission.one(S):  # one of its own is under way
        answer = send(axis, line(1))
        assert (answer.status_code, answer.json()["code"]) == (429, "too-many-requests")
        with axis.hub.bulk_admission.one(A):
            answer = send(axis, line(1), sender=REST)
            assert (answer.status_code, answer.json()["code"]) == (503, "overloaded")
            assert int(answer.headers["retry-after"]) >= 1
    assert outcomes(send(axis, line(1))) == ["accepted"]
