"""Over HTTP: messages and calls made to harm get a code, cost little, and leave a refusal alone."""

import asyncio
import contextlib
import gzip
import hashlib
import socket
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from support import hostile_messages
from support.edxml_messages import DOCUMENT
from support.hostile_messages import MIB, messages, with_files
from support.hub import running_hub
from support.old_client import read_reply
from support.old_protocol_exchange import A, OldAxis, S
from support.waiting import GUARD_SECONDS

from axis.database import open_database
from axis.documents.tables import documents, envelopes, refusals
from axis.objects.tables import chunks
from axis.protocol.vxp import FILE_END, sign, stamp

pytestmark = pytest.mark.stores("sqlite")

ALLOWED = 64 * MIB
REFUSED = sorted(name for name, (_, code, _) in messages().items() if code is not None)
TAKEN = sorted(name for name, (_, code, _) in messages().items() if code is None)
THOUSANDS = [
    f"000.{number // 100:02}.{number % 100:02}.Z{place:02}" for place in range(10) for number in range(10_000)
]


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """An axis for all messages that are refused: nothing but their refusals reaches its store."""
    folder = tmp_path_factory.mktemp("hostile")
    store = OldAxis(f"sqlite:///{folder}/axis.db", folder)
    yield store
    store.close()


@pytest.fixture
def impatient_axis(database, database_url, tmp_path):  # noqa: ARG001 - its tables are needed
    store = OldAxis(database_url, tmp_path, body_idle_seconds=0.05)
    yield store
    store.close()


def rows_of(axis):
    """How many documents, refusals and parts of files are stored."""
    tables = (documents, envelopes, chunks, refusals)
    with axis.hub.database.read() as tx:
        return [tx.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]


def headers_of(secret, content, **more):
    """The headers that prove a call of S to send some content."""
    parameters = {
        "systemid": S,
        "timestamp": stamp(datetime.now(UTC)),
        "messagetype": "edoc",
        "from": S,
        "hash-file": hashlib.sha256(content).hexdigest(),
    }
    return dict(sign(parameters | more, secret))


def post(axis, content, headers):
    answer = axis.clients[S].http.request("POST", "/vxp/sendEdoc", headers=headers, content=content)
    assert answer.status_code == 200
    return read_reply(answer.content.decode("ascii"))


@pytest.mark.parametrize("name", REFUSED)
def test_a_message_made_to_harm_is_refused_for_its_reason_and_cheaply(shared, name):
    message, code, reason = hostile_messages.message(name)
    assert len(message) <= 1.5 * MIB
    before = rows_of(shared)
    shared.refusal(message)  # what is made once is made
    tracemalloc.start()
    found, description = shared.refusal(message)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (found, reason in description) == (code, True), description
    assert peak < ALLOWED
    assert rows_of(shared) == [*before[:3], before[3] + 2]
    newest = shared.refusals()[0]
    assert (newest["code"], newest["problem"]["errors"][0]["pointer"][:6]) == ("manifest-invalid", "edxml:")


@pytest.mark.parametrize("name", TAKEN)
def test_an_archive_inside_a_file_is_a_file_like_any_other_and_never_opened(shared, name):
    message, _, _ = hostile_messages.message(name)
    tracemalloc.start()
    shared.sent(message)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < ALLOWED


@pytest.mark.stores("sqlite", "postgresql")
def test_all_of_them_leave_their_refusals_alone_on_either_store(axis):
    for name in REFUSED:
        message, code, _ = hostile_messages.message(name)
        assert axis.refusal(message)[0] == code, name
    assert rows_of(axis) == [0, 0, 0, len(REFUSED)]


def test_files_that_are_many_beyond_all_limits_are_refused_by_their_number(axis):
    code, description = axis.refusal(with_files(5_000, "a.txt", b"a"))
    assert code in {"10", "22"}
    assert "at most" in description


def test_a_hundred_thousand_recipients_in_a_header_prove_nothing(axis):
    assert axis.refusal(DOCUMENT, to=THOUSANDS)[0] == "15"
    assert rows_of(axis) == [0, 0, 0, 0]


def test_recipients_in_a_header_beyond_what_a_document_may_have_are_refused_together(axis):
    code, description = axis.refusal(DOCUMENT, to=THOUSANDS[:2_500])
    assert (code, "2500 recipients, expected at most 1000" in description) == ("22", True), description
    assert rows_of(axis) == [0, 0, 0, 1]


def test_a_thousand_unknown_recipients_are_all_named(axis):
    code, description = axis.refusal(DOCUMENT, to=THOUSANDS[:1_000])
    assert code == "18"
    assert all(each in description for each in THOUSANDS[:1_000])


@pytest.mark.parametrize("size", [100_000, 1_000_000])
def test_signed_headers_of_any_length_prove_nothing(axis, size):
    assert axis.refusal(DOCUMENT, note="a" * size)[0] == "15"
    assert axis.refusal(DOCUMENT, **{"n" * size: "a"})[0] == "15"
    assert rows_of(axis) == [0, 0, 0, 0]


def test_a_body_that_stops_coming_is_given_up_and_recorded(impatient_axis):
    axis = impatient_axis

    async def drips():
        for byte in DOCUMENT[:3]:
            yield bytes([byte])
        await asyncio.Event().wait()

    reply = post(axis, drips(), headers_of(axis.clients[S].secret, DOCUMENT))
    assert (reply["ErrorCode"], reply["DocId"]) == ("20", "")
    assert "nothing more for" in reply["ErrorDesc"]
    assert rows_of(axis) == [0, 0, 0, 1]


@pytest.mark.parametrize("length", ["99999999999999999999", "100000000"])
def test_a_body_that_says_it_is_too_large_is_refused_before_it_is_read(axis, length):
    read = []

    async def pieces():
        read.append(1)
        yield DOCUMENT

    reply = post(axis, pieces(), headers_of(axis.clients[S].secret, DOCUMENT) | {"Content-Length": length})
    assert (reply["ErrorCode"], reply["DocId"], read) == ("10", "", [])
    assert rows_of(axis) == [0, 0, 0, 1]


@pytest.mark.parametrize("length", ["0", "1", "-1", "a", "", "1e3"])
def test_a_length_that_is_none_of_the_body_decides_nothing(axis, length):
    """Over a socket the server goes by it; here nothing does, and the digest decides."""
    reply = post(axis, DOCUMENT, headers_of(axis.clients[S].secret, DOCUMENT) | {"Content-Length": length})
    assert (reply["status"], rows_of(axis)[0]) == ("OK", 1)


def test_a_body_cut_short_is_no_message(axis):
    reply = post(axis, DOCUMENT[:-1], headers_of(axis.clients[S].secret, DOCUMENT))
    assert (reply["ErrorCode"], rows_of(axis)) == ("10", [0, 0, 0, 1])


def test_no_encoding_of_a_body_is_undone(axis):
    packed = gzip.compress(DOCUMENT)
    encoded = {"Content-Encoding": "gzip"}
    assert post(axis, packed, headers_of(axis.clients[S].secret, DOCUMENT) | encoded)["ErrorCode"] == "10"
    assert post(axis, packed, headers_of(axis.clients[S].secret, packed) | encoded)["ErrorCode"] == "22"
    bomb = gzip.compress(bytes(500 * MIB))
    tracemalloc.start()
    assert post(axis, bomb, headers_of(axis.clients[S].secret, bomb) | encoded)["ErrorCode"] == "22"
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < ALLOWED
    assert rows_of(axis)[0] == 0


def exchange(hub, head, body, *, close=False):
    """Send bytes over a socket and return what comes back until nothing more does."""
    with socket.create_connection(("127.0.0.1", hub.port), timeout=GUARD_SECONDS) as connection:
        lines = [f"{name}: {value}" for name, value in head]
        request = "\r\n".join(
            ["POST /vxp/sendEdoc HTTP/1.1", "Host: axis.test", "Connection: close", *lines, "", ""]
        )
        with contextlib.suppress(ConnectionError):
            connection.sendall(request.encode() + body)
        if close:
            return b""
        answer = b""
        with contextlib.suppress(ConnectionError):
            while piece := connection.recv(65_536):
                answer += piece
        return answer


def peak_of(hub):
    """The most memory the hub's process ever held, in bytes."""
    status = Path(f"/proc/{hub.process.pid}/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


@pytest.fixture
def hub(tmp_path):
    with running_hub(tmp_path, f"sqlite:///{tmp_path}/axis.db", AXIS_BODY_IDLE_SECONDS="3") as started:
        started.provision({"code": S, "name": "Sở Gương"}, {"code": A, "name": "Huyện Mẫu"})
        yield started


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux to tell a process's memory")
def test_over_a_socket_nothing_of_it_is_stored_and_the_process_stays_small(hub):
    secret = hub.axis("vxp", "system", "add", S).stdout.strip().encode()
    body = DOCUMENT + FILE_END
    good, size = list(headers_of(secret, DOCUMENT).items()), ("Content-Length", len(body))
    assert b'"status":"OK"' in exchange(hub, [*good, size], body)  # what is made once is made
    before = peak_of(hub)
    for name in REFUSED:
        message, code, _ = hostile_messages.message(name)
        head = [*headers_of(secret, message).items(), ("Content-Length", len(message))]
        assert b'"ErrorCode":"%b"' % code.encode() in exchange(hub, head, message), name
    other = DOCUMENT.replace(b"217", b"218")
    head = list(headers_of(secret, other).items())
    longer, shorter = ("Content-Length", len(other) + 9), ("Content-Length", len(other) - 9)
    whole, chunked = ("Content-Length", len(other)), ("Transfer-Encoding", "chunked")
    for wrong in (
        [*head, longer],
        [*head, shorter],
        [*head, whole, shorter],
        [*head, whole, chunked],
        [*head, ("Content-Length", "-1")],
        [*head, ("Content-Length", "9" * 400)],
        [*head, whole, ("XroadVnpt-note", "a" * 70_000_000)],
        [*head, whole, *((f"X-{number}", "a") for number in range(500_000))],
        [("XroadVnpt-sign-header", "a"), *head, whole],
    ):
        assert b'"status":"OK"' not in exchange(hub, wrong, other), wrong[-1]
    for ending in (b"0\r\nX: " + b"a" * 70_000_000, b"5;" + b"a" * 70_000_000):  # trailers, extensions
        assert b'"status":"OK"' not in exchange(hub, [*head, chunked], ending)
    exchange(hub, [*head, whole], other[:100], close=True)
    assert peak_of(hub) - before < ALLOWED
    database = open_database(hub.database_url)
    try:
        with database.read() as tx:
            assert tx.execute(select(func.count()).select_from(documents)).scalar_one() == 1
    finally:
        database.close()
    assert b'"status":"OK"' in exchange(hub, [*head, whole], other)
