"""A whole hub in-process with agencies on the old protocol, and messages for them to send."""

import base64
import dataclasses
import datetime as dt
import hashlib
import json
import os
from pathlib import Path
from typing import Any

import httpx
from support.application import keep_routes
from support.asgi import AsgiClient
from support.old_client import OldClient

from axis.agencies.directory_changes import AgencyEntry, put_agencies, set_locked
from axis.agencies.tokens import Grant, create_tokens
from axis.app import build, create_app
from axis.clock import real_now
from axis.database.secret_key import open_secret_key
from axis.database.store_facts import version
from axis.deliveries.system_setup import join
from axis.ledger.key import make_key
from axis.protocol import edxml
from axis.protocol.agency_codes import AgencyCode
from axis.settings import Settings

S, UNDER_S = AgencyCode("000.00.00.G94"), AgencyCode("000.00.14.G94")
A, B, REST = AgencyCode("000.00.00.H94"), AgencyCode("000.00.00.H95"), AgencyCode("000.00.00.H96")
PDF = b"%PDF-1.7\n%%EOF\n"
FILE = edxml.Attachment("1", "217-SGD-VP.pdf", PDF)
LETTER = edxml.Document(
    sender=edxml.Party(S),
    recipients=(edxml.Party(A), edxml.Party(B)),
    document_id=f"{S},2027/01/15,217/SGD-VP",
    code=edxml.DocumentCode("217", "SGD-VP"),
    promulgated_on=dt.date(2027, 1, 15),
    kind=edxml.kind_of("cong-van"),
    subject="V/v kiểm tra đường truyền",
    attachments=(FILE,),
)


class OldAxis:
    """An axis of four agencies, the first with a unit below it, all but `REST` on the old protocol."""

    def __init__(self, database_url: str, folder: Path, **settings: Any) -> None:
        (folder / "secret.key").write_bytes(base64.b64encode(os.urandom(32)))
        make_key(folder / "ledger-key.pem")
        self.settings = Settings(
            database_url=database_url,
            secret_key_file=folder / "secret.key",
            ledger_key_file=folder / "ledger-key.pem",
            **settings,
        )
        self.hub = build(self.settings)
        self.app = keep_routes(create_app(self.hub))
        entries = [AgencyEntry(code, f"Cơ quan {code}") for code in (S, UNDER_S, A, B, REST)]
        key = open_secret_key(self.settings)

        def provide(tx):
            put_agencies(tx, entries, self.hub.clock.now())
            self.tokens = create_tokens(tx, [Grant("agency", code) for code in (S, A, B, REST)], real_now())
            return {code: join(tx, key, code, real_now=real_now()) for code in (S, A, B)}

        secrets = self.hub.database.write(provide)
        http = AsgiClient(self.app)
        self.clients = {code: OldClient(http, code, secret) for code, secret in secrets.items()}
        self.rest = {
            code: AsgiClient(self.app, {"Authorization": f"Bearer {token}"})
            for code, token in zip((S, A, B, REST), self.tokens, strict=True)
        }

    def close(self) -> None:
        self.hub.close()

    def limit(self, **settings: Any) -> None:
        """Change limits of the hub."""
        hub = self.app.state.hub
        intake = dataclasses.replace(hub.intake, settings=dataclasses.replace(self.settings, **settings))
        vxp = dataclasses.replace(hub.vxp, intake=intake)
        self.app.state.hub = dataclasses.replace(hub, intake=intake, vxp=vxp)

    def send(self, message: Any, sender: str = S, *, system: str | None = None, **more: Any) -> dict:
        """Send a message, in bytes or to be written, and return the reply whatever it is."""
        content = message if isinstance(message, bytes) else edxml.write(message)
        if isinstance(message, edxml.Status):
            more.setdefault("messagetype", "status")
        return self.clients[system or sender].send_edoc(content, sender=sender, **more)

    def sent(self, message: Any, sender: str = S, **more: Any) -> str:
        """Send a message that has to be accepted, and return its id."""
        reply = self.send(message, sender, **more)
        assert reply["status"] == "OK", reply
        assert reply["DocId"]
        return str(reply["DocId"])

    def refusal(self, message: Any, sender: str = S, **more: Any) -> tuple[str, str]:
        """Send a message that has to be refused, and return code and description."""
        reply = self.send(message, sender, **more)
        assert (reply["status"], reply["DocId"]) == ("FAIL", ""), reply
        return reply["ErrorCode"], reply["ErrorDesc"]

    def document(self, identity: str, reader: str = S) -> dict[str, Any]:
        """A document as its reader sees it over REST."""
        answer: httpx.Response = self.rest[reader].get(f"/v1/documents/{identity}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def deliveries(self, identity: str) -> dict[str, dict[str, Any]]:
        """A document's deliveries by recipient, as its sender sees them over REST."""
        return {each["to"]: each for each in self.document(identity)["deliveries"]}

    def statuses(self, identity: str) -> dict[str, str | None]:
        """The newest code of a document's deliveries by recipient."""
        return {to: each["status"] for to, each in self.deliveries(identity).items()}

    def sent_over_rest(self, **changes: Any) -> str:
        """Send a document of S to A and B over REST, and return its id."""
        declared = {
            "name": FILE.name,
            "media_type": "application/pdf",
            "size": len(PDF),
            "sha256": hashlib.sha256(PDF).hexdigest(),
        }
        manifest = {
            "from": S,
            "to": [A, B],
            "number": "217/SGD-VP",
            "issued_on": "2027-01-15",
            "type": "cong-van",
            "subject": "V/v kiểm tra",
            "attachments": [declared],
        } | changes
        files = [("manifest", (None, json.dumps(manifest))), ("attachment", (FILE.name, PDF))]
        answer = self.rest[S].post("/v1/documents", files=files)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def refusals(self, agency: str = S) -> list[dict[str, Any]]:
        """What was refused of an agency, as it sees it over REST."""
        return self.rest[agency].get("/v1/refusals").json()["items"]

    def lock(self, code: str) -> None:
        """Lock an agency, and let the directory know as the hub's watch would."""
        self.hub.database.write(lambda tx: set_locked(tx, AgencyCode(code), locked=True))
        with self.hub.database.read() as tx:
            self.hub.directory.forget(version(tx))


def letter(**changes: Any) -> edxml.Document:
    """A document of S to A and B, with changes."""
    return dataclasses.replace(LETTER, **changes)


def to(*codes: str) -> tuple[edxml.Party, ...]:
    return tuple(edxml.Party(code) for code in codes)


def business(kind: edxml.BusinessType, **more: Any) -> edxml.Business:
    return edxml.Business(type=kind, reason="vì có sai sót", **more)


def status(code: str, /, by: str = A, note: str = "", **about: Any) -> edxml.Status:
    """A status on the letter."""
    named = {
        "organ_id": S,
        "code": "217/SGD-VP",
        "document_id": LETTER.document_id,
        "promulgated_on": dt.date(2027, 1, 15),
    } | about
    return edxml.Status(edxml.Party(by), edxml.ResponseFor(**named), code, note)
