"""A tiny hub that speaks the old protocol: it proves each call, keeps a queue, remembers what was sent."""

import json
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from support.stub_hub import Asked, Say, StubHub, stub_hub

from axis.protocol.edxml import Document, Status, read
from axis.protocol.vxp import OPERATIONS, Call, file_of, prove, read_claim

SECRET = "a-secret"


def proved(asked: Asked) -> Call:
    """The call that a request's headers prove under the secret; raises `VxpRefused`."""
    headers = [(name.encode(), value.encode()) for name, value in asked.headers.items()]
    operation = OPERATIONS[asked.path.removeprefix("/vxp/")]
    assert operation.method == asked.method
    return prove(read_claim(headers), SECRET.encode(), operation, datetime.now(UTC))


def ok(**members: object) -> Say:
    return Say(200, {"status": "OK", "ErrorCode": "0", "ErrorDesc": "Success", **members})


def fail(code: str, description: str = "because", **members: object) -> Say:
    return Say(200, {"status": "FAIL", "ErrorCode": code, "ErrorDesc": description, **members})


@dataclass
class OldHub:
    """What lies in it: messages by item id, `edoc` and `status`, and what came in."""

    items: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    sent: list[tuple[Call, bytes]] = field(default_factory=list)
    refused: dict[str, Say] = field(default_factory=dict)
    """Answers to statuses, by their code."""
    handed_out: dict[str, bytes] = field(default_factory=dict)
    """What is fetched under an id, where that is not what is listed."""
    keeps_all: bool = False
    """Takes nothing off its list."""

    def lists(self, kind: str) -> list[str]:
        """What is listed, by id."""
        return [
            item
            for item, (of, _) in self.items.items()
            if of == kind and (self.keeps_all or self.states.get(item) not in {"done", "fail"})
        ]

    def answer(self, asked: Asked) -> Say:
        """Answer one request."""
        call = proved(asked)
        name = call.operation.name
        if name == "getReceivedEdocList":
            return ok(data=[self._listed(item) for item in self.lists(call.parameters["messagetype"])])
        if name in {"countReceiveEdoc", "countReceiveStatus"}:
            return ok(count=len(self.lists("edoc" if name == "countReceiveEdoc" else "status")))
        if name == "getEdoc":
            content = self.handed_out.get(call.document, self.items[call.document][1])
            return ok(data=b64encode(content).decode())
        if name == "updateStatus":
            self.states[call.document] = call.parameters["status"]
            return ok()
        assert name == "sendEdoc"
        file = file_of(asked.body, call.parameters["hash-file"])
        assert file is not None
        message = read(file).message
        if isinstance(message, Status) and message.code in self.refused:
            return self.refused[message.code]
        self.sent.append((call, file))
        return ok(DocId=f"doc-{len(self.sent)}")

    def _listed(self, item: str) -> dict[str, str]:
        kind, content = self.items[item]
        message = read(content).message
        to = message.recipients[0].organ_id if isinstance(message, Document) else message.about.organ_id
        at = "2019/06/03 09:00:00"
        state = self.states.get(item, "initial")
        listed = {"docId": item, "serviceType": "eDoc", "messageType": kind, "from": message.sender.organ_id}
        return listed | {
            "to": to,
            "created_time": at,
            "updated_time": at,
            "status": state,
            "status_desc": state,
        }


@contextmanager
def old_hub(**begin: object) -> Iterator[tuple[StubHub, OldHub]]:
    """Serve an `OldHub` over HTTP."""
    state = OldHub(**begin)  # type: ignore[arg-type]
    with stub_hub(otherwise=state.answer) as hub:
        yield hub, state


def messages(state: OldHub) -> list[Document | Status]:
    """What was sent, as it was understood."""
    return [read(file).message for _, file in state.sent]


def recipients_of(call: Call) -> list[str]:
    """The `to` of a call."""
    found: list[str] = json.loads(call.parameters["to"])
    return found
