"""Finds that no witness has cosigned the ledger for too long."""

from typing import Final

from sqlalchemy import func, select

from axis.alert_checks.sight import Sight
from axis.alerts.changes import Finding
from axis.clock import Microseconds, rfc3339
from axis.database import Read
from axis.ledger.queries import read_head
from axis.ledger.tables import ledger_checkpoints, ledger_cosignatures

HOUR: Final = 3_600_000_000


def look_at_witnesses(sight: Sight, tx: Read) -> list[Finding]:
    """Return a finding where an entry has been without a witness for the setting's hours."""
    hours = sight.settings.alert_witness_hours
    head = read_head(tx)
    if hours == 0 or head is None:
        return []
    cosigned = tx.execute(select(func.coalesce(func.max(ledger_cosignatures.c.size), 0))).scalar_one()
    size = ledger_checkpoints.c.size
    oldest = select(ledger_checkpoints.c.at).where(size > cosigned).order_by(size).limit(1)
    since = tx.execute(oldest).scalar_one_or_none()
    if since is None or sight.clock.now() - since < hours * HOUR:
        return []
    facts = {"cosigned": cosigned, "size": head[0], "since": rfc3339(Microseconds(since))}
    return [Finding("ledger-unwitnessed", "ledger", facts)]
