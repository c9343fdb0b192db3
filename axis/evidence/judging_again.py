"""Judges the signatures of an evidence archive again, with the enclosed material, and compares the verdicts.

Signatures are judged as of the time that the ledger proves, with the roots that the reader trusts, or else
the enclosed ones. To which agency a certificate was registered is taken from the verdict.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any, Final

from cryptography import x509

from axis.evidence.findings import Finding
from axis.evidence.histories import Members
from axis.evidence.opened_archive import OpenedArchive
from axis.evidence.parts import attachment_name, material_name
from axis.evidence.parts_checks import Told
from axis.judging.attachment_signatures import Enclosure, covers, examine
from axis.judging.path_workers import PathWorkers
from axis.judging.workers import StoppedError, Workers
from signing.certificates import fingerprint
from signing.conclusion import MANIFEST, conclude
from signing.material_parts import fault_of, is_self_issued
from signing.paths.validation import Enclosed, PathOutcome, TrustMaterial, abandoned
from signing.policy import POLICIES, Policy
from signing.verdict import DocumentVerdict
from signing.verdict_vocabulary import Indication, SubIndication
from signing.verify import JudgingContext, Owner, TrustedTime, verify_signatures

MAX_LIST_BYTES: Final = 64 * 1024 * 1024

Outcome = tuple[str | None, str | None]
"""Indication and sub-indication."""


def check_verdicts(
    archive: OpenedArchive, told: Told, roots: Sequence[bytes], workers: Workers
) -> Iterator[Finding]:
    """Judge again for each verdict, and yield each difference from it.

    `roots`: the trusted roots in DER; with none, the enclosed ones are trusted.
    """
    for item in told.verdicts["items"]:
        policy = POLICIES.get(item["policy"])
        if policy is None:
            yield Finding("unsaid", "policy", MANIFEST, item["policy"])
            continue
        missing = [each for each in item["signatures"] if not isinstance(each["material"], list)]
        for each in missing:
            yield Finding("unsaid", "not-kept", each["covers"])
        if missing:
            continue
        again = _judge(archive, told, item, _material(archive, item, roots), policy, workers)
        yield from _compared(item, again, has_own_roots=bool(roots))


def registered_owners(told: Told) -> list[str]:
    """Return the signers whose certificates name no agency: the hub's word is taken for whose they are."""
    found = {}
    for item in told.verdicts["items"]:
        for each in item["signatures"]:
            certificate = each["certificate"]
            if certificate and each["agency"] and f"GO:VN-{each['agency']}" not in certificate["subject"]:
                found[certificate["sha256"]] = f"{each['signer']} ({each['agency']})"
    return sorted(found.values())


def _judge(
    archive: OpenedArchive,
    told: Told,
    item: Members,
    material: TrustMaterial,
    policy: Policy,
    workers: Workers,
) -> DocumentVerdict:
    path_workers = PathWorkers(workers)
    owners = {
        each["certificate"]["sha256"]: Owner(each["agency"], each["kind"])
        for each in item["signatures"]
        if each["certificate"] and each["agency"]
    }

    def paths(certificate: bytes, enclosed: Enclosed, at: dt.datetime) -> PathOutcome:
        try:
            return path_workers.validate(certificate, enclosed, material, at, policy)
        except StoppedError:
            return abandoned(at)

    def binder(certificate: x509.Certificate) -> Owner | None:
        return owners.get(fingerprint(certificate))

    at = dt.datetime.fromisoformat(told.statuses["accepted_at"])
    context = JudgingContext(told.manifest.sender, TrustedTime(at), paths, binder, policy)
    verdicts = [
        verdict
        for signature in told.signatures
        for verdict in verify_signatures(signature, told.manifest_bytes, MANIFEST, context)
    ]
    verdicts += examine(_enclosures(archive, told), workers, context)
    attached = told.manifest.attachments
    main = covers(attached[0].name) if attached else None
    return conclude(verdicts, policy, material.digest, main)


def _enclosures(archive: OpenedArchive, told: Told) -> list[Enclosure]:
    def enclosure(place: int, name: str, size: int) -> Enclosure:
        return Enclosure(name, size, lambda: archive.stream(attachment_name(place, name)))

    return [enclosure(place, each.name, each.size) for place, each in enumerate(told.manifest.attachments)]


def _material(archive: OpenedArchive, item: Members, roots: Sequence[bytes]) -> TrustMaterial:
    """Return the material that a verdict names; a piece that cannot be used is as good as missing."""
    named = {(piece["kind"], piece["sha256"]) for each in item["signatures"] for piece in each["material"]}
    found: dict[str, dict[str, bytes]] = {"certificate": {}, "crl": {}, "ocsp": {}, "timestamp": {}}
    for kind, sha256 in sorted(named):
        der = archive.content(material_name(kind, sha256), MAX_LIST_BYTES)
        if kind == "timestamp" or fault_of(_PARTS[kind], der) is None:
            found[kind][sha256] = der
    certificates = found["certificate"]
    ends = {each["chain"][-1] for each in item["signatures"] if each["chain"]}
    anchors = {sha256 for sha256, der in certificates.items() if sha256 in ends or is_self_issued(der)}
    enclosed = tuple(certificates[sha256] for sha256 in sorted(anchors))
    others = tuple(der for sha256, der in certificates.items() if sha256 not in anchors)
    return TrustMaterial(
        roots=tuple(roots) or enclosed,
        intermediates=(*others, *enclosed) if roots else others,
        crls=tuple(found["crl"].values()),
        ocsps=tuple(found["ocsp"].values()),
    )


_PARTS: Final[dict[str, Any]] = {"certificate": "certificate", "crl": "list", "ocsp": "response"}


def _compared(item: Members, again: DocumentVerdict, *, has_own_roots: bool) -> Iterator[Finding]:
    """Compare a verdict with what came out, the document's and each signature's."""
    pairs: list[tuple[str, Outcome, Outcome]] = [(MANIFEST, _said(item), _found(again))]
    if len(item["signatures"]) != len(again.signatures):
        yield Finding(
            *("contradicts", "verdict", MANIFEST),
            f"{len(again.signatures)} signatures",
            f"{len(item['signatures'])} signatures",
        )
        return
    pairs += [
        (said["covers"], _said(said), _found(found))
        for said, found in zip(item["signatures"], again.signatures, strict=True)
    ]
    told: set[tuple[str, Outcome, Outcome]] = set()
    for place, said, found in pairs:
        if (place, said, found) in told or _agree(said, found):
            continue
        told.add((place, said, found))
        if has_own_roots and found[0] == Indication.INDETERMINATE:
            yield Finding("unsaid", "roots", place, _shown(found))
        else:
            yield Finding("contradicts", "verdict", place, _shown(found), _shown(said))


def _said(members: Members) -> Outcome:
    return members["indication"], members["sub_indication"]


def _found(verdict: Any) -> Outcome:
    return verdict.indication, verdict.sub_indication


def _agree(said: Outcome, found: Outcome) -> bool:
    """Tell whether two outcomes are the same; what is undecided may be so for another reason.

    A verdict names the material that it rested on, and not what it lacked: with less at hand the same
    signature is undecided all the same, and another thing may be what is missed first. What was too costly to
    judge then may not be now.
    """
    if said == (Indication.INDETERMINATE, SubIndication.GENERIC):
        return True
    return said == found or said[0] == found[0] == Indication.INDETERMINATE


def _shown(outcome: Outcome) -> str:
    return " / ".join(each for each in outcome if each) or "NONE"
