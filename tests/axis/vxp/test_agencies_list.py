"""The directory in the old protocol: both forms of codes, versions and deletions, and 110,000 entries."""

import asyncio
import json
import os
from pathlib import Path

import pytest
from sqlalchemy import text
from support.old_protocol_systems import BAC_NINH as C
from support.old_protocol_systems import DEPARTMENT as UNDER_A
from support.old_protocol_systems import HAI_PHONG as A
from support.old_protocol_systems import OFFICE as B

from axis.agencies.directory_changes import AgencyEntry, delete_agency, put_agencies, set_locked
from axis.clock import parse_rfc3339
from axis.protocol.agency_codes import canonical
from axis.protocol.vxp import sign
from axis.vxp import agencies_list

MONDAY = parse_rfc3339("2019-06-03T02:11:09Z")
TUESDAY = parse_rfc3339("2019-06-04T20:11:09Z")


@pytest.fixture
def door(monday_door):
    return monday_door


@pytest.fixture
def client(door):
    return door.join(A)


def put(door, code, name="Cơ quan", **members):
    entry = AgencyEntry(canonical(code), name, **members)
    door.hub.database.write(lambda tx: put_agencies(tx, [entry], door.hub.clock.now()))


def remove(door, code):
    door.hub.database.write(lambda tx: delete_agency(tx, canonical(code), door.hub.clock.now()))


def by_id(reply):
    assert (reply["status"], reply["ErrorCode"], reply["ErrorDesc"]) == ("OK", "0", "Success")
    found = {item["id"]: item for item in reply["data"]}
    assert len(found) == len(reply["data"])
    return found


def test_agencies_are_listed_with_codes_lowest_level_first(door, client):
    put(door, UNDER_A, "Sở Giáo dục và Đào tạo thành phố Hải Phòng", mail="sgd@haiphong.example")
    found = by_id(client.agencies())
    assert set(found) == {A, B, C, UNDER_A}
    assert found[UNDER_A] == {
        "id": UNDER_A,
        "pid": A,
        "code": UNDER_A,
        "name": "Sở Giáo dục và Đào tạo thành phố Hải Phòng",
        "mail": "sgd@haiphong.example",
        "oldCode": UNDER_A,
        "code102": UNDER_A,
    }
    assert (found[A]["pid"], found[A]["mail"]) == ("", "")


def test_agencies_are_listed_with_codes_highest_level_first(door, client):
    put(door, "vxp.saas.03")
    found = by_id(client.agencies_qd20())
    assert {item["code"] for item in found.values()} == {"H24", "G22", "H05", "H24.14", "vxp.saas.03"}
    assert (found[UNDER_A]["code102"], found[UNDER_A]["pid"]) == (UNDER_A, A)


@pytest.mark.parametrize(
    ("level", "codes"),
    [("", 5), ("1", 3), (" 2 ", 1), ("3", 0), ("4", 1)],
)
def test_a_level_picks_agencies_of_that_level(door, client, level, codes):
    put(door, "H24.14.05.007")
    assert len(by_id(client.agencies_qd20(level=level))) == codes


@pytest.mark.parametrize("level", ["0", "5", "x", "1.0", "1;2"])
def test_what_is_no_level_is_refused(client, level):
    reply = client.agencies_qd20(level=level)
    assert (reply["ErrorCode"], reply["data"]) == ("20", [])


def test_what_earlier_calls_left_behind_narrows_no_list(client):
    client.directory |= {"AgencyCode": "H99", "level": "1", "status": "done", "docId": "x"}
    assert len(by_id(client.agencies())) == len(by_id(client.units())) == 4
    client.directory["level"] = ""
    assert len(by_id(client.agencies_qd20())) == 4


def test_locked_agencies_are_listed_and_deleted_ones_are_not(door, client):
    door.hub.database.write(lambda tx: set_locked(tx, B, locked=True))
    remove(door, UNDER_A)
    assert set(by_id(client.agencies())) == set(by_id(client.agencies_qd20())) == {A, B, C}


def test_units_tell_version_change_and_who_stands_on_top(door, client):
    put(door, "H24.14.05", mail="a@b.example")
    door.hub.clock.now = lambda: TUESDAY
    put(door, "H24.14.05", "Phòng Tổ chức")
    code = canonical("H24.14.05")
    found = by_id(client.units())
    assert found[code] == {
        "id": code,
        "pid": UNDER_A,
        "code": code,
        "name": "Phòng Tổ chức",
        "mail": "a@b.example",
        "version": 2,
        "centerCode": A,
        "deleted": False,
        "modifyDate": "2019/06/05 03:11:09",
        "isAgency": True,
    }
    assert (found[B]["centerCode"], found[B]["pid"], found[B]["version"]) == (B, "", 1)


def test_units_tell_of_agencies_that_were_deleted_and_came_back(door, client):
    remove(door, UNDER_A)
    found = by_id(client.units())[UNDER_A]
    assert (found["deleted"], found["isAgency"], found["version"], found["centerCode"]) == (True, False, 2, A)
    put(door, UNDER_A)
    found = by_id(client.units())[UNDER_A]
    assert (found["deleted"], found["isAgency"], found["version"]) == (False, True, 3)


@pytest.mark.parametrize("page", [1, 2, 3, 4, 5])
def test_pages_of_every_size_make_one_list(client, monkeypatch, page):
    monkeypatch.setattr(agencies_list, "PAGE", page)
    assert set(by_id(client.agencies())) == {A, B, C, UNDER_A}
    assert set(by_id(client.units())) == {A, B, C, UNDER_A}


def test_a_directory_that_cannot_be_read_is_a_refusal(client, monkeypatch):
    monkeypatch.setattr(agencies_list.queries, "unit_page", lambda *_args, **_more: 1 / 0)
    reply = client.agencies()
    assert (reply["status"], reply["ErrorCode"], reply["data"]) == ("FAIL", "20", [])


MANY = 110_000
NAME = "Ủy ban nhân dân xã Đông Hưng, huyện Tiên Lãng, thành phố Hải Phòng"


def resident_mebibytes():
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024**2


def fill(door):
    """Put 110,000 agencies below one into the directory, past what checks them: in a second or two."""
    put(door, "H30")
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {MANY - 1})"
    columns = "code, name, name_folded, parent, level, locked, added_at, changed_at"
    values = f"'001.00.H30.' || (100000 + i), '{NAME}', '', '000.00.00.H30', 4, false, 0, 0"
    below = "WHERE parent = '000.00.00.H30'"
    statements = (
        f"{numbers} INSERT INTO agencies ({columns}) SELECT {values} FROM n",
        f"INSERT INTO agency_tree (ancestor, descendant) SELECT code, code FROM agencies {below}",
        f"INSERT INTO agency_tree (ancestor, descendant) SELECT parent, code FROM agencies {below}",
    )
    door.hub.database.write(lambda tx: [tx.execute(text(statement)) for statement in statements] and None)
    return {f"001.00.H30.{100_000 + number}" for number in range(MANY)}


def asked(door, client, operation):
    """Ask one list as the server does, keeping no more of the reply than is being written."""
    headers = [
        (name.lower().encode(), value.encode())
        for name, value in sign(client.directory | {"Content-Type": "application/json"}, client.secret)
    ]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": f"/vxp/{operation}",
        "raw_path": f"/vxp/{operation}".encode(),
        "query_string": b"",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("axis.test", 80),
    }
    return door.app, scope


async def written(app, scope, take):
    """Run one request, handing over each piece of its body."""
    ended = asyncio.Event()
    requests = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive():
        if not requests:
            await ended.wait()  # a client that stays
        return requests.pop()

    async def send(message):
        take(message.get("body", b""))

    await app(scope, receive, send)


@pytest.mark.stores("postgresql")  # whose driver would hold the whole of an answer
def test_the_national_directory_is_sent_a_page_at_a_time(door, client, monkeypatch):
    codes = fill(door)
    reads, ahead, largest, found = [], [], [], []
    page = agencies_list.queries.unit_page
    monkeypatch.setattr(
        agencies_list.queries, "unit_page", lambda *given, **more: reads.append(1) or page(*given, **more)
    )

    def take(piece):
        found.append(piece)
        largest.append(len(piece))
        ahead.append(len(reads) - len(found))

    before = resident_mebibytes()
    grown = []
    asyncio.run(
        written(*asked(door, client, "getSynchronizeUnit"), lambda _piece: grown.append(resident_mebibytes()))
    )
    assert max(grown) - before < 24  # the reply alone has 30 MB
    reads.clear()
    asyncio.run(written(*asked(door, client, "getAgenciesList"), take))
    items = json.loads(b"".join(found))["data"]
    assert len(items) == MANY + 5
    assert {item["code"] for item in items if item["name"] == NAME} == codes
    assert len(reads) > 100
    assert max(ahead) <= 1
    assert max(largest) < 1024 * 1024


def test_no_transaction_is_held_while_the_client_takes_its_list(door, client, monkeypatch):
    monkeypatch.setattr(agencies_list, "PAGE", 2)
    counts = []

    def take(_piece):
        counts.append(door.hub.database._readers.pool.checkedout())

    asyncio.run(written(*asked(door, client, "getAgenciesList"), take))
    assert len(counts) > 3
    assert set(counts) == {0}
