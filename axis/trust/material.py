"""Gathers what signatures are judged against: anchors, issuers and revocation lists, from store and folder.

It judges nothing. A file of the folder that cannot be read is named in the log and left out: a list that is
half written must not stop the exchange, and when it is whole it is read.
"""

import logging
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from axis.database import Read
from axis.trust import queries
from axis.trust.authority import ISSUING, ROOT
from signing.certificates import load_certificates, to_der
from signing.errors import SigningError
from signing.paths import TrustMaterial

SUFFIXES = {".pem", ".crt", ".crl"}
MAX_FILE_BYTES = 64 * 1024 * 1024
"""Lists of large authorities reach tens of megabytes; what is longer is cut, and so cannot be read."""

_PEM_LIST = re.compile(rb"-----BEGIN X509 CRL-----.*?-----END X509 CRL-----", re.DOTALL)
_PEM_CERTIFICATE = b"-----BEGIN CERTIFICATE-----"
_log = logging.getLogger("axis.trust")

FolderState = tuple[tuple[str, int, int, int], ...]
"""Name, inode, size and time of change of each file: what tells that a folder is no longer the same."""
T = TypeVar("T")


def folder_state(folder: Path | None) -> FolderState:
    """Return the folder's state, to compare with an earlier one."""
    if folder is None:
        return ()
    state = []
    for path in _files(folder):
        try:
            facts = path.stat()
        except OSError:
            continue  # removed since it was listed
        state.append((path.name, facts.st_ino, facts.st_size, facts.st_mtime_ns))
    return tuple(state)


def read_folder(folder: Path | None) -> TrustMaterial:
    """Gather what lies in the folder.

    A certificate that names itself as its issuer is an anchor; any other only helps to build paths to one.
    """
    roots: list[bytes] = []
    intermediates: list[bytes] = []
    lists: list[bytes] = []
    for path in _files(folder) if folder is not None else ():
        certificates, found_lists = _read_file(path)
        lists += found_lists
        for certificate in certificates:
            (roots if certificate.issuer == certificate.subject else intermediates).append(
                to_der(certificate)
            )
    return TrustMaterial(roots=tuple(roots), intermediates=tuple(intermediates), crls=tuple(lists))


@dataclass(frozen=True, slots=True)
class Fetched:
    """Revocation data of other authorities, and what tells that it is no longer the same."""

    state: tuple[tuple[str, int], ...] = ()
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()


def read_fetched(tx: Read, before: Fetched) -> Fetched:
    """Read what was fetched, unless it is the same as before: large lists are not read for each change."""
    state = queries.fetched_state(tx)
    if state == before.state:
        return before
    rows = queries.fetched_rows(tx)
    lists, answers = ([row.der for row in rows if row.kind == kind] for kind in ("crl", "ocsp"))
    return Fetched(state, tuple(lists), tuple(answers))


def read_material(tx: Read, files: TrustMaterial, fetched: Fetched | None = None) -> TrustMaterial:
    """Gather all anchors, issuers and lists there are now: those of the folder and those of the store."""
    from_outside = fetched or read_fetched(tx, Fetched())
    roots = list(files.roots)
    intermediates = list(files.intermediates)
    own_lists = [row.der for row in queries.revocation_list_rows(tx)]
    lists = [*files.crls, *own_lists, *from_outside.crls]
    for row in queries.trusted_rows(tx):
        (roots if row.role == "root" else intermediates).append(row.der)
    own = queries.authority_certificates(tx)
    roots += [own[ROOT]] if ROOT in own else []
    intermediates += [own[ISSUING]] if ISSUING in own else []
    return TrustMaterial(
        roots=_once(roots),
        intermediates=_once(intermediates),
        crls=_once(lists),
        ocsps=_once([*files.ocsps, *from_outside.ocsps]),
    )


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES and path.is_file())
    except OSError as error:
        _log.warning("the trust folder cannot be read", extra={"facts": {"error": str(error)}})
        return []


def _read_file(path: Path) -> tuple[list[x509.Certificate], list[bytes]]:
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_FILE_BYTES)
        if path.suffix == ".crl" and not data.startswith(b"-----BEGIN"):
            return [], [_der(x509.load_der_x509_crl(data))]
        lists = [_der(x509.load_pem_x509_crl(text)) for text in _PEM_LIST.findall(data)]
        if _PEM_CERTIFICATE in data or not lists:
            return load_certificates(data), lists
    except (OSError, ValueError, SigningError) as error:
        facts = {"file": path.name, "error": str(error)}
        _log.warning("a file of the trust folder cannot be read and is left out", extra={"facts": facts})
        return [], []
    return [], lists


def _der(revocation_list: x509.CertificateRevocationList) -> bytes:
    return revocation_list.public_bytes(Encoding.DER)


def _once(values: list[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(values))
