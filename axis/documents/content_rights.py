"""Refuses the contents of messages between systems to callers who are no party and have no right to them.

Such contents may speak of persons. An auditor needs a token that allows it. Manifests, signatures, verdicts
and receipts are not contents.
"""

from typing import Final

from axis.agencies.callers import Caller
from axis.database import Read
from axis.documents import queries
from axis.protocol.document_types import MESSAGE
from axis.protocol.errors import NotPermitted

NEEDED: Final = "agency, auditor with --contents"


def require_contents(tx: Read, caller: Caller, position: int) -> None:
    """See that a caller who may see a document may read its attachments, too.

    Raises:
        NotPermitted: when it is a message, and the caller an auditor whose token does not say so.

    """
    if caller.role != "auditor" or caller.contents:
        return
    if queries.document_row(tx, position).type == MESSAGE:
        raise NotPermitted(role=caller.role, needed=NEEDED)
