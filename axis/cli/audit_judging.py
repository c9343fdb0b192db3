"""What `axis audit` trusts, and how it judges a document: by the hub's steps, with the auditor's material.

The audit itself is in `axis.audit`.
"""

import contextlib
import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from axis.audit.document_checks import File, Judge
from axis.audit.errors import HubRefusedError
from axis.audit.hub_client import HubClient
from axis.cli.common import RefusedError
from axis.cli.verify_material import read_material
from axis.judging.attachment_signatures import Enclosure, covers, examine
from axis.judging.path_cache import PathCache
from axis.judging.path_workers import PathWorkers
from axis.judging.workers import StoppedError, Workers
from signing.conclusion import MANIFEST, conclude
from signing.paths.validation import Enclosed, PathOutcome, TrustMaterial, abandoned
from signing.policy import DEFAULT
from signing.verdict import DocumentVerdict
from signing.verify import JudgingContext, TrustedTime, verify_signatures

MATERIAL_BYTES: Final = 64 * 1024 * 1024
AUTHORITIES: Final = ("root", "issuing")


def material_of(
    hub: HubClient, trust: list[Path], intermediates: list[Path], lists: list[Path]
) -> TrustMaterial:
    """Return what the auditor trusts, with the issuers and lists that the hub publishes of its own authority.

    Roots are the auditor's; where none are given, the root of the hub's own authority. Lists and issuers from
    the hub do no harm: they count only as far as a trusted root signed them. Raises `RefusedError`.
    """
    fetched = [_fetched(hub, f"/v1/ca/{name}.crt") for name in AUTHORITIES]
    crls = [found for name in AUTHORITIES if (found := _fetched(hub, f"/v1/crl/{name}.crl"))]
    known = [each for each in fetched if each]
    if trust:
        given = read_material(trust, intermediates, lists)
    elif fetched[0] is None:
        raise RefusedError("the hub has no authority of its own: name what you trust with --trust")
    else:
        given = TrustMaterial(roots=(fetched[0],))
    return TrustMaterial(
        roots=given.roots,
        intermediates=tuple(dict.fromkeys((*given.intermediates, *known))),
        crls=tuple(dict.fromkeys((*given.crls, *crls))),
        names=given.names,
    )


def _fetched(hub: HubClient, path: str) -> bytes | None:
    try:
        return hub.fetch(path, MATERIAL_BYTES)
    except HubRefusedError:
        return None


@contextlib.contextmanager
def judging(material: TrustMaterial) -> Iterator[Judge]:
    """Return a judge with workers, which end with the context."""
    workers = Workers()
    path_workers = PathWorkers(workers)

    def validate(
        certificate: bytes, enclosed: Enclosed, trust: TrustMaterial, at: dt.datetime
    ) -> PathOutcome:
        try:
            return path_workers.validate(certificate, enclosed, trust, at)
        except StoppedError:
            return abandoned(at)

    paths = PathCache(validate)

    def judge(
        manifest: bytes, signatures: Sequence[bytes], files: Sequence[File], sender: str, at: dt.datetime
    ) -> DocumentVerdict:
        context = JudgingContext(
            sender,
            TrustedTime(at, "acceptance"),
            lambda certificate, enclosed, moment: paths.outcome(certificate, enclosed, material, moment),
            lambda _certificate: None,
            DEFAULT,
        )
        verdicts = [
            verdict
            for signature in signatures
            for verdict in verify_signatures(signature, manifest, MANIFEST, context)
        ]
        enclosures = [Enclosure(each.name, each.size, each.open) for each in files]
        verdicts += examine(enclosures, workers, context)
        main = covers(files[0].name) if files else None
        return conclude(verdicts, DEFAULT, material.digest, main)

    try:
        yield judge
    finally:
        workers.close()
