"""Step 9 of docs/flow.md: the answer to an accepted document, a new one or a repeated one.

A repeated manifest gets the first answer again: its receipt and verdict are read from the store.
"""

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import bindparam, select

from axis.clock import Microseconds, rfc3339
from axis.database import Database, Read
from axis.deliveries.new_deliveries import delivery_id
from axis.deliveries.tables import deliveries
from axis.documents.tables import documents, verdicts
from axis.intake.procedure import Answer
from axis.ledger.receipts import receipt
from signing.verdict import DocumentVerdict
from signing.verdict_sentences import Language

_FIRST = (
    select(documents.c.id, documents.c.accepted_at, verdicts.c.report)
    .join(verdicts, (verdicts.c.document == documents.c.position) & (verdicts.c.sequence == 0))
    .where(documents.c.position == bindparam("position"))
)
_RECIPIENTS = (
    select(deliveries.c.recipient)
    .where(deliveries.c.document == bindparam("position"))
    .order_by(deliveries.c.position)
)


def answer_of(database: Database, answer: Answer, language: Language) -> dict[str, Any]:
    """Return the members of the answer (docs/contract.md#sending), for `orjson` to write."""
    new, sealed = answer.new, answer.sealed
    if new is not None and sealed is not None:
        return _members(
            new.id,
            new.accepted_at,
            answer.repeated,
            new.verdict,
            new.recipients,
            sealed.receipt(answer.position),
            language,
        )
    with database.read() as tx:
        return _stored(tx, answer, language)


def _stored(tx: Read, answer: Answer, language: Language) -> dict[str, Any]:
    position = answer.position
    row = tx.execute(_FIRST, {"position": position}).one()
    recipients = tx.execute(_RECIPIENTS, {"position": position}).scalars().all()
    verdict = DocumentVerdict.from_stored(row.report)
    return _members(
        row.id, row.accepted_at, answer.repeated, verdict, recipients, receipt(tx, position), language
    )


def _members(
    document: str,
    accepted_at: Microseconds,
    repeated: bool,
    verdict: DocumentVerdict,
    recipients: Sequence[str],
    proof: str,
    language: Language,
) -> dict[str, Any]:
    return {
        "id": document,
        "accepted_at": rfc3339(accepted_at),
        "repeated": repeated,
        "verdict": orjson.Fragment(verdict.to_written(language)),
        "deliveries": [
            {"id": delivery_id(document, ordinal), "to": recipient}
            for ordinal, recipient in enumerate(recipients)
        ],
        "receipt": proof,
    }
