"""Reads what `axis verify` trusts, from files and folders.

A file that cannot be read is refused here, unlike in the hub's trust folder: otherwise the answer would be
about other material than was asked for.
"""

from collections.abc import Iterator
from pathlib import Path

from axis.cli.common import RefusedError
from axis.protocol.refused_characters import printable
from signing.material_parts import Fault, Kind, Part, is_self_issued, read_parts
from signing.paths.validation import TrustMaterial

CERTIFICATES = {".pem", ".crt", ".cer", ".der"}
LISTS = {".pem", ".crl", ".der"}
MAX_FILE_BYTES = 64 * 1024 * 1024
"""Lists of large authorities reach tens of megabytes."""

_PEM_LIST = b"-----BEGIN X509 CRL-----"
_PEM_CERTIFICATE = b"-----BEGIN CERTIFICATE-----"


def read_material(trust: list[Path], intermediates: list[Path], lists: list[Path]) -> TrustMaterial:
    """Read trust material from files, and from all files of folders with a fitting suffix.

    Of `trust`, certificates that name themselves as issuer are roots, and the others intermediates. If there
    are no such roots, all are trusted, since that was asked for. Lists in folders of `trust` count too, as
    for the hub.
    Raises `RefusedError`.
    """
    found = [each for path in trust for each in _certificates(path)]
    roots = [each for each in found if is_self_issued(each)] or found
    if not roots:
        raise RefusedError(f"no certificate in {', '.join(map(str, trust))}")
    known = [each for each in found if each not in roots]
    known += [each for path in intermediates for each in _certificates(path)]
    folders = [path for path in trust if path.is_dir()]
    crls = {der: printable(str(file)) for path in (*lists, *folders) for file, der in _lists(path)}
    return TrustMaterial(roots=tuple(roots), intermediates=tuple(known), crls=tuple(crls), names=crls)


def _certificates(path: Path) -> Iterator[bytes]:
    for file, data in _contents(path, CERTIFICATES):
        if not path.is_dir() or b"-----BEGIN" not in data or _PEM_CERTIFICATE in data:
            yield from _parts(file, data, "certificate")  # a folder may hold lists and keys beside them


def _lists(path: Path) -> Iterator[tuple[Path, bytes]]:
    for file, data in _contents(path, LISTS):
        is_other = path.is_dir() and (b"-----BEGIN" in data or file.suffix == ".der")
        if _PEM_LIST in data or not is_other:
            for der in _parts(file, data, "list"):
                yield file, der


def _parts(file: Path, data: bytes, kind: Kind) -> Iterator[bytes]:
    """Return the parts of one kind. A part of any kind that cannot be used is refused."""
    found = list(read_parts(data, kind))
    for part in found:
        if isinstance(part, Fault):
            place = str(file) if part.position is None else f"{file}, part {part.position}"
            raise RefusedError(f"{place}: {part.reason}")
    fitting = [part.der for part in found if isinstance(part, Part) and part.kind == kind]
    if not fitting:
        raise RefusedError(f"{file}: no {kind} in PEM or DER")
    yield from fitting


def _contents(path: Path, suffixes: set[str]) -> Iterator[tuple[Path, bytes]]:
    if path.is_dir():
        files = sorted(each for each in path.iterdir() if each.suffix in suffixes and each.is_file())
    else:
        files = [path]
    for file in files:
        if file.stat().st_size > MAX_FILE_BYTES:
            raise RefusedError(f"{file} is longer than {MAX_FILE_BYTES} bytes")
        yield file, file.read_bytes()
