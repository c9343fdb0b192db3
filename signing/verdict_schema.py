"""The JSON Schema of a verdict, for descriptions of answers that hold one.

docs/contract.md#the-verdict; JSON Schema 2020-12.
"""

from typing import Any, Final, get_args

from signing.verdict_vocabulary import Indication, MaterialKind, SubIndication

__all__ = [
    "CERTIFICATE_SCHEMA",
    "INDICATION_SCHEMA",
    "SIGNED_BY_SCHEMA",
    "SUB_INDICATION_SCHEMA",
    "VERDICT_SCHEMA",
]

_TEXT: Final[dict[str, Any]] = {"type": "string"}
_OPTIONAL_TEXT: Final[dict[str, Any]] = {"type": ["string", "null"]}
_TIME: Final[dict[str, Any]] = {"type": "string", "format": "date-time"}


def _enum(title: str, *values: str) -> dict[str, Any]:
    return {"title": title, "type": "string", "enum": list(values)}


def _or_null(schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}], **more}


def _object(title: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "type": "object", "required": list(properties), "properties": properties}


INDICATION_SCHEMA: Final = _enum("Indication", *(each.value for each in Indication))
SUB_INDICATION_SCHEMA: Final = _enum("SubIndication", *(each.value for each in SubIndication))
SIGNED_BY_SCHEMA: Final = _enum("SignedBy", "both", "organisation", "person", "none")
_CHECK: Final = _object(
    "Check",
    {
        "step": {"type": "integer", "minimum": 0, "maximum": 7},
        "name": _TEXT,
        "title": _TEXT,
        "outcome": _enum("CheckOutcome", "passed", "failed", "skipped", "unknown"),
        "found": _OPTIONAL_TEXT,
        "expected": _OPTIONAL_TEXT,
    },
)
CERTIFICATE_SCHEMA: Final = _object(
    "Certificate",
    {
        "subject": _TEXT,
        "issuer": _TEXT,
        "serial": {**_TEXT, "description": "Hexadecimal."},
        "sha256": {**_TEXT, "description": "Of the DER bytes, hexadecimal."},
        "not_before": _TIME,
        "not_after": _TIME,
    },
)
_MATERIAL: Final[dict[str, Any]] = {
    "anyOf": [
        {
            "type": "array",
            "items": _object(
                "Material",
                {"kind": _enum("MaterialKind", *get_args(MaterialKind)), "sha256": _TEXT},
            ),
        },
        {"type": "string", "const": "not kept"},
    ],
    "description": "what the verdict rested on, or `not kept` where it is older than the keeping of it",
}
_SIGNATURE: Final = _object(
    "Signature",
    {
        "indication": INDICATION_SCHEMA,
        "sub_indication": _or_null(SUB_INDICATION_SCHEMA),
        "format": _TEXT,
        "covers": _TEXT,
        "kind": _or_null(_enum("SignerKind", "organisation", "person")),
        "agency": _OPTIONAL_TEXT,
        "signer": _OPTIONAL_TEXT,
        "certificate": _or_null(CERTIFICATE_SCHEMA),
        "chain": {"type": "array", "items": _TEXT},
        "claimed_time": {"type": ["string", "null"], "format": "date-time"},
        "trusted_time": _TIME,
        "time_source": _enum("TimeSource", "acceptance", "rfc3161"),
        "algorithm": _OPTIONAL_TEXT,
        "checks": {"type": "array", "items": _CHECK},
        "sentence": _TEXT,
        "remedy": _OPTIONAL_TEXT,
        "material": _MATERIAL,
    },
)

VERDICT_SCHEMA: Final[dict[str, Any]] = _object(
    "Verdict",
    {
        "indication": _or_null(INDICATION_SCHEMA, description="null when nothing was signed"),
        "sub_indication": _or_null(SUB_INDICATION_SCHEMA),
        "signed_by": SIGNED_BY_SCHEMA,
        "sentence": _TEXT,
        "remedy": _OPTIONAL_TEXT,
        "signatures": {"type": "array", "items": _SIGNATURE},
        "policy": _TEXT,
        "trust": {"type": "string", "description": "SHA-256 of the trust material"},
    },
)
