"""Documents put straight into a store, for tests of reading them: no intake, no signatures, no ledger."""

import json
import uuid
from hashlib import sha256

import anyio
import httpx
from fastapi import APIRouter
from support.application import application

from axis.agencies.callers import Caller, any_caller
from axis.agencies.tables import agency_tree
from axis.clock import day_of
from axis.database import Database
from axis.documents import routes
from axis.documents.tables import (
    attachments,
    deliveries,
    document_signatures,
    documents,
    manifests,
    refusals,
    signature_facts,
    verdicts,
)
from axis.documents.text_search import searchable
from axis.protocol.errors import AxisError
from axis.protocol.stored_errors import to_stored
from axis.telemetry import Metrics, Telemetry
from signing.verdict import DocumentVerdict

HAI_PHONG, BAC_NINH, BAC_GIANG = "000.00.00.H24", "000.00.00.H05", "000.00.00.H02"
HAI_PHONG_UNIT = "000.00.14.H24"
AUDITOR = Caller("auditor", None, subtree=False, name="auditor", token_id="a")
JUNE = 1_559_527_869_000_000  # 2019-06-03 in Viet Nam
DAY = 86_400_000_000
UNSIGNED = DocumentVerdict(None, None, "none", (), "default", "0" * 64)


def agency(code: str, *, subtree: bool = False) -> Caller:
    return Caller("agency", code, subtree=subtree, name=None, token_id=code)


def shelve(database: Database, position: int, **told) -> str:
    """Put one document at a position and return its id; `told` is what a test cares for."""
    document = told.get("id") or str(uuid.UUID(int=position + 1))
    rows = [
        (documents, [document_row(position, document, told)]),
        (manifests, [{"document": position, "content": manifest_of(position, told)}]),
        (deliveries, delivery_rows(position, told)),
        (attachments, attachment_rows(position, told)),
        (document_signatures, signature_rows(position, told)),
        (signature_facts, [of(position, n) | fact for n, fact in enumerate(told.get("facts", ()))]),
        (verdicts, verdict_rows(position, told)),
    ]

    def work(tx):
        for table, values in rows:
            for value in values:
                tx.execute(table.insert().values(**value))

    database.write(work)
    return document


def of(position: int, ordinal: int) -> dict:
    return {"document": position, "ordinal": ordinal}


def accepted_at(position: int, told: dict) -> int:
    return told.get("at", JUNE + position)


def manifest_of(position: int, told: dict) -> bytes:
    number = told.get("number", f"{position}/UBND-VX")
    return (
        told.get("manifest") or json.dumps({"from": told.get("sender", HAI_PHONG), "number": number}).encode()
    )


def document_row(position: int, document: str, told: dict) -> dict:
    sender = told.get("sender", HAI_PHONG)
    number, subject = told.get("number", f"{position}/UBND-VX"), told.get("subject", "V/v thử nghiệm")
    manifest = manifest_of(position, told)
    at = accepted_at(position, told)
    return {
        "position": position,
        "id": document,
        "sender": sender,
        "number": number,
        "issued_on": "2019-06-03",
        "type": told.get("type", "cong-van"),
        "subject": subject,
        "searchable": searchable(number, subject),
        "priority": "normal",
        "action": told.get("action", "new"),
        "manifest_sha256": sha256(manifest).hexdigest(),
        "accepted_at": at,
        "day": day_of(at),
        "indication": told.get("indication"),
        "sub_indication": told.get("sub_indication"),
        "signed_by": told.get("signed_by", "none"),
    }


def delivery_rows(position: int, told: dict) -> list[dict]:
    statuses = told.get("statuses", {})
    return [
        of(position, ordinal)
        | {
            "position": position * 1024 + ordinal,
            "sender": told.get("sender", HAI_PHONG),
            "recipient": recipient,
            "type": "cong-van",
            "action": "new",
            "day": day_of(accepted_at(position, told)),
            "status": statuses.get(recipient),
        }
        for ordinal, recipient in enumerate(told.get("to", (BAC_NINH,)))
    ]


def attachment_rows(position: int, told: dict) -> list[dict]:
    files = told.get("attachments", (("văn bản.pdf", "application/pdf", b"%PDF-1.7"),))
    return [
        of(position, ordinal)
        | {
            "name": name,
            "media_type": media_type,
            "size": len(content),
            "sha256": sha256(content).hexdigest(),
            "content": content,
        }
        for ordinal, (name, media_type, content) in enumerate(files)
    ]


def signature_rows(position: int, told: dict) -> list[dict]:
    return [
        of(position, ordinal) | {"content": content, "sha256": sha256(content).hexdigest()}
        for ordinal, content in enumerate(told.get("signatures", ()))
    ]


def verdict_rows(position: int, told: dict) -> list[dict]:
    return [
        {
            "document": position,
            "sequence": sequence,
            "at": accepted_at(position, told) + sequence,
            "policy": verdict.policy,
            "trust": verdict.trust,
            "indication": verdict.indication,
            "signed_by": verdict.signed_by,
            "report": verdict.to_stored(),
        }
        for sequence, verdict in enumerate(told.get("verdicts", (UNSIGNED,)))
    ]


def refuse(database: Database, position: int, error: AxisError, **told) -> str:
    """Record one refusal at a position and return its id."""
    refusal, at = str(uuid.UUID(int=position + 1)), told.get("at", JUNE + position)
    row = {
        "position": position,
        "id": refusal,
        "sender": told.get("sender", HAI_PHONG),
        "number": told.get("number"),
        "at": at,
        "day": day_of(at),
        "code": error.code,
        "problem": to_stored(error),
        "verdict": told.get("verdict"),
    }
    database.write(lambda tx: tx.execute(refusals.insert().values(row)) and None)
    return refusal


def place_below(database: Database, *pairs: tuple[str, str]) -> None:
    """Say which agencies are below which, each below itself too."""
    each = {(code, code) for pair in pairs for code in pair} | set(pairs)
    rows = [{"ancestor": ancestor, "descendant": below} for ancestor, below in each]
    database.write(lambda tx: tx.execute(agency_tree.insert(), rows) and None)


class Reader:
    """Routes alone, those of documents unless told otherwise, called as whoever a test says."""

    def __init__(self, database: Database, *routers: APIRouter) -> None:
        self._app = application(database, *(routers or (routes.router,)))
        self._app.add_middleware(Telemetry, metrics=Metrics())

    def get(self, caller: Caller, path: str, method: str = "GET", **more) -> httpx.Response:
        self._app.dependency_overrides[any_caller] = lambda: caller
        return anyio.run(self._ask, method, path, more)

    async def _ask(self, method, path, more) -> httpx.Response:
        transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://hub") as client:
            return await client.request(method, path, **more)

    def ids(self, caller: Caller, path: str = "/v1/documents", **query) -> list[str]:
        """Every item's id, of all pages."""
        found: list[str] = []
        while True:
            page = self.get(caller, path, params=query)
            assert page.status_code == 200, page.text
            body = page.json()
            found.extend(item["id"] for item in body["items"])
            if body["next"] is None:
                return found
            query = {**query, "after": body["next"]}

    def count(self, caller: Caller, path: str) -> int:
        """Return how many bytes an answer has, keeping none of them."""
        self._app.dependency_overrides[any_caller] = lambda: caller
        received = 0
        scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [],
            "scheme": "http",
            "server": ("hub", 80),
            "client": ("127.0.0.1", 1),
            "http_version": "1.1",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
        }

        async def receive():
            await anyio.sleep_forever()

        async def send(message):
            nonlocal received
            received += len(message.get("body", b""))

        anyio.run(self._app, scope, receive, send)
        return received
