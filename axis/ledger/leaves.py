"""What a leaf says: one event of the axis, in canonical JSON.

Statistics can be recomputed from the entries (docs/ledger.md#what-a-leaf-says). Entries keep the version in
which they were written: ask `has` before reading a later member (docs/decisions/ledger-leaf-versions.md). RFC
8785.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson

# The journal adds `v`, `at`, `clock` and `salt`. For the values a leaf may hold (no fractions, ASCII names,
# whole numbers below 2^53), compact JSON with sorted members is RFC 8785's form, byte for byte.

Json: TypeAlias = bool | int | str | Sequence["Json"] | Mapping[str, "Json"] | None
Leaf = dict[str, Json]

VERSION = 2
"""The version that is written. Version 1 had none of the members in `SINCE`."""
SINCE = {"priority": 2, "signed_on": 2, "kind": 2}
"""The version that brought a member."""
MAX_LEAF_BYTES = 65_535
"""The longest leaf: an entry of a C2SP bundle has two bytes for its length."""


@dataclass(frozen=True, slots=True)
class LeafVerdict:
    """The part of a verdict that statistics are made from."""

    indication: str | None
    sub_indication: str | None
    signed_by: str
    policy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFacts:
    """The part of a manifest that statistics are made from. What a refused manifest did not say is None."""

    sender: str
    to: Sequence[str] | None
    number: str | None
    issued_on: str | None
    type: str | None
    action: str | None
    priority: str | None
    signed_on: str | None
    """The result of `axis.documents.signing_days.signed_on`."""
    kind: str | None
    """What the message is about, where the document is one."""
    manifest: str | None
    """SHA-256 of its bytes, in hex."""
    signatures: Sequence[str] = ()
    """SHA-256 of each signature's bytes, in hex."""
    message: str | None = None
    """SHA-256 of the message of the old protocol that the manifest was made from, in hex."""
    relay: str | None = None
    """The relay that handed it over. `to` then holds the recipients it was handed over for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusFacts:
    """One status of one delivery."""

    document: str
    sender: str
    recipient: str
    delivery: str
    code: str
    by: str
    """The agency that gave it."""
    note: str | None = None
    """SHA-256 of the note, in hex."""
    message: str | None = None
    """SHA-256 of the message of the old protocol that it came in, in hex, where that is kept."""
    relay: str | None = None
    """The relay that brought it."""
    origin: str | None = None
    """The id under which the relay's other hub has it."""


def acceptance_leaf(document: str, facts: DocumentFacts, verdict: LeafVerdict) -> Leaf:
    """Say that a document was accepted, under which verdict."""
    return {"event": "acceptance", "document": document, "verdict": _verdict(verdict), **_document(facts)}


def refusal_leaf(refusal: str, code: str, facts: DocumentFacts, verdict: LeafVerdict | None = None) -> Leaf:
    """Say that a document was refused, with which code; `refusal` is the refusal's id."""
    leaf: Leaf = {"event": "refusal", "refusal": refusal, "document": None, "code": code, **_document(facts)}
    leaf["verdict"] = None if verdict is None else _verdict(verdict)
    return leaf


def status_leaf(facts: StatusFacts, request: Mapping[str, Json] | None = None) -> Leaf:
    """Say that a status was given.

    `request` names action and document of the recall, update or replacement, if one gave it.
    """
    leaf: Leaf = {
        "event": "status",
        "document": facts.document,
        "from": facts.sender,
        "to": [facts.recipient],
        "delivery": facts.delivery,
        "code": facts.code,
        "by": facts.by,
        "note": facts.note,
    }
    beside = {"message": facts.message, "relay": facts.relay, "origin": facts.origin}
    leaf.update((name, value) for name, value in beside.items() if value is not None)
    if request is not None:
        leaf["request"] = request
    return leaf


def verdict_leaf(document: str, verdict: LeafVerdict, signed_on: str) -> Leaf:
    """Say that an accepted document was judged again under the standing policy."""
    return {
        "event": "verdict",
        "document": document,
        "verdict": _verdict(verdict),
        "signed_on": signed_on,
    }


def expiry_leaf(document: str, sender: str, recipient: str, delivery: str) -> Leaf:
    """Say that a sender was told of a delivery which its receiver had left without a status for too long."""
    return {
        "event": "expiry",
        "document": document,
        "from": sender,
        "to": [recipient],
        "delivery": delivery,
    }


def key_leaf(old: str, new: str, statement: str) -> Leaf:
    """Say that another key signs from the next checkpoint on; both are verifier keys.

    `statement` is the note in which the old key names the new one (`signing.key_changes`).
    """
    return {"event": "key", "old": old, "new": new, "statement": statement}


def restored_leaf(ledger: str, kept: int, checkpoint: str) -> Leaf:
    """Say that the hub was restored: the first leaf of the ledger that then begins.

    `ledger`: the name of the one before. `kept`: how many of its entries the hub has. `checkpoint`: the note
    of the last one that is known of it.
    """
    return {"event": "restored", "ledger": ledger, "kept": kept, "checkpoint": checkpoint}


def receipt_leaf(ledger: str, index: int, leaf_hash: str, document: str | None) -> Leaf:
    """Say that the receipt of an entry was handed in that the hub lost when it was restored.

    `ledger`: the name of the entry's. `leaf_hash`: RFC 6962's of the entry, in hex. `document`: as it says.
    """
    return {"event": "receipt", "ledger": ledger, "index": index, "leaf": leaf_hash, "document": document}


def has(leaf: Mapping[str, Any], member: str) -> bool:
    """Tell whether leaves of this one's version have a member. What an older one lacks, the manifest says."""
    version = leaf.get("v")
    return isinstance(version, int) and version >= SINCE.get(member, 1)


def canonical_json(value: Json) -> bytes:
    """Write canonical JSON. Raises `TypeError` for text or numbers that canonical JSON cannot hold."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER)


def read_leaf(leaf: bytes) -> dict[str, Any]:
    """Read a stored leaf's members. Raises `ValueError` when the bytes are no canonical JSON object."""
    members = orjson.loads(leaf)
    if not isinstance(members, dict) or canonical_json(members) != leaf:
        raise ValueError("the leaf is no canonical JSON object")
    return members


def _document(facts: DocumentFacts) -> Leaf:
    leaf: Leaf = {
        "from": facts.sender,
        "to": facts.to,
        "number": facts.number,
        "issued_on": facts.issued_on,
        "type": facts.type,
        "action": facts.action,
        "priority": facts.priority,
        "signed_on": facts.signed_on,
        "kind": facts.kind,
        "manifest": facts.manifest,
        "signatures": facts.signatures,
    }
    beside = {"message": facts.message, "relay": facts.relay}
    return {**leaf, **{name: value for name, value in beside.items() if value is not None}}


def _verdict(verdict: LeafVerdict) -> Leaf:
    return {
        "indication": verdict.indication,
        "sub_indication": verdict.sub_indication,
        "signed_by": verdict.signed_by,
        "policy": verdict.policy,
    }
