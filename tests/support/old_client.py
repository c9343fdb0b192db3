"""A double of the real axis's published client, made from its recorded requests.

It keeps what makes the real one hard to serve: parameters of earlier calls are sent and signed again, in
the order of a hash map; the time is told once per object; the file's digest is not padded, and two bytes
follow the file. Where the real client would break on a reply, an assertion fails here.
"""

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import httpx

from axis.protocol.vxp import FILE_END, OPERATIONS, sign, stamp

VERSION = ("XroadVnpt-version", "3.0.201608")

RECEIVED = (
    *("docId", "serviceType", "messageType", "created_time", "updated_time", "from", "to"),
    *("status", "status_desc"),
)
SENT = (
    *("serviceType", "messageType", "senderDocId", "receiverDocId", "fromCode", "toCode", "title"),
    *("notation", "sentTime", "receivedTime", "sendStatus", "sendStatusDesc", "receiveStatus"),
    "receiveStatusDesc",
)
AGENCY = ("id", "pid", "code", "name", "mail", "oldCode", "code102")
UNIT = ("id", "pid", "code", "name", "mail", "version", "centerCode", "deleted", "modifyDate", "isAgency")
NO_TEXTS = {"version": int, "deleted": bool, "isAgency": bool}


class Http(Protocol):
    """An `httpx.Client`, or an `AsgiClient`."""

    def request(self, method: str, path: str, /, **more: Any) -> httpx.Response:
        """Send one request and return the answer."""


class OldClient:
    """The two objects an integrator makes of the real client: one for documents, one for the directory."""

    def __init__(
        self,
        http: Http,
        system: str,
        secret: str,
        *,
        endpoint: str = "/vxp",
        made: Sequence[dt.datetime] = (),
    ) -> None:
        self.http = http
        self.endpoint = endpoint
        self.secret = secret.encode()
        now = dt.datetime.now(dt.UTC)
        first, second = made or (now, now)
        self.documents: dict[str, str] = {"systemid": system, "timestamp": stamp(first)}
        self.directory: dict[str, str] = {"systemid": system, "timestamp": stamp(second)}
        """What each object signs; whatever is put there stays."""

    def send_edoc(
        self,
        message: bytes | Path,
        *,
        sender: str,
        to: Sequence[str] | None = None,
        messagetype: str = "edoc",
        **headers: str,
    ) -> dict[str, Any]:
        """Send a document or a status."""
        content = message if isinstance(message, bytes) else message.read_bytes()
        self.documents["Content-Type"] = "application/octet-stream"
        given = {"servicetype": "eDoc", "messagetype": messagetype, "from": sender}
        if to is not None:
            given["to"] = json.dumps(list(to), separators=(",", ":"))
        self.documents |= given | {"hash-file": unpadded(content)} | headers
        answer = self.call("sendEdoc", self.documents, content + FILE_END)
        reply = read_reply(answer.content.decode("ascii"))
        assert isinstance(reply["DocId"], str)
        return reply

    def received(self, messagetype: str = "edoc", **headers: str) -> dict[str, Any]:
        """List what waits."""
        given = {"servicetype": "eDoc", "messagetype": messagetype, **headers}
        return self._list("getReceivedEdocList", self.documents, RECEIVED, given)

    def sent(self, **headers: str) -> dict[str, Any]:
        """List what was sent."""
        return self._list("getSentEdocList", self.documents, SENT, headers)

    def edoc(self, identity: str, **headers: str) -> tuple[dict[str, Any], bytes]:
        """Fetch a message in base64; its bytes are empty on failure."""
        reply = self._ask("getEdoc", self.documents, {"docId": identity, "filePath": "store", **headers})
        if reply["status"] == "FAIL":
            return reply, b""
        assert isinstance(reply["data"], str)
        content = base64.b64decode(reply["data"], validate=True)
        assert content.decode("utf-8").encode() == content
        return reply, content

    def download(self, identity: str, **headers: str) -> bytes:
        """Fetch a message as it is; any byte at all is success to the real client."""
        self.documents |= {
            "Content-Type": "application/json",
            "docId": identity,
            "filePath": "store",
            **headers,
        }
        return self.call("downloadEdoc", self.documents).content

    def update_status(self, identity: str, status: str, **headers: str) -> dict[str, Any]:
        """Say how far one is with a message."""
        return self._ask("updateStatus", self.documents, {"docid": identity, "status": status, **headers})

    def count_edoc(self, **headers: str) -> int:
        """Count the documents that wait; the reply has to be a success."""
        return self._count("countReceiveEdoc", headers)

    def count_status(self, **headers: str) -> int:
        """Count the statuses that wait; the reply has to be a success."""
        return self._count("countReceiveStatus", headers)

    def agencies(self, **headers: str) -> dict[str, Any]:
        """List the directory."""
        return self._list("getAgenciesList", self.directory, AGENCY, headers)

    def agencies_qd20(self, **headers: str) -> dict[str, Any]:
        """List the directory with short codes; `level` narrows it."""
        return self._list("getAgenciesListQD20", self.directory, AGENCY, headers)

    def units(self, **headers: str) -> dict[str, Any]:
        """List the directory with its changes."""
        return self._list("getSynchronizeUnit", self.directory, UNIT, headers)

    def register(self, agency: Mapping[str, str], **headers: str) -> dict[str, Any]:
        """Add an agency: id, pcode, code, name, mail, mobile, fax."""
        body = json.dumps(dict(agency), ensure_ascii=False).encode()
        return self._ask("registerAgency", self.directory, headers, body)

    def delete(self, code: str, **headers: str) -> dict[str, Any]:
        """Delete an agency."""
        return self._ask("deleteAgency", self.directory, {"AgencyCode": code, **headers})

    def call(self, operation: str, parameters: dict[str, str], body: bytes = b"") -> httpx.Response:
        """Send one request with all that an object remembers, signed; parameters are un-prefixed."""
        ordered = {name: parameters[name] for name in in_hash_order(parameters)}
        headers = dict([*sign(ordered, self.secret), VERSION])
        method = OPERATIONS[operation].method
        content = body if method == "POST" else None
        return self.http.request(method, f"{self.endpoint}/{operation}", headers=headers, content=content)

    def _ask(
        self, operation: str, parameters: dict[str, str], given: Mapping[str, str], body: bytes = b""
    ) -> dict[str, Any]:
        parameters |= {"Content-Type": "application/json", **given}
        return read_reply(self.call(operation, parameters, body).content.decode("utf-8"))

    def _list(
        self, operation: str, parameters: dict[str, str], members: Sequence[str], given: Mapping[str, str]
    ) -> dict[str, Any]:
        reply = self._ask(operation, parameters, given)
        assert isinstance(reply["data"], list)
        for item in reply["data"]:
            assert set(members) <= set(item), item
            for name, value in item.items():
                assert type(value) is NO_TEXTS.get(name, str), (name, value)
        return reply

    def _count(self, operation: str, given: Mapping[str, str]) -> int:
        reply = self._ask(operation, self.documents, given)
        assert reply["status"] == "OK", reply
        assert type(reply["count"]) is int
        return int(reply["count"])


def read_reply(text: str) -> dict[str, Any]:
    """Read a reply as the real client does: three texts it cannot do without."""
    reply: dict[str, Any] = json.loads(text)
    assert all(isinstance(reply[name], str) for name in ("status", "ErrorCode", "ErrorDesc")), reply
    assert (reply["status"], reply["ErrorCode"] == "0") in {("OK", True), ("FAIL", False)}, reply
    assert reply["ErrorDesc"].isascii(), reply
    return reply


def unpadded(content: bytes) -> str:
    """The SHA-256 of a file as the real client prints it: byte by byte, without leading zeros."""
    return "".join(f"{byte:x}" for byte in hashlib.sha256(content).digest())


def in_hash_order(names: Sequence[str] | Mapping[str, str]) -> list[str]:
    """The names in the order in which the real client's map gives them out."""
    places = 16
    while len(names) > places * 3 // 4:
        places *= 2
    return sorted(names, key=lambda name: _spread(name) % places)


def _spread(name: str) -> int:
    """The hash of a text in the real client's language, its upper half folded into the lower."""
    value = 0
    for character in name:
        value = (31 * value + ord(character)) & 0xFFFFFFFF
    return value ^ value >> 16
