"""Describes the operations of the old protocol in OpenAPI: headers, bodies and replies.

It is for people: requests are not checked against it.
"""

from typing import Any, Final

from axis.protocol.vxp import PREFIX, Operation
from axis.vxp.calls import FAILURE_MEMBERS

CALLERS: Final = "x-callers"
SYSTEM: Final = "system"
"""The caller: a system of `axis vxp system add`, authenticated by its signed headers."""

_TEXT: Final = {"type": "string"}
_EDXML: Final = {"type": "string", "contentMediaType": "application/xml"}
_TYPES: Final[dict[type, dict[str, Any]]] = {
    str: _TEXT,
    int: {"type": "integer"},
    list: {"type": "array", "items": {"type": "object"}},
}
_SIGNATURE: Final = (
    ("sign-header-key", "Names of the signed parameters, joined by `;`."),
    ("sign-header", "The signed parameters, as compact JSON."),
    ("hash-header", "HMAC-SHA256 of that text under the system's secret, in hexadecimal."),
)
_BODIES: Final = {
    "sendEdoc": {"application/octet-stream": {"schema": _EDXML}},
    "registerAgency": {"application/json": {"schema": {"type": "object"}}},
}


def responses_of(operation: Operation) -> dict[int | str, dict[str, Any]]:
    """Return the replies of an operation."""
    if operation.name == "downloadEdoc":
        return {
            200: {"description": "The message.", "content": {"application/xml": {"schema": _EDXML}}},
            404: {"description": "Refused; a body would be taken for the message, so there is none."},
        }
    members = {
        "status": {**_TEXT, "title": "ReplyStatus", "enum": ["OK", "FAIL"]},
        "ErrorCode": _TEXT,
        "ErrorDesc": _TEXT,
        **{name: _TYPES[type(value)] for name, value in FAILURE_MEMBERS[operation.name].items()},
    }
    title = f"{operation.name[0].upper()}{operation.name[1:]}Reply"
    schema = {"title": title, "type": "object", "required": list(members), "properties": members}
    return {
        200: {
            "description": "Done, or refused with an `ErrorCode` other than 0.",
            "content": {"application/json": {"schema": schema}},
        }
    }


def extra_of(operation: Operation) -> dict[str, Any]:
    """Return what the framework does not know: the caller, the headers, the body."""
    needed = ["systemid", "timestamp", *(" or ".join(group) for group in operation.needed)]
    described = f"The signed parameters; this operation needs {', '.join(needed)}."
    extra: dict[str, Any] = {
        CALLERS: [SYSTEM],
        "parameters": [
            {
                "name": PREFIX + name,
                "in": "header",
                "required": True,
                "description": described if name == "sign-header" else text,
                "schema": _TEXT,
            }
            for name, text in _SIGNATURE
        ],
    }
    if operation.name in _BODIES:
        extra["requestBody"] = {"content": _BODIES[operation.name]}
    return extra
