"""The instructions of an evidence archive: how to check its parts with `openssl` and `sha256sum`.

They are written for the archive at hand, in Vietnamese and English. Lines that begin with four spaces are
commands for `bash`, to be run in the folder of the unpacked archive. The texts are in
`axis.evidence.readme_texts`.
"""

import datetime as dt
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cryptography import x509

from axis.evidence.histories import manifest_signatures
from axis.evidence.parts import attachment_name, signature_name
from axis.evidence.readme_texts import (
    ATTACHMENTS,
    CLOSING,
    LEAVES,
    MATERIAL,
    NOT_PASSED,
    OPENING,
    SIGNATURE,
    STRANGERS,
    SUMS,
    TIMESTAMP,
    WITHOUT_LIST,
    XML,
)
from axis.protocol.refused_characters import printable
from signing.file_pairs import pair
from signing.pages.formats import shown_time

Members = Mapping[str, Any]
PASSED: Final = "TOTAL-PASSED"
MANIFEST: Final = "manifest"
XML_FORMATS: Final = ("XMLDSig", "XAdES")


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
    document: str,
    verdicts: Members,
    signatures: int,
    attachments: Sequence[str],
    lists: Mapping[str, ListFacts],
) -> str:
    """Return the instructions.

    `document` is its id and `verdicts` the members of `verdicts.json`; `signatures` is how many there
    are over the manifest, `attachments` are the names that the manifest gives, and `lists` what is known of
    revocation lists, by SHA-256.
    """
    newest = verdicts["items"][-1]
    blocks = [
        *_of_manifest(signatures, manifest_signatures(newest), lists),
        *_of_detached(attachments, newest["signatures"], lists),
        *_of_xml(attachments, newest["signatures"]),
    ]
    if any(each["indication"] == PASSED for each in newest["signatures"]):
        blocks.insert(0, MATERIAL)
    if any(each["covers"] != MANIFEST for each in newest["signatures"]):
        blocks.append(STRANGERS)
    return "\n".join([OPENING.format(document=document), SUMS, LEAVES, ATTACHMENTS, *blocks, CLOSING])


def _of_manifest(signatures: int, judged: Sequence[Members], lists: Mapping[str, ListFacts]) -> Iterable[str]:
    """Yield what is to be done with each signature over the manifest that `openssl` can follow.

    A file with several signers has several verdicts; such files are left to the program of the axis.
    """
    if len(judged) != signatures:
        yield NOT_PASSED.format(place="signatures/", found="")
        return
    for ordinal, verdict in enumerate(judged):
        place = signature_name(ordinal)
        if verdict["indication"] != PASSED:
            found = " / ".join(filter(None, (verdict["indication"], verdict["sub_indication"])))
            yield NOT_PASSED.format(place=place, found=f": {found}")
            continue
        yield _passed(place, "manifest.json", verdict, lists)


def _of_detached(
    attachments: Sequence[str], judged: Sequence[Members], lists: Mapping[str, ListFacts]
) -> Iterable[str]:
    """Yield what is to be done with each signature that stands in a file of its own beside an attachment."""
    for name, signature in pair(attachments).pairs:
        found = [
            each for each in judged if each["covers"] == f"attachment:{name}" and each["format"] == "CAdES"
        ]
        if len(found) == 1 and found[0]["indication"] == PASSED:
            file, content = (attachment_name(attachments.index(each), each) for each in (signature, name))
            yield _passed(file, content, found[0], lists)


def _of_xml(attachments: Sequence[str], judged: Sequence[Members]) -> Iterable[str]:
    """Yield how to check each signature inside an XML attachment with another program."""
    covered = {f"attachment:{name}": name for name in attachments if name.lower().endswith(".xml")}
    for verdict in judged:
        name = covered.get(verdict["covers"])
        if name is None or verdict["indication"] != PASSED or not verdict["format"].startswith(XML_FORMATS):
            continue
        place = attachment_name(attachments.index(name), name)
        yield XML.format(
            place=place,
            file=shlex.quote(place),
            signer=printable(verdict["signer"]),
            root=verdict["chain"][-1],
            moment=_moment(verdict).strftime("%Y-%m-%d %H:%M:%S"),
        )


def _moment(verdict: Members) -> dt.datetime:
    """Return the time as of which a certificate is judged: the signature's, not before its certificate's."""
    begins = dt.datetime.fromisoformat(verdict["certificate"]["not_before"])
    return max(dt.datetime.fromisoformat(verdict["trusted_time"]), begins)


def _passed(file: str, content: str, verdict: Members, lists: Mapping[str, ListFacts]) -> str:
    at = _moment(verdict)
    named = [each["sha256"] for each in verdict["material"] if each["kind"] == "crl"]
    is_listed = any(
        lists[sha256].issuer == verdict["certificate"]["issuer"] and lists[sha256].covers(at)
        for sha256 in named
        if sha256 in lists
    )
    block = SIGNATURE.format(
        place=file,
        file=shlex.quote(file),
        content=shlex.quote(content),
        signer=printable(verdict["signer"]),
        time_vi=shown_time(verdict["trusted_time"], "vi"),
        time_en=shown_time(verdict["trusted_time"], "en"),
        root=verdict["chain"][-1],
        at=int(at.timestamp()),
        lists=" -crl_check" if is_listed else "",
    )
    if not is_listed:
        block += WITHOUT_LIST
    if verdict["time_source"] == "rfc3161":
        block += TIMESTAMP
    return block
