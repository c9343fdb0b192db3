"""Across modules: the tests' double of the real client writes what the real one was recorded to write."""

import base64
import datetime as dt
import json

import httpx
from support import project
from support.old_client import OldClient

RECORDED = json.loads((project.ROOT / "tests/axis/protocol/vxp_requests.json").read_text(encoding="utf-8"))
MADE = tuple(
    dt.datetime(2026, 11, 22, 1, 17, 54, milliseconds * 1000, tzinfo=dt.UTC) for milliseconds in (468, 519)
)
LISTED = {"status": "OK", "ErrorCode": "0", "ErrorDesc": "Success", "DocId": "d-1", "data": []}


class Recorder:
    """Takes requests and answers that there is nothing."""

    def __init__(self) -> None:
        self.requests = []

    def request(self, method, path, *, headers, content):
        self.requests.append((path.removeprefix("/vxp/"), method, list(headers.items()), content or b""))
        data = {"data": ""} if path.endswith("getEdoc") else {}
        return httpx.Response(200, json=LISTED | data)


def test_it_writes_what_was_recorded():
    recorder = Recorder()
    client = OldClient(recorder, "000.00.00.H99", RECORDED["secret"], made=MADE)
    message = base64.b64decode(RECORDED["requests"][0]["body_base64"]).removesuffix(b"\r\n")
    client.send_edoc(message, sender="000.00.00.H99", to=["000.00.00.H98", "000.00.00.H97"])
    client.received()
    client.edoc("d-1")
    client.update_status("d-1", "done")
    client.sent()
    client.agencies()
    client.register({"code": "001.00.00.H99", "name": "Đơn vị"})
    client.delete("001.00.00.H99")
    client.units()
    client.agencies_qd20(level="1")
    assert len(recorder.requests) == len(RECORDED["requests"])
    for (operation, method, headers, body), recorded in zip(
        recorder.requests, RECORDED["requests"], strict=True
    ):
        assert (operation, method) == (recorded["operation"], recorded["method"])
        assert headers == [tuple(header) for header in recorded["headers"]], operation
        if operation != "registerAgency":
            assert body == base64.b64decode(recorded.get("body_base64", "")), operation


def test_what_one_call_left_behind_goes_out_with_the_next_and_collides():
    recorder = Recorder()
    client = OldClient(recorder, "000.00.00.H99", "secret", made=MADE)
    client.edoc("d-1")
    client.update_status("d-2", "fail")
    client.received(fromDate="2026/11/22")
    headers = dict(recorder.requests[-1][2])
    assert (headers["XroadVnpt-docId"], headers["XroadVnpt-docid"]) == ("d-1", "d-2")
    assert headers["XroadVnpt-status"] == "fail"
