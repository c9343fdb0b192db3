"""Checks that the material of each verdict is kept, with the bytes of its digest, and that no other is kept.

Verdicts that name no material, from before it was kept, are not checked.
"""

import hashlib
from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import LargeBinary, Row, Select, bindparam, cast, func, select, tuple_

from axis.database import Read
from axis.documents.tables import documents, refusals, verdicts
from axis.ledger.tree_checks import Difference
from axis.trust.kept_material import kept_kinds, named_material
from axis.trust.tables import kept_material
from signing.errors import UnreadableVerdict
from signing.verdict import DocumentVerdict

PAGE: Final = 256
"""Verdicts or digests held at once."""
BYTES_A_DIGEST: Final = 4
MIN_NAMED_BYTES, MAX_NAMED_BYTES = 4096, 32 * 1024 * 1024
"""Enough for eight million pieces; of more, added ones are overlooked more often."""

_VERDICTS: Final = (
    select(verdicts.c.document, verdicts.c.sequence, verdicts.c.report, documents.c.id)
    .join(documents, documents.c.position == verdicts.c.document)
    .where(
        tuple_(verdicts.c.document, verdicts.c.sequence)
        > tuple_(bindparam("document"), bindparam("sequence"))
    )
    .order_by(verdicts.c.document, verdicts.c.sequence)
    .limit(bindparam("page"))
)
_REFUSALS: Final = (
    select(refusals.c.position, refusals.c.id, refusals.c.verdict)
    .where(refusals.c.verdict.is_not(None), refusals.c.position > bindparam("position"))
    .order_by(refusals.c.position)
    .limit(bindparam("page"))
)
_DIGESTS: Final = (
    select(kept_material.c.sha256)
    .where(kept_material.c.sha256 > bindparam("after"))
    .order_by(kept_material.c.sha256)
    .limit(bindparam("page"))
)
_BYTES: Final = select(cast(kept_material.c.der, LargeBinary)).where(
    kept_material.c.sha256 == bindparam("sha256")
)
"""As bytes, even where SQLite was given a text."""


class _Named:
    """Which digests verdicts name, in bounded memory.

    One that is named is always known. Of those that are not, one in a thousand may be taken for named.
    """

    def __init__(self, expected: int) -> None:
        size = min(max(expected * BYTES_A_DIGEST, MIN_NAMED_BYTES), MAX_NAMED_BYTES)
        self._bits = bytearray(size)

    def add(self, digest: str) -> None:
        for place, bit in self._places(digest):
            self._bits[place] |= bit

    def __contains__(self, digest: str) -> bool:
        return all(self._bits[place] & bit for place, bit in self._places(digest))

    def _places(self, digest: str) -> Iterator[tuple[int, int]]:
        spread = hashlib.sha256(digest.encode(errors="replace")).digest()
        for at in range(0, 3 * 8, 8):
            place, bit = divmod(int.from_bytes(spread[at : at + 8], "big") % (len(self._bits) * 8), 8)
            yield place, 1 << bit


def check_material(tx: Read) -> Iterator[Difference]:
    """Yield what is wrong between verdicts and kept material, then within the material.

    Missing material, of another kind than named, or with a path's certificate unnamed; then material whose
    bytes have another digest, and what no verdict names.
    """
    noted = _Named(tx.execute(select(func.count()).select_from(kept_material)).scalar_one())
    for page in _pages(tx, _VERDICTS, document=-1, sequence=-1):
        named = [(f"document {row.id} verdict {row.sequence}", row.report) for row in page]
        yield from _check_page(tx, named, noted)
    for page in _pages(tx, _REFUSALS, position=-1):
        yield from _check_page(tx, [(f"refusal {row.id} verdict", row.verdict) for row in page], noted)
    for page in _pages(tx, _DIGESTS, after=""):
        for row in page:
            der = tx.execute(_BYTES, {"sha256": row.sha256}).scalar_one()
            found = hashlib.sha256(der or b"").hexdigest()
            if found != row.sha256:
                yield Difference(f"kept material {row.sha256}", found, row.sha256)
            if row.sha256 not in noted:
                yield Difference(f"kept material {row.sha256}", "named by no verdict", "a verdict's material")


def _pages(tx: Read, statement: Select[Any], **start: Any) -> Iterator[list[Row[Any]]]:
    """Yield the rows page by page. Each page begins after the last row, by the columns that `start` names."""
    after = start
    while page := list(tx.execute(statement, {**after, "page": PAGE})):
        yield page
        after = {name: page[-1][place] for place, name in enumerate(start)}


def _check_page(tx: Read, reports: list[tuple[str, str]], noted: _Named) -> Iterator[Difference]:
    named: list[tuple[str, str, str]] = []
    for where, report in reports:
        try:
            verdict = DocumentVerdict.from_stored(report)
        except UnreadableVerdict:
            yield Difference(where, "a report that cannot be read", "a verdict")
            continue
        named += [(where, kind, sha256) for kind, sha256 in dict.fromkeys(named_material(verdict))]
        for sha256 in _unnamed(verdict):
            yield Difference(f"{where} material", "not named", f"certificate {sha256}")
    kept = kept_kinds(tx, {sha256 for _, _, sha256 in named})
    for where, kind, sha256 in named:
        noted.add(sha256)
        found = kept.get(sha256)
        if found != kind:
            shown = "not kept" if found is None else f"kept as {found}"
            yield Difference(f"{where} material", shown, f"{kind} {sha256}")


def _unnamed(verdict: DocumentVerdict) -> Iterator[str]:
    """Return the certificates of the paths that the material of their signatures does not name."""
    for signature in verdict.signatures:
        if signature.material is not None:
            yield from set(signature.chain) - {sha256 for _, sha256 in signature.material}
