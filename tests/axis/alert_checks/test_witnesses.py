"""A ledger that no witness has cosigned for too long raises an alert, until one does."""

from support.alerts import WatchedExchange

from axis.clock import Microseconds
from axis.ledger.tables import ledger_cosignatures

HOUR = 3_600_000_000


def cosign(watched: WatchedExchange, size: int) -> None:
    row = {"vkey": "witness", "size": size, "at": 1, "line": "—"}
    watched.exchange.database.write(lambda tx: tx.execute(ledger_cosignatures.insert(), row))


def test_entries_without_a_witness_for_too_long_raise_one_until_they_are_cosigned(
    watched: WatchedExchange,
) -> None:
    exchange = watched.exchange
    watched.set(alert_witness_hours=10)
    assert watched.look("ledger-unwitnessed") == (0, 0)  # an empty ledger needs no witness
    exchange.send()
    exchange.clock.at = Microseconds(exchange.clock.at + 10 * HOUR - 1)
    assert watched.look("ledger-unwitnessed") == (0, 0)
    exchange.clock.at = Microseconds(exchange.clock.at + 1)
    assert watched.look("ledger-unwitnessed") == (1, 0)
    assert watched.subjects("ledger-unwitnessed") == ["ledger"]
    later = exchange.send()
    assert watched.look("ledger-unwitnessed") == (0, 0)
    cosign(watched, later.position)  # all but the newest entry, which is young
    assert watched.look("ledger-unwitnessed") == (0, 1)
    exchange.clock.at = Microseconds(exchange.clock.at + 10 * HOUR)
    assert watched.look("ledger-unwitnessed") == (1, 0)
    watched.set(alert_witness_hours=0)
    assert watched.look("ledger-unwitnessed") == (0, 1)
