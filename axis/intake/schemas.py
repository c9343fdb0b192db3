"""OpenAPI of `POST /v1/documents` and `/v1/documents/bulk`: the form or lines they take, their answers."""

from typing import Any

from axis.problems import PROBLEM_SCHEMA
from axis.protocol.manifest_rules import DIGEST_PATTERN
from signing.verdict_schema import VERDICT_SCHEMA

_BYTES = {"type": "string", "format": "binary"}

REQUEST_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "title": "DocumentForm",
                "type": "object",
                "required": ["manifest"],
                "properties": {
                    "manifest": {
                        **_BYTES,
                        "description": "The manifest: JSON, as `Manifest`, kept byte for byte.",
                    },
                    "signature": {
                        "type": "array",
                        "maxItems": 32,
                        "items": _BYTES,
                        "description": "Detached CMS over exactly the manifest's bytes, DER or PEM.",
                    },
                    "attachment": {
                        "type": "array",
                        "maxItems": 100,
                        "items": _BYTES,
                        "description": "A file, under the file name that the manifest declares.",
                    },
                },
            },
            "encoding": {"manifest": {"contentType": "application/json"}},
        }
    },
}

_ANSWER: dict[str, Any] = {
    "title": "AcceptedDocument",
    "type": "object",
    "required": ["id", "accepted_at", "repeated", "verdict", "deliveries", "receipt"],
    "properties": {
        "id": {"type": "string"},
        "accepted_at": {"type": "string", "format": "date-time"},
        "repeated": {"type": "boolean"},
        "verdict": VERDICT_SCHEMA,
        "deliveries": {
            "type": "array",
            "items": {
                "title": "AcceptedDelivery",
                "type": "object",
                "required": ["id", "to"],
                "properties": {"id": {"type": "string"}, "to": {"type": "string"}},
            },
        },
        "receipt": {"type": "string", "description": "C2SP tlog-proof; `extra` holds the ledger's leaf."},
    },
}
_CONTENT = {"application/json": {"schema": _ANSWER}}
_TRIAL: dict[str, Any] = {
    "title": "TriedDocument",
    "description": "What would become of the document, were it sent now. Nothing of it was kept.",
    "type": "object",
    "required": ["outcome", "document", "verdict", "problems"],
    "properties": {
        "outcome": {"enum": ["accepted", "repeated", "refused"]},
        "document": {
            "type": ["string", "null"],
            "description": "Where it was sent before: the document that would be answered again.",
        },
        "verdict": {
            "anyOf": [VERDICT_SCHEMA, {"type": "null"}],
            "description": "Null where it was not judged.",
        },
        "problems": {
            "type": "array",
            "items": PROBLEM_SCHEMA,
            "description": "Everything for which it would be refused, in the order of the steps.",
        },
    },
}

ACCEPTED: dict[int | str, dict[str, Any]] = {
    201: {"description": "Accepted and durable.", "content": _CONTENT},
    200: {
        "description": "Accepted before; this is the first answer. With `validate`: what would become of it.",
        "content": {"application/json": {"schema": {"anyOf": [_ANSWER, _TRIAL]}}},
    },
}

NDJSON = ("application/x-ndjson", "application/ndjson", "application/jsonl")
"""The media types of lines of JSON; answers have the first."""
PLAIN_BYTES = "application/octet-stream"
"""Taken for lines as well, since clients generated from the description know no other bytes."""
_BASE64 = {"type": "string", "contentEncoding": "base64"}
_LINE = {
    "title": "BulkLine",
    "description": "One document. Each line of the body is one of these.",
    "type": "object",
    "additionalProperties": False,
    "required": ["manifest"],
    "properties": {
        "manifest": {**_BASE64, "description": "The manifest's exact bytes."},
        "signatures": {
            "type": "array",
            "maxItems": 32,
            "items": _BASE64,
            "description": "Detached CMS over exactly the manifest's bytes, DER or PEM.",
        },
        "attachments": {
            "type": "object",
            "propertyNames": {"pattern": DIGEST_PATTERN},
            "additionalProperties": _BASE64,
            "description": "Each file by its SHA-256. One that was sent ahead may be left out.",
        },
    },
}
_NUMBERED = {
    "type": "object",
    "required": ["line"],
    "properties": {"line": {"type": "integer", "minimum": 1}},
}
_BULK_LINES = {
    "title": "BulkAnswer",
    "description": "One line for each line of the request, in order: the document's answer, or its problem.",
    "allOf": [_NUMBERED, {"anyOf": [_ANSWER, PROBLEM_SCHEMA]}],
}
BULK_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        **{media_type: {"schema": _LINE} for media_type in NDJSON},
        PLAIN_BYTES: {"schema": {"type": "string", "format": "binary"}},
    },
}
BULK_ANSWER: dict[str, Any] = {
    "description": "Every line was answered by itself.",
    "content": {NDJSON[0]: {"schema": _BULK_LINES}},
}
