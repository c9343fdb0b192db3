"""JSON Schema of a verdict, for whoever describes an answer that holds one.

docs/contract.md#the-verdict; JSON Schema 2020-12.
"""

from typing import Any, Final, get_args

from signing.vocabulary import Indication, MaterialKind, SubIndication

__all__ = ["VERDICT_SCHEMA"]

_TEXT: Final[dict[str, Any]] = {"type": "string"}
_OPTIONAL_TEXT: Final[dict[str, Any]] = {"type": ["string", "null"]}
_TIME: Final[dict[str, Any]] = {"type": "string", "format": "date-time"}
_SUB_INDICATION: Final[dict[str, Any]] = {
    "type": ["string", "null"],
    "enum": [*(each.value for each in SubIndication), None],
}


def _object(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties, **more}


_CHECK: Final = _object(
    {
        "step": {"type": "integer", "minimum": 0, "maximum": 7},
        "name": _TEXT,
        "title": _TEXT,
        "outcome": {"type": "string", "enum": ["passed", "failed", "skipped", "unknown"]},
        "found": _OPTIONAL_TEXT,
        "expected": _OPTIONAL_TEXT,
    }
)
_CERTIFICATE: Final = _object(
    {
        "subject": _TEXT,
        "issuer": _TEXT,
        "serial": _TEXT,
        "sha256": _TEXT,
        "not_before": _TIME,
        "not_after": _TIME,
    }
)
_MATERIAL: Final[dict[str, Any]] = {
    "anyOf": [
        {
            "type": "array",
            "items": _object(
                {"kind": {"type": "string", "enum": list(get_args(MaterialKind))}, "sha256": _TEXT}
            ),
        },
        {"const": "not kept"},
    ],
    "description": "what the verdict rested on, or `not kept` where it is older than the keeping of it",
}
_SIGNATURE: Final = _object(
    {
        "indication": {"type": "string", "enum": [each.value for each in Indication]},
        "sub_indication": _SUB_INDICATION,
        "format": _TEXT,
        "covers": _TEXT,
        "kind": {"type": ["string", "null"], "enum": ["organisation", "person", None]},
        "agency": _OPTIONAL_TEXT,
        "signer": _OPTIONAL_TEXT,
        "certificate": {"anyOf": [_CERTIFICATE, {"type": "null"}]},
        "chain": {"type": "array", "items": _TEXT},
        "claimed_time": {"type": ["string", "null"], "format": "date-time"},
        "trusted_time": _TIME,
        "time_source": {"type": "string", "enum": ["acceptance", "rfc3161"]},
        "algorithm": _OPTIONAL_TEXT,
        "checks": {"type": "array", "items": _CHECK},
        "sentence": _TEXT,
        "remedy": _OPTIONAL_TEXT,
        "material": _MATERIAL,
    }
)

VERDICT_SCHEMA: Final[dict[str, Any]] = _object(
    {
        "indication": {
            "type": ["string", "null"],
            "enum": [*(each.value for each in Indication), None],
            "description": "null when nothing was signed",
        },
        "sub_indication": _SUB_INDICATION,
        "signed_by": {"type": "string", "enum": ["both", "organisation", "person", "none"]},
        "sentence": _TEXT,
        "remedy": _OPTIONAL_TEXT,
        "signatures": {"type": "array", "items": _SIGNATURE},
        "policy": _TEXT,
        "trust": {"type": "string", "description": "SHA-256 of the trust material"},
    }
)
