"""Compares files with the digests in a manifest, for `axis verify`."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from axis.protocol.errors import AxisError
from axis.protocol.manifest import Manifest, parse_manifest
from axis.protocol.manifest_limits import WIDE_LIMITS
from signing.attached_files import AttachedFile, FileFacts, compare


def read_manifest(file: Path) -> Manifest | None:
    """Read a file as a manifest; `None` when it is none. Raises `OSError`."""
    if file.stat().st_size > WIDE_LIMITS.bytes:
        return None
    try:
        return parse_manifest(file.read_bytes(), WIDE_LIMITS)
    except AxisError:
        return None


def attached_files(manifest: Manifest, given: Sequence[Path]) -> tuple[AttachedFile, ...]:
    """Compare the files given with those that the manifest names. Raises `OSError`."""
    named = [FileFacts(each.name, each.size, each.sha256) for each in manifest.attachments]
    return compare(named, [_facts(file) for file in given])


def _facts(file: Path) -> FileFacts:
    with file.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        return FileFacts(file.name, stream.tell(), sha256)
