"""`POST /v1/documents` in OpenAPI: the form that it takes and its answer."""

from typing import Any

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

ACCEPTED: dict[int | str, dict[str, Any]] = {
    201: {"description": "Accepted and durable.", "content": _CONTENT},
    200: {"description": "Accepted before; this is the first answer.", "content": _CONTENT},
}
