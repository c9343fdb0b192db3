"""Checks that the parts of an evidence archive, and the ledger's leaves among them, say the same.

Bytes were compared with the signed list before (`axis.evidence.opened_archive`). Signatures are judged by
`axis.evidence.judging_again`.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from axis.evidence import parts as names
from axis.evidence.findings import Finding
from axis.evidence.histories import Members, named_material, named_positions
from axis.evidence.opened_archive import OpenedArchive, PartUnreadable
from axis.evidence.page import evidence_page, is_of_this_version
from axis.ledger.leaves import has, read_leaf
from axis.protocol.errors import AxisError
from axis.protocol.ledger_positions import index_of, ledger_of
from axis.protocol.manifest import Manifest, parse_manifest
from axis.protocol.manifest_limits import WIDE_LIMITS
from axis.protocol.strict_json import loads
from signing.notes import MAX_RECEIPT_BYTES, VerifierKey, check_receipt

BAD_FORM: Final = (KeyError, TypeError, AttributeError, ValueError, IndexError)
"""What reading a part raises that has not the form of such a part."""


MAX_VERDICTS: Final = 1_000
"""Each is judged again; a document has one, and seldom two."""


@dataclass(frozen=True, slots=True)
class Told:
    """What an archive says of a document, read but not yet believed."""

    manifest: Manifest
    manifest_bytes: bytes
    signatures: Sequence[bytes]
    verdicts: Members
    statuses: Members


@dataclass(frozen=True, slots=True)
class Proven:
    """The leaves that the receipts of an archive prove, by position, and the ledger that holds the first."""

    leaves: Mapping[int, Mapping[str, Any]]
    ledger: str


def read_told(archive: OpenedArchive) -> Told:
    """Read manifest, signatures, verdicts and statuses. Raises `PartUnreadable`."""
    raw = archive.content(names.MANIFEST, WIDE_LIMITS.bytes)
    try:
        manifest = parse_manifest(raw, WIDE_LIMITS)
    except AxisError as error:
        raise PartUnreadable(Finding("contradicts", "form", names.MANIFEST, str(error))) from None
    signatures = [archive.content(name) for name in archive.names("signatures")]
    return Told(
        manifest, raw, signatures, _members(archive, names.VERDICTS), _members(archive, names.STATUSES)
    )


def read_receipts(archive: OpenedArchive, keys: Sequence[VerifierKey]) -> Proven | Sequence[Finding]:
    """Check every receipt: the checkpoint's signature, the leaf's place under it, and its position."""
    leaves: dict[int, Mapping[str, Any]] = {}
    findings: list[Finding] = []
    origins: dict[int, str] = {}
    for name in archive.names("receipts"):
        position = int(name.removeprefix("receipts/").removesuffix(".txt"))
        text = archive.text(name, MAX_RECEIPT_BYTES)
        checks = [check_receipt(text, key) for key in keys]
        check = next((each for each in checks if each.valid), checks[0])
        if not check.valid or check.receipt is None or check.checkpoint is None:
            findings.append(Finding("contradicts", "receipt", name, str(check.reason)))
        elif check.receipt.position != index_of(position):
            found = f"it is that of position {check.receipt.position}"
            findings.append(Finding("contradicts", "receipt", name, found))
        elif origins.setdefault(ledger_of(position), check.checkpoint.origin) != check.checkpoint.origin:
            found = f"it is of the ledger {check.checkpoint.origin}"
            findings.append(Finding("contradicts", "receipt", name, found))
        else:
            try:
                leaves[position] = read_leaf(check.receipt.leaf)
            except ValueError as error:
                findings.append(Finding("contradicts", "receipt", name, str(error)))
    return findings or Proven(leaves, origins[min(origins)] if origins else "")


def check_leaves(archive: OpenedArchive, told: Told, proven: Proven) -> Iterator[Finding]:
    """Compare every leaf with the part that speaks of the same event."""
    statuses, items = told.statuses, told.verdicts["items"]
    wrong = [*_check_order(items), *_check_positions(archive, told, proven)]
    if wrong:
        yield from wrong
        return
    leaves = proven.leaves
    yield from _check_acceptance(archive, told, leaves[statuses["position"]])
    for item in items[1:]:
        said = {
            "event": "verdict",
            "document": statuses["document"],
            "at": item["at"],
            "verdict": _verdict(item),
        }
        yield from _compare(names.VERDICTS, said, leaves[item["position"]])
    for delivery in statuses["deliveries"]:
        for event in delivery["events"]:
            yield from _check_event(told, delivery, event, leaves[event["position"]])


def _check_order(items: Sequence[Members]) -> Iterator[Finding]:
    if not 0 < len(items) <= MAX_VERDICTS or [each["sequence"] for each in items] != list(range(len(items))):
        yield Finding("contradicts", "form", names.VERDICTS, "verdicts are missing or out of order")


def _check_positions(archive: OpenedArchive, told: Told, proven: Proven) -> Iterator[Finding]:
    """Compare the leaves that parts speak of with those that there are receipts of."""
    acceptance = told.statuses["position"]
    first = told.verdicts["items"][0]["position"]
    if first != acceptance:
        yield _differs(names.VERDICTS, f"position {first}", f"position {acceptance}")
    if archive.content(names.RECEIPT) != archive.content(names.receipt_name(acceptance)):
        yield Finding("contradicts", "receipt", names.RECEIPT, f"it is not that of position {acceptance}")
    spoken_of = {acceptance, *named_positions(told.verdicts, told.statuses)}
    for position in sorted(spoken_of - proven.leaves.keys()):
        yield Finding("contradicts", "no-receipt", names.STATUSES, str(position))
    for position in sorted(proven.leaves.keys() - spoken_of):
        yield Finding("contradicts", "receipt", names.receipt_name(position), "no part speaks of its leaf")


def check_files(archive: OpenedArchive, told: Told) -> Iterator[Finding]:
    """Compare attachments with the manifest, and the material with its names and with what verdicts name."""
    declared = told.manifest.attachments
    expected = [names.attachment_name(place, each.name) for place, each in enumerate(declared)]
    found = archive.names("attachments")
    if found != expected:
        yield Finding("contradicts", "attachments", "", ", ".join(sorted(set(found) ^ set(expected))))
        return
    for name, attachment in zip(expected, declared, strict=True):
        size = archive.parts[name].entry.size
        if size != attachment.size or archive.sha256(name) != attachment.sha256:
            yield Finding("contradicts", "attachment", name)
    for name in archive.names("material"):
        if archive.sha256(name) != name.partition("/")[2].partition(".")[0]:
            yield Finding("contradicts", "material", name)
    named = {names.material_name(kind, sha256) for sha256, kind in named_material(told.verdicts).items()}
    for name in sorted(named - set(archive.names("material"))):
        yield Finding("contradicts", "missing", name)


def check_page(archive: OpenedArchive, told: Told) -> Iterator[Finding]:
    """Make the page again, and compare it with the one in the archive."""
    page = archive.content(names.PAGE)
    if not is_of_this_version(page):
        yield Finding("unsaid", "page-version", names.PAGE)
    elif evidence_page(told.manifest, told.verdicts, told.statuses).encode() != page:
        yield Finding("contradicts", "page", names.PAGE)


def _members(archive: OpenedArchive, name: str) -> Members:
    try:
        value = loads(archive.content(name))
    except AxisError as error:
        raise PartUnreadable(Finding("contradicts", "form", name, str(error))) from None
    if not isinstance(value, dict):
        raise PartUnreadable(Finding("contradicts", "form", name, "it is no JSON object"))
    return value


def _check_acceptance(archive: OpenedArchive, told: Told, leaf: Mapping[str, Any]) -> Iterator[Finding]:
    manifest, statuses = told.manifest, told.statuses
    said = {
        "event": "acceptance",
        "from": manifest.sender,
        "to": _recipients(manifest, leaf),
        "number": manifest.number_key,
        "issued_on": manifest.issued_on,
        "type": manifest.type,
        "action": manifest.action,
        "priority": manifest.priority,
        "kind": manifest.kind,
        "manifest": manifest.sha256,
    }
    yield from _compare(names.MANIFEST, {name: said[name] for name in said if has(leaf, name)}, leaf)
    digests = [hashlib.sha256(each).hexdigest() for each in told.signatures]
    yield from _compare("signatures/", {"signatures": digests}, leaf)
    yield from _compare(names.VERDICTS, {"verdict": _verdict(told.verdicts["items"][0])}, leaf)
    at = {"document": statuses["document"], "at": statuses["accepted_at"], "from": statuses["from"]["code"]}
    yield from _compare(names.STATUSES, at, leaf)
    message = archive.sha256(names.MESSAGE) if names.MESSAGE in archive.parts else None
    if leaf.get("message") != message:
        yield _differs(names.MESSAGE, message, leaf.get("message"))
    recipients = [each["to"] for each in statuses["deliveries"]]
    if statuses["complete"] and recipients != leaf.get("to"):
        yield _differs(names.STATUSES, recipients, leaf.get("to"))


def _recipients(manifest: Manifest, leaf: Mapping[str, Any]) -> list[str]:
    """Return the recipients of a document whose deliveries its hub opened: all, or those of a relay."""
    if leaf.get("relay") is None:
        return list(manifest.to)
    handed_over = leaf.get("to")
    return [code for code in manifest.to if isinstance(handed_over, list) and code in handed_over]


def _check_event(told: Told, delivery: Members, event: Members, leaf: Mapping[str, Any]) -> Iterator[Finding]:
    note = event["note"]
    said: dict[str, Any] = {
        "event": event["kind"],
        "document": told.statuses["document"],
        "delivery": delivery["id"],
        "to": [delivery["to"]],
        "at": event["at"],
        "code": event["code"],
        "by": event["by"],
        "note": None if note is None else hashlib.sha256(note.encode()).hexdigest(),
    }
    if event["kind"] != "status":  # an event of a later version: what is common to all
        said = {name: said[name] for name in ("document", "delivery", "at")}
    yield from _compare(names.STATUSES, said, leaf)


def _verdict(item: Members) -> Members:
    return {name: item[name] for name in ("indication", "sub_indication", "signed_by", "policy")}


def _compare(place: str, said: Mapping[str, Any], leaf: Mapping[str, Any]) -> Iterator[Finding]:
    for name, value in said.items():
        if leaf.get(name) != value:
            yield _differs(place, f"{name} {value}", f"{name} {leaf.get(name)}")


def _differs(place: str, found: object, expected: object) -> Finding:
    return Finding("contradicts", "leaf", place, str(found), str(expected))
