"""For `axis fsck`: checks that attachments sent ahead are stored, with the bytes of their digest."""

import hashlib
from collections.abc import Iterator

from sqlalchemy import select

from axis.database import Read
from axis.intake.tables import uploads
from axis.ledger.tree_checks import Difference
from axis.objects.store import Pieces


def check_uploads(tx: Read, pieces: Pieces) -> Iterator[Difference]:
    """Yield each upload whose bytes are others than its row says. `pieces` reads them."""
    for row in tx.execute(select(uploads)):
        size, digest = 0, hashlib.sha256()
        for piece in pieces(tx, row.upload):
            size += len(piece)
            digest.update(piece)
        if (size, digest.hexdigest()) != (row.size, row.sha256):
            found, expected = f"{size} bytes, {digest.hexdigest()}", f"{row.size} bytes, {row.sha256}"
            yield Difference(f"upload {row.upload}", found, expected)
