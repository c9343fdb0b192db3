"""The JSON Schema of the manifest, for those who write one.

A schema cannot express some rules (that names are unique after NFC, for example).
`axis.protocol.manifest_rules` decides; a test compares the two. JSON Schema draft 2020-12.
"""

from axis.protocol import manifest_rules as rules
from axis.protocol.agency_codes import CODE_PATTERN
from axis.protocol.document_types import (
    DOCUMENT_TYPES,
    MESSAGE,
    MESSAGE_MEDIA_TYPE,
    MESSAGE_MEDIA_TYPE_CHARACTERS,
)
from axis.protocol.manifest_limits import (
    DEFAULT_LIMITS,
    MEDIA_TYPE_CHARACTERS,
    SIGNER_CHARACTERS,
    ManifestLimits,
)

Schema = dict[str, object]

_NO_CONTROL = r"^[^\u0000-\u001f\u007f-\u009f]*$"
_FILE_NAME = r"^(?!\.{1,2}$)[^\u0000-\u001f\u007f-\u009f/\\]*$"
_NOT_BLANK: Schema = {"pattern": r"[^\s]"}


def manifest_schema(limits: ManifestLimits = DEFAULT_LIMITS) -> Schema:
    """Return the schema under `limits`, as served at `/v1/schemas/manifest.json`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Manifest",
        "description": "What a document says of itself; its bytes are what is signed.",
        "type": "object",
        "additionalProperties": False,
        "required": ["from", "to", "number", "issued_on", "type", "subject", "attachments"],
        "properties": {
            "from": {"$ref": "#/$defs/code"},
            "to": {
                "type": "array",
                "items": {"$ref": "#/$defs/code"},
                "minItems": 1,
                "maxItems": limits.recipients,
                "uniqueItems": True,
            },
            "number": _line(limits.number_characters),
            "issued_on": {"$ref": "#/$defs/day"},
            "type": {"enum": list(DOCUMENT_TYPES)},
            "subject": _line(limits.subject_characters),
            "priority": {"enum": list(rules.PRIORITIES), "default": "normal"},
            "action": {"enum": list(rules.ACTIONS), "default": "new"},
            "refers_to": {
                "type": "array",
                "items": {"$ref": "#/$defs/reference"},
                "maxItems": limits.references,
                "uniqueItems": True,
                "default": [],
            },
            "signer": {"anyOf": [{"$ref": "#/$defs/signer"}, {"type": "null"}], "default": None},
            "due_on": {"anyOf": [{"$ref": "#/$defs/day"}, {"type": "null"}], "default": None},
            "attachments": {
                "description": "The first one is the document itself.",
                "type": "array",
                "items": {"$ref": "#/$defs/attachment"},
                "maxItems": limits.attachments,
                "uniqueItems": True,
            },
        },
        "allOf": [*_rules_by_action(), _rule_of_messages()],
        "$defs": _definitions(limits),
    }


def _rules_by_action() -> list[Schema]:
    def action(*words: str) -> Schema:
        return {"properties": {"action": {"enum": list(words)}}, "required": ["action"]}

    return [
        {
            "if": action("recall", "update", "replace"),
            "then": {"properties": {"refers_to": {"minItems": 1}}, "required": ["refers_to"]},
        },
        {"if": action("recall"), "else": {"properties": {"attachments": {"minItems": 1}}}},
    ]


def _rule_of_messages() -> Schema:
    media_type = {"pattern": MESSAGE_MEDIA_TYPE, "maxLength": MESSAGE_MEDIA_TYPE_CHARACTERS}
    return {
        "if": {"properties": {"type": {"const": MESSAGE}}, "required": ["type"]},
        "then": {
            "properties": {"attachments": {"prefixItems": [{"properties": {"media_type": media_type}}]}}
        },
    }


def _definitions(limits: ManifestLimits) -> Schema:
    return {
        "code": {
            "description": "An agency's code, 000.00.00.H24 or its short form H24.",
            "type": "string",
            "pattern": CODE_PATTERN,
        },
        "day": {"type": "string", "format": "date", "pattern": rules.DAY_PATTERN},
        "reference": {
            "type": "object",
            "additionalProperties": False,
            "required": ["from", "number", "issued_on"],
            "properties": {
                "from": {"$ref": "#/$defs/code"},
                "number": _line(limits.number_characters),
                "issued_on": {"$ref": "#/$defs/day"},
            },
        },
        "signer": {
            "type": "object",
            "additionalProperties": False,
            "required": ["name"],
            "properties": {
                "name": _line(SIGNER_CHARACTERS),
                "position": {"anyOf": [_line(SIGNER_CHARACTERS), {"type": "null"}], "default": None},
            },
        },
        "attachment": {
            "type": "object",
            "additionalProperties": False,
            "required": ["name", "media_type", "size", "sha256"],
            "properties": {
                "name": {
                    "type": "string",
                    "minLength": 1,
                    "maxLength": limits.name_bytes,
                    "pattern": _FILE_NAME,
                    "allOf": [_NOT_BLANK],
                },
                "media_type": {
                    "type": "string",
                    "maxLength": MEDIA_TYPE_CHARACTERS,
                    "pattern": rules.MEDIA_TYPE_PATTERN,
                },
                "size": {"type": "integer", "minimum": 0, "maximum": limits.attachment_bytes},
                "sha256": {"type": "string", "pattern": rules.DIGEST_PATTERN},
            },
        },
    }


def _line(most: int) -> Schema:
    return {
        "type": "string",
        "minLength": 1,
        "maxLength": most,
        "pattern": _NO_CONTROL,
        "allOf": [_NOT_BLANK],
    }
