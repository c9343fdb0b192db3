"""The shapes of answers about documents and refusals in OpenAPI (JSON Schema 2020-12)."""

from typing import Any, Final, get_args

from axis.problems import PROBLEM_SCHEMA
from axis.protocol.manifest import Action, Priority
from axis.protocol.manifest_rules import DIGEST_PATTERN
from axis.table_http import TABLES
from signing.verdict_schema import INDICATION_SCHEMA, SIGNED_BY_SCHEMA, SUB_INDICATION_SCHEMA, VERDICT_SCHEMA

Schema = dict[str, Any]
Responses = dict[int | str, dict[str, Any]]

_TEXT: Final[Schema] = {"type": "string"}
_OPTIONAL: Final[Schema] = {"type": ["string", "null"]}
_COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
_TIME: Final[Schema] = {"type": "string", "format": "date-time"}
_OPTIONAL_TIME: Final[Schema] = {"type": ["string", "null"], "format": "date-time"}
_DAY: Final[Schema] = {"type": "string", "format": "date"}
_DIGEST: Final[Schema] = {"type": "string", "pattern": DIGEST_PATTERN}


def _object(title: str, properties: Schema) -> Schema:
    return {"title": title, "type": "object", "required": list(properties), "properties": properties}


def _enum(title: str, *values: str) -> Schema:
    return {"title": title, "type": "string", "enum": list(values)}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _array(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _json(description: str, schema: Schema) -> Responses:
    return {200: {"description": description, "content": {"application/json": {"schema": schema}}}}


def _with_tables(description: str, schema: Schema) -> Responses:
    found = _json(description, schema)
    found[200]["content"].update(TABLES)
    return found


def _list(title: str, items: Schema) -> Schema:
    return _object(
        title,
        {
            "items": _array(items),
            "next": {**_OPTIONAL, "description": "`after` of the next page; null at the end."},
        },
    )


_LISTED: Final[Schema] = {
    "id": _TEXT,
    "from": _TEXT,
    "to": _array(_TEXT),
    "number": _TEXT,
    "issued_on": _DAY,
    "type": _TEXT,
    "subject": _TEXT,
    "priority": _enum("Priority", *get_args(Priority)),
    "action": _enum("Action", *get_args(Action)),
    "accepted_at": _TIME,
    "indication": _or_null(INDICATION_SCHEMA),
    "sub_indication": _or_null(SUB_INDICATION_SCHEMA),
    "signed_by": SIGNED_BY_SCHEMA,
    "signed_on": {**_DAY, "description": "The day from which it had to be sent."},
    "send_due": {**_OPTIONAL_TIME, "description": "By when; null for a recall or a message."},
}
_DELIVERY: Final = _object(
    "Delivery",
    {
        "id": _TEXT,
        "to": _TEXT,
        "status": {**_OPTIONAL, "description": "The newest code; null before the first."},
        "status_at": _OPTIONAL_TIME,
        "by": _OPTIONAL,
        "note": _OPTIONAL,
        "request": _or_null(_enum("RequestState", "open", "agreed", "refused")),
        "request_action": _or_null(_enum("RequestAction", "recall", "update", "replace")),
        "superseded_by": {
            **_OPTIONAL,
            "description": "The document that updates or replaces this one, once the recipient agreed to it.",
        },
        "answer_due": {**_OPTIONAL_TIME, "description": "By when to answer; null without a deadline."},
        "answered_at": {**_OPTIONAL_TIME, "description": "When the first answer came."},
    },
)
_ATTACHMENT: Final = _object(
    "Attachment", {"name": _TEXT, "media_type": _TEXT, "size": _COUNT, "sha256": _DIGEST, "href": _TEXT}
)
_ENVELOPE: Final = _object(
    "Envelope",
    {"document_id": _TEXT, "sha256": _DIGEST, "size": _COUNT, "warnings": _array(_TEXT), "href": _TEXT},
)
_GIVEN_VERDICT: Final[Schema] = {
    **VERDICT_SCHEMA,
    "title": "RecordedVerdict",
    "required": [*VERDICT_SCHEMA.get("required", ()), "sequence", "at"],
    "properties": {**VERDICT_SCHEMA.get("properties", {}), "sequence": _COUNT, "at": _TIME},
}

DOCUMENT_LIST: Final = _with_tables(
    "Documents in the order they were accepted.",
    _list("DocumentList", _object("ListedDocument", {**_LISTED, "attachments": _COUNT})),
)
DOCUMENT: Final = _json(
    "The document. A recipient sees its own delivery alone.",
    _object(
        "Document",
        {
            **_LISTED,
            "manifest": {"$ref": "#/components/schemas/Manifest"},
            "manifest_sha256": _DIGEST,
            "relay": {**_OPTIONAL, "description": "The relay that handed it over; null: its sender sent it."},
            "verdict": _GIVEN_VERDICT,
            "deliveries": _array(_DELIVERY),
            "attachments": _array(_ATTACHMENT),
            "signatures": _array(_object("SignatureFile", {"sha256": _DIGEST, "href": _TEXT})),
            "edxml": {
                **_or_null(_ENVELOPE),
                "description": "The message it came in, where it came over the old protocol.",
            },
            "links": {"type": "object", "additionalProperties": _TEXT},
        },
    ),
)
VERDICT_LIST: Final = _with_tables(
    "Every verdict ever given, oldest first.", _list("VerdictList", _GIVEN_VERDICT)
)
REFUSAL_LIST: Final = _with_tables(
    "Refusals in the order they were recorded.",
    _list(
        "RefusalList",
        _object(
            "Refusal",
            {
                "id": _TEXT,
                "at": _TIME,
                "from": _TEXT,
                "number": _OPTIONAL,
                "code": _TEXT,
                "manifest_sha256": _OPTIONAL,
                "request_id": {**_OPTIONAL, "description": "Null where it is older than the keeping of it."},
                "problem": PROBLEM_SCHEMA,
                "verdict": _or_null(VERDICT_SCHEMA),
            },
        ),
    ),
)
MANIFEST_SCHEMA: Final[Responses] = {
    200: {
        "description": "A JSON Schema, draft 2020-12.",
        "content": {"application/schema+json": {"schema": {"type": "object"}}},
    }
}


def content(media_type: str, description: str) -> Responses:
    """Return the responses of a route that answers bytes as they were received."""
    body = {"content": {media_type: {"schema": {"type": "string", "format": "binary"}}}}
    return {
        200: {"description": description, **body},
        206: {"description": "The range asked for.", **body},
        304: {"description": "The caller has it already, by its ETag."},
    }
