"""Reads the request of a verification: which documents, under which policy, without which roots, as of when.

What is wrong is named at once, each fault with its place.
"""

import re
from dataclasses import dataclass, replace
from typing import Any, Final

from pydantic import ValidationError

from axis.clock import Microseconds, parse_rfc3339
from axis.documents.filters import DocumentQuery
from axis.protocol.errors import Place, QueryInvalid, shorten
from axis.protocol.request_members import MembersReader
from signing.policy import DEFAULT, POLICIES, Policy

MOST_ROOTS: Final = 100
_DIGESTS: Final = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")
_CURVES: Final = ("p256", "p384", "p521")
_RSA: Final = re.compile(r"rsa-([1-9][0-9]{2,4})")
_FORBIDDABLE: Final = f"one of {', '.join((*_DIGESTS, *_CURVES))}, dsa, or rsa-BITS for RSA keys up to BITS"
_SHA256: Final = re.compile(r"[0-9A-Fa-f]{64}")
_PAGING: Final = ("after", "limit", "format")
_TIME: Final = "a time with its zone, as 2026-06-03T00:00:00Z; or without it, each as of its acceptance"

BODY_SCHEMA: Final[dict[str, Any]] = {
    "title": "Verification",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "filter": {
            "type": "object",
            "description": "Members of the query of `GET /v1/documents`, without `after` and `limit`.",
        },
        "policy": {
            "description": "A policy's name, or one with less admitted; without it the standing policy.",
            "anyOf": [
                {"type": "string", "enum": sorted(POLICIES)},
                {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        "base": {"type": "string", "enum": sorted(POLICIES)},
                        "forbid": {
                            "type": "array",
                            "items": {"type": "string", "description": _FORBIDDABLE},
                        },
                        "without_roots": {
                            "type": "array",
                            "maxItems": MOST_ROOTS,
                            "items": {"type": "string", "pattern": "^[0-9A-Fa-f]{64}$"},
                        },
                    },
                },
            ],
        },
        "at": {"type": "string", "format": "date-time", "description": f"As of when: {_TIME}."},
    },
}
EXAMPLE: Final = {"filter": {"sender": "H62"}, "policy": {"forbid": ["rsa-2048"], "without_roots": []}}


@dataclass(frozen=True, slots=True)
class Verification:
    """What is asked."""

    query: DocumentQuery
    policy: Policy
    without_roots: frozenset[str]
    """SHA-256 of roots that are supposed not to be trusted, lower-case hexadecimal."""
    at: Microseconds | None


def read_verification(body: object) -> Verification:
    """Read what is asked from a request's JSON, or from a job's parameters.

    Raises:
        QueryInvalid: naming every place that is wrong.

    """
    reader = MembersReader()
    members = reader.members(body, "", BODY_SCHEMA["properties"])
    query = _query(reader, members.get("filter", {}))
    policy, without = _policy(reader, members.get("policy", DEFAULT.name))
    at = _time(reader, members.get("at"))
    reader.finish()
    return Verification(query or DocumentQuery.model_validate({}), policy, without, at)


def _query(reader: MembersReader, value: object) -> DocumentQuery | None:
    members = reader.members(value, "/filter", [*_names(), *_PAGING])
    for name in _PAGING:
        if name in members:
            reader.fault(f"/filter/{name}", "a part of the list", "all of it")
    asked = {name: each for name, each in members.items() if name in _names()}
    for name, each in asked.items():
        if not isinstance(each, str):
            reader.wrong(f"/filter/{name}", each, "a text, as in the query of the list")
    try:
        return DocumentQuery.model_validate(
            {name: each for name, each in asked.items() if isinstance(each, str)}
        )
    except ValidationError as error:
        for name, fault in {str(each["loc"][0]): each for each in error.errors()}.items():
            reader.fault(f"/filter/{name}", str(fault.get("input")), shorten(fault["msg"]))
        return None


def _names() -> list[str]:
    fields = DocumentQuery.model_fields
    return [field.alias or name for name, field in fields.items() if name not in _PAGING]


def _policy(reader: MembersReader, value: object) -> tuple[Policy, frozenset[str]]:
    if isinstance(value, str):
        return _named(reader, value, "/policy"), frozenset()
    members = reader.members(value, "/policy", ("base", "forbid", "without_roots"))
    base = _named(reader, members.get("base", DEFAULT.name), "/policy/base")
    forbidden = _texts(reader, members.get("forbid", []), "/policy/forbid")
    roots = _texts(reader, members.get("without_roots", []), "/policy/without_roots")
    if len(roots) > MOST_ROOTS:
        reader.fault("/policy/without_roots", f"{len(roots)} roots", f"at most {MOST_ROOTS}")
    for place, root in enumerate(roots):
        if not _SHA256.fullmatch(root):
            reader.wrong(f"/policy/without_roots/{place}", root, "the SHA-256 of a root, in hexadecimal")
    policy = base
    for place, name in enumerate(forbidden):
        stricter = _without(policy, name)
        if stricter is None:
            reader.wrong(f"/policy/forbid/{place}", name, _FORBIDDABLE)
        else:
            policy = stricter
    if forbidden:
        policy = replace(policy, name=f"{base.name} without {', '.join(dict.fromkeys(forbidden))}"[:200])
    return policy, frozenset(root.lower() for root in roots)


def _named(reader: MembersReader, value: object, pointer: str) -> Policy:
    found = POLICIES.get(value) if isinstance(value, str) else None
    if found is None:
        reader.wrong(pointer, value, f"one of {', '.join(sorted(POLICIES))}")
    return found or DEFAULT


def _texts(reader: MembersReader, value: object, pointer: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        reader.wrong(pointer, value, "an array of texts")
        return []
    return value


def _without(policy: Policy, name: str) -> Policy | None:
    """Return a policy that does not admit this; None where nothing is called so."""
    if name in _DIGESTS:
        return replace(policy, digests=policy.digests - {name}, dsa_digests=policy.dsa_digests - {name})
    if name in _CURVES:
        return replace(policy, curves=policy.curves - {name})
    if name == "dsa":
        return replace(policy, dsa_digests=frozenset())
    sized = _RSA.fullmatch(name)
    if sized:
        return replace(policy, min_rsa_bits=max(policy.min_rsa_bits, int(sized[1]) + 1))
    return None


def _time(reader: MembersReader, value: object) -> Microseconds | None:
    if value is None:
        return None
    try:
        return parse_rfc3339(value if isinstance(value, str) else "")
    except ValueError:
        reader.wrong("/at", value, _TIME)
        return None


def too_many(limit: int) -> QueryInvalid:
    """Return the refusal of a selection with more documents than one verification takes."""
    return QueryInvalid(Place("/filter", f"more than {limit} documents", f"a selection of at most {limit}"))
