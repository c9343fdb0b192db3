"""Compares files at hand with those that a signed manifest names: names, sizes and digests."""

import unicodedata
from collections.abc import Sequence
from typing import Literal, NamedTuple

__all__ = ["AttachedFile", "FileFacts", "compare"]

Outcome = Literal["same", "altered", "not-given", "not-named"]


class FileFacts(NamedTuple):
    """A file's name, size and digest."""

    name: str
    size: int
    sha256: str
    """Lower-case hexadecimal."""


class AttachedFile(NamedTuple):
    """A file that the manifest names, or that was given."""

    name: str
    outcome: Outcome
    """`same`: it is what the manifest names; `altered`: it is another one of that name; `not-given`: the
    manifest names it, and it was not given; `not-named`: it was given, and the manifest does not name it."""


def compare(named: Sequence[FileFacts], given: Sequence[FileFacts]) -> tuple[AttachedFile, ...]:
    """Compare all files, given or named by a manifest, by their names in NFC."""
    by_name: dict[str, list[FileFacts]] = {}
    for file in given:
        by_name.setdefault(_nfc(file.name), []).append(file)
    found: list[AttachedFile] = []
    for each in named:
        found += [_compared(each, file) for file in by_name.pop(_nfc(each.name), [])] or [
            AttachedFile(each.name, "not-given")
        ]
    found += [AttachedFile(file.name, "not-named") for files in by_name.values() for file in files]
    return tuple(found)


def _compared(named: FileFacts, given: FileFacts) -> AttachedFile:
    is_same = (given.size, given.sha256) == (named.size, named.sha256)
    return AttachedFile(named.name, "same" if is_same else "altered")


def _nfc(name: str) -> str:
    return unicodedata.normalize("NFC", name)
