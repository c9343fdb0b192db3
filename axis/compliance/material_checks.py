"""Checks that the material each verdict rested on is kept, with the bytes of its digest.

Verdicts from before such material was kept name none, and are not checked. One piece of material is in memory
at a time, and one page of verdicts.
"""

import hashlib
from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Row, Select, bindparam, select, tuple_

from axis.database import Read
from axis.documents.tables import documents, refusals, verdicts
from axis.ledger.fsck import Difference
from axis.trust.kept_material import kept_digests, named_material
from axis.trust.tables import kept_material
from signing.errors import UnreadableVerdict
from signing.verdict import DocumentVerdict

PAGE: Final = 256
"""Verdicts or digests held at once."""

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
_BYTES: Final = select(kept_material.c.der).where(kept_material.c.sha256 == bindparam("sha256"))


def check_material(tx: Read) -> Iterator[Difference]:
    """Yield missing material that verdicts name, then material whose bytes have another digest."""
    for page in _pages(tx, _VERDICTS, document=-1, sequence=-1):
        named = [(f"document {row.id} verdict {row.sequence}", row.report) for row in page]
        yield from _check_page(tx, named)
    for page in _pages(tx, _REFUSALS, position=-1):
        yield from _check_page(tx, [(f"refusal {row.id} verdict", row.verdict) for row in page])
    for page in _pages(tx, _DIGESTS, after=""):
        for row in page:
            found = hashlib.sha256(tx.execute(_BYTES, {"sha256": row.sha256}).scalar_one()).hexdigest()
            if found != row.sha256:
                yield Difference(f"kept material {row.sha256}", found, row.sha256)


def _pages(tx: Read, statement: Select[Any], **start: Any) -> Iterator[list[Row[Any]]]:
    """Yield the rows page by page. Each page begins after the last row, by the columns that `start` names."""
    after = start
    while page := list(tx.execute(statement, {**after, "page": PAGE})):
        yield page
        after = {name: page[-1][place] for place, name in enumerate(start)}


def _check_page(tx: Read, reports: list[tuple[str, str]]) -> Iterator[Difference]:
    named: list[tuple[str, str, str]] = []
    for where, report in reports:
        try:
            verdict = DocumentVerdict.from_stored(report)
        except UnreadableVerdict:
            yield Difference(where, "a report that cannot be read", "a verdict")
            continue
        named += [(where, kind, sha256) for kind, sha256 in dict.fromkeys(named_material(verdict))]
    kept = kept_digests(tx, {sha256 for _, _, sha256 in named})
    for where, kind, sha256 in named:
        if sha256 not in kept:
            yield Difference(f"{where} material", "not kept", f"{kind} {sha256}")
