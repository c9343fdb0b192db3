"""The instructions of an evidence archive: how to check its parts with `openssl` and `sha256sum`.

They are written for the archive at hand, in Vietnamese and English. Lines that begin with four spaces are
commands for `bash`, to be run in the folder of the unpacked archive. The texts are in
`axis.evidence.readme_texts`.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cryptography import x509

from axis.evidence.histories import manifest_signatures
from axis.evidence.parts import signature_name
from axis.evidence.readme_texts import (
    ATTACHMENTS,
    CLOSING,
    LEAVES,
    NOT_PASSED,
    OPENING,
    SIGNATURE,
    SIGNATURES,
    STRANGERS,
    SUMS,
    TIMESTAMP,
    WITHOUT_LIST,
)
from signing.pages.formats import shown_time

Members = Mapping[str, Any]
PASSED: Final = "TOTAL-PASSED"


@dataclass(frozen=True, slots=True)
class ListFacts:
    """What has to be known of a revocation list to say how it is used."""

    issuer: str
    this_update: dt.datetime
    next_update: dt.datetime | None

    def covers(self, at: dt.datetime) -> bool:
        """Tell whether it was the current list then."""
        return self.this_update <= at and (self.next_update is None or at <= self.next_update)


def list_facts(der: bytes) -> ListFacts | None:
    """Read a revocation list; None where it cannot be read by everyone."""
    try:
        known = x509.load_der_x509_crl(der)
        return ListFacts(known.issuer.rfc4514_string(), known.last_update_utc, known.next_update_utc)
    except ValueError:
        return None


def evidence_readme(
    document: str, verdicts: Members, signatures: Sequence[bytes], lists: Mapping[str, ListFacts]
) -> str:
    """Return the instructions.

    `document` is its id and `verdicts` the members of `verdicts.json`; `signatures` are those over the
    manifest as they were received, and `lists` what is known of revocation lists, by SHA-256.
    """
    blocks = [OPENING.format(document=document), SUMS, LEAVES, ATTACHMENTS]
    newest = verdicts["items"][-1]
    judged = manifest_signatures(newest)
    if signatures:
        blocks.append(SIGNATURES)
        blocks += _signature_blocks(signatures, judged, lists)
    if any(each["covers"] != "manifest" for each in newest["signatures"]):
        blocks.append(STRANGERS)
    return "\n".join([*blocks, CLOSING])


def _signature_blocks(
    signatures: Sequence[bytes], judged: Sequence[Members], lists: Mapping[str, ListFacts]
) -> Iterable[str]:
    """Yield what is to be done with each signature that `openssl` can follow.

    A file with several signers has several verdicts; such files are left to the program of the axis.
    """
    if len(judged) != len(signatures):
        yield NOT_PASSED.format(place="signatures/", found="")
        return
    for ordinal, (signature, verdict) in enumerate(zip(signatures, judged, strict=True)):
        place = signature_name(ordinal)
        if verdict["indication"] != PASSED:
            found = " / ".join(filter(None, (verdict["indication"], verdict["sub_indication"])))
            yield NOT_PASSED.format(place=place, found=f": {found}")
            continue
        yield _passed(place, signature, verdict, lists)


def _passed(place: str, signature: bytes, verdict: Members, lists: Mapping[str, ListFacts]) -> str:
    certificate = verdict["certificate"]
    begins = dt.datetime.fromisoformat(certificate["not_before"])
    at = max(dt.datetime.fromisoformat(verdict["trusted_time"]), begins)
    named = [each["sha256"] for each in verdict["material"] if each["kind"] == "crl"]
    is_listed = any(
        lists[sha256].issuer == certificate["issuer"] and lists[sha256].covers(at)
        for sha256 in named
        if sha256 in lists
    )
    block = SIGNATURE.format(
        place=place,
        signer=verdict["signer"],
        time_vi=shown_time(verdict["trusted_time"], "vi"),
        time_en=shown_time(verdict["trusted_time"], "en"),
        root=verdict["chain"][-1],
        form="PEM" if signature.lstrip().startswith(b"-----BEGIN") else "DER",
        at=int(at.timestamp()),
        lists=" -crl_check" if is_listed else "",
    )
    if not is_listed:
        block += WITHOUT_LIST
    if verdict["time_source"] == "rfc3161":
        block += TIMESTAMP
    return block
