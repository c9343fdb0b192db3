"""Reads manifests of ASiC-E containers, which say by digests which files a CAdES signature covers.

ETSI EN 319 162-1 §4.4.3 and annex A.4.
"""

from collections.abc import Callable, Container
from typing import Final, NamedTuple
from urllib.parse import unquote

from signing.errors import UnreadableSignature
from signing.xmldsig.canonical_forms import parse
from signing.xmldsig.elements import Element, decoded, one
from signing.xmldsig.identifiers import DIGESTS
from signing.xmldsig.screening import screen

__all__ = ["Manifest", "NamedFile", "entry_of", "read_manifest"]

MAX_FILES: Final = 4_096
"""As many as an archive may hold."""
_ASIC: Final = "{http://uri.etsi.org/02918/v1.2.1#}"


class NamedFile(NamedTuple):
    """A file that a manifest names."""

    uri: str
    entry: str | None
    """Its name in the container; `None` when it is not there."""
    digest: str | None
    """Name of the digest; `None` when this package does not know it."""
    digest_identifier: str
    is_right: bool
    """Whether the digest is that of the file which is there."""


class Manifest(NamedTuple):
    """A manifest, and the signature that it says is over it."""

    signature: str | None
    """Name of the signature's file; `None` when it is not there."""
    files: tuple[NamedFile, ...]


def read_manifest(data: bytes, entries: Container[str], digest_of: Callable[[str, str], bytes]) -> Manifest:
    """Read a manifest of a container with these files. Raises `UnreadableSignature`.

    `digest_of`: returns a digest of a file, by the file's name and the digest's.
    """
    screen(data)
    root = parse(data)
    signatures = root.findall(_ASIC + "SigReference")
    elements = root.findall(_ASIC + "DataObjectReference")
    if root.tag != _ASIC + "ASiCManifest" or len(signatures) != 1 or not elements:
        raise UnreadableSignature(reason="container-manifest")
    if len(elements) > MAX_FILES:
        raise UnreadableSignature(reason="container-too-many", found=len(elements), limit=MAX_FILES)
    return Manifest(
        entry_of(signatures[0].get("URI", ""), entries),
        tuple([_file(each, entries, digest_of) for each in elements]),
    )


def _file(element: Element, entries: Container[str], digest_of: Callable[[str, str], bytes]) -> NamedFile:
    uri = element.get("URI", "")
    identifier = one(element, "ds:DigestMethod").get("Algorithm", "")
    expected = decoded(one(element, "ds:DigestValue"))
    digest, entry = DIGESTS.get(identifier), entry_of(uri, entries)
    is_right = digest is not None and entry is not None and digest_of(entry, digest) == expected
    return NamedFile(uri[:200], entry, digest, identifier[:100], is_right)


def entry_of(uri: str, entries: Container[str]) -> str | None:
    """Return the file that a reference names, by the name as written or without escapes."""
    for name in (uri, unquote(uri)):
        for shown in (name, name.removeprefix("./"), name.removeprefix("/")):
            if shown in entries:
                return shown
    return None
