"""Shows one document to its parties and auditors: its manifest, its deliveries and its verdicts.

A document that does not exist and one that is not the caller's get the same answer.
"""

import json
import re
from typing import Any

from sqlalchemy import Row

from axis.agencies.callers import Caller
from axis.clock import rfc3339
from axis.database import Read
from axis.documents import queries
from axis.documents.content_rights import require_contents
from axis.documents.downloads import Body
from axis.documents.envelopes import envelope_facts, find_envelope
from axis.documents.listing import listed
from axis.problems import Language
from axis.protocol.errors import NotFound
from signing.verdict import DocumentVerdict

_ID = re.compile(r"[0-9a-f-]{36}")
SIGNATURE_MEDIA_TYPE = "application/pkcs7-signature"


def find(tx: Read, caller: Caller, document: str) -> tuple[int, queries.Side]:
    """Return a document's position and the side from which the caller sees it.

    Raises:
        NotFound: when it is not there, or the caller is none of its parties.

    """
    found = queries.position_of(tx, caller, document) if _ID.fullmatch(document) else None
    if found is None:
        raise NotFound
    return found


def describe_document(tx: Read, caller: Caller, document: str, language: Language) -> dict[str, Any]:
    """Return the members of a document, with links to its contents.

    Raises:
        NotFound: when it is not there, or the caller is none of its parties.

    """
    position, side = find(tx, caller, document)
    row = queries.document_row(tx, position)
    manifest = json.loads(row.manifest)
    newest = queries.verdict_rows(tx, position, newest=True)
    deliveries = queries.delivery_rows(tx, caller, position, side)
    address = f"/v1/documents/{row.id}"
    signatures = queries.signature_digests(tx, position)
    envelope = envelope_facts(tx, position)
    return {
        **listed(row),
        "to": [recipient.recipient for recipient in queries.recipients_of(tx, [position])],
        "manifest": manifest,
        "manifest_sha256": row.manifest_sha256,
        "relay": row.relay,
        "verdict": _verdict(newest[0], language),
        "deliveries": [_delivery(row.id, delivery) for delivery in deliveries],
        "attachments": [
            {
                "name": attachment.name,
                "media_type": attachment.media_type,
                "size": attachment.size,
                "sha256": attachment.sha256,
                "href": f"{address}/attachments/{attachment.ordinal}",
            }
            for attachment in queries.attachment_rows(tx, position)
        ],
        "signatures": [
            {"sha256": sha256, "href": f"{address}/signatures/{ordinal}"}
            for ordinal, sha256 in enumerate(signatures)
        ],
        "edxml": None if envelope is None else {**envelope, "href": f"{address}/edxml"},
        "links": {
            "self": address,
            "manifest": f"{address}/manifest",
            "verdicts": f"{address}/verdicts",
            "receipt": f"{address}/receipt",
            "evidence": f"{address}/evidence",
        },
    }


def describe_verdicts(tx: Read, caller: Caller, document: str, language: Language) -> list[dict[str, Any]]:
    """Return every verdict ever given on a document, oldest first.

    Raises:
        NotFound: when it is not there, or the caller is none of its parties.

    """
    position, _ = find(tx, caller, document)
    return [_verdict(row, language) for row in queries.verdict_rows(tx, position)]


def manifest_body(tx: Read, caller: Caller, document: str) -> Body:
    """Return the exact bytes of the manifest.

    Raises:
        NotFound: when there is no such document, or it is not the caller's.

    """
    position, _ = find(tx, caller, document)
    row = queries.document_row(tx, position)
    return _body("manifest.json", "application/json", row.manifest, row.manifest_sha256)


def signature_body(tx: Read, caller: Caller, document: str, ordinal: int) -> Body:
    """Return a signature as it was received, DER or PEM.

    Raises:
        NotFound: when there is no such signature, or it is not the caller's.

    """
    position, _ = find(tx, caller, document)
    row = queries.signature_row(tx, position, ordinal)
    if row is None:
        raise NotFound
    return _body(f"signature-{ordinal}.p7s", SIGNATURE_MEDIA_TYPE, row.content, row.sha256)


def edxml_body(tx: Read, caller: Caller, document: str) -> Body:
    """Return the message of the old protocol in which a document came, byte for byte.

    Raises:
        NotFound: when there is no such document, it has no message, or it is not the caller's.
        NotPermitted: when it is a message that its parties alone read.

    """
    position, _ = find(tx, caller, document)
    require_contents(tx, caller, position)
    body = find_envelope(tx, position)
    if body is None:
        raise NotFound
    return body


def _body(name: str, media_type: str, content: bytes, sha256: str) -> Body:
    return Body(name, media_type, len(content), sha256, content)


def _verdict(row: Row[Any], language: Language) -> dict[str, Any]:
    verdict = DocumentVerdict.from_stored(row.report)
    return {**verdict.to_json(language), "sequence": row.sequence, "at": rfc3339(row.at)}


def _delivery(document: str, row: Row[Any]) -> dict[str, Any]:
    return {
        "id": f"{document}.{row.ordinal}",
        "to": row.recipient,
        **delivery_facts(row),
    }


def delivery_facts(row: Row[Any]) -> dict[str, Any]:
    """Return what is said of a delivery wherever it is shown: its status, its request and its times."""
    times = {"answer_due": row.answer_due, "answered_at": row.answered_at, "expired_at": row.expired_at}
    return {
        "status": row.status,
        "status_at": None if row.status_at is None else rfc3339(row.status_at),
        "by": row.status_by,
        "note": row.status_note,
        "request": row.request,
        "request_action": row.request_action,
        "superseded_by": successor(row),
        **{name: None if at is None else rfc3339(at) for name, at in times.items()},
    }


def successor(row: Row[Any]) -> str | None:
    """Return the document that updated or replaced this one for a recipient that agreed."""
    agreed = row.request == "agreed" and row.request_action in {"update", "replace"}
    return row.request_document if agreed else None
