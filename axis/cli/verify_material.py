"""What `axis verify` trusts, read from files and folders.

Unlike the hub's own folder, where a half-written file must not stop the exchange, whatever cannot be read
here is refused: the answer would be about other material than was asked for.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from axis.cli.common import RefusedError
from signing.certificates import load_certificates, to_der
from signing.errors import SigningError
from signing.paths import TrustMaterial

CERTIFICATES = {".pem", ".crt", ".cer", ".der"}
LISTS = {".pem", ".crl", ".der"}
MAX_FILE_BYTES = 64 * 1024 * 1024
"""Lists of large authorities reach tens of megabytes."""

_PEM_LIST = re.compile(rb"-----BEGIN X509 CRL-----.*?-----END X509 CRL-----", re.DOTALL)
_PEM_CERTIFICATE = b"-----BEGIN CERTIFICATE-----"


def read_material(trust: list[Path], intermediates: list[Path], lists: list[Path]) -> TrustMaterial:
    """Gather trust material from files, or all files of folders with a fitting suffix.

    Of `trust`, what names itself as its issuer is a root and the rest is known; if nothing does, all of it is
    trusted, since that is what was asked for. Lists in folders of `trust` count too, as they do for the hub.
    Raises `RefusedError`.
    """
    found = [each for path in trust for each in _certificates(path)]
    roots = [each for each in found if each.issuer == each.subject] or found
    if not roots:
        raise RefusedError(f"no certificate in {', '.join(map(str, trust))}")
    known = [each for each in found if each not in roots]
    known += [each for path in intermediates for each in _certificates(path)]
    folders = [path for path in trust if path.is_dir()]
    return TrustMaterial(
        roots=tuple(map(to_der, roots)),
        intermediates=tuple(map(to_der, known)),
        crls=tuple(dict.fromkeys(each for path in (*lists, *folders) for each in _lists(path))),
    )


def _certificates(path: Path) -> Iterator[x509.Certificate]:
    for file, data in _contents(path, CERTIFICATES):
        if path.is_dir() and b"-----BEGIN" in data and _PEM_CERTIFICATE not in data:
            continue  # a folder may hold lists and keys beside certificates
        try:
            yield from load_certificates(data)
        except SigningError as error:
            raise RefusedError(f"{file}: {error}") from error


def _lists(path: Path) -> Iterator[bytes]:
    for file, data in _contents(path, LISTS):
        texts = _PEM_LIST.findall(data)
        if path.is_dir() and not texts and (b"-----BEGIN" in data or file.suffix == ".der"):
            continue
        try:
            found = [x509.load_pem_x509_crl(each) for each in texts] or [x509.load_der_x509_crl(data)]
            yield from [each.public_bytes(Encoding.DER) for each in found]
        except ValueError as error:
            raise RefusedError(f"{file}: not a revocation list in PEM or DER") from error


def _contents(path: Path, suffixes: set[str]) -> Iterator[tuple[Path, bytes]]:
    if path.is_dir():
        files = sorted(each for each in path.iterdir() if each.suffix in suffixes and each.is_file())
    else:
        files = [path]
    for file in files:
        if file.stat().st_size > MAX_FILE_BYTES:
            raise RefusedError(f"{file} is longer than {MAX_FILE_BYTES} bytes")
        yield file, file.read_bytes()
