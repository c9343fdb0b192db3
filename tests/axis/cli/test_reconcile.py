"""`axis reconcile`: a store that was only used is whole, and a counter that lies is named."""

import json
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError
from support.exchange import A, Exchange

from axis.cli import main
from axis.compliance.reconciliation.ledger_health import describe_health
from axis.counters.tables import counters


@pytest.mark.usefixtures("used")
def test_a_store_that_was_only_used_is_found_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reconcile"]) == 0
    assert capsys.readouterr().out == "nothing differs\n"
    assert main(["reconcile", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"differences": [], "complete": True}


def test_reconcile_names_a_counter_that_lies(used: Exchange, capsys: pytest.CaptureFixture[str]) -> None:
    used.database.write(
        lambda tx: tx.execute(update(counters).where(counters.c.recipient == "").values(both=5))
    )
    assert main(["reconcile"]) == 1
    assert (
        f"2019-06-03 {A} → anyone cong-van both: 5, counted again from ledger: 1" in capsys.readouterr().out
    )


def test_what_was_found_is_kept_for_whoever_asks_the_hub(
    used: Exchange, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def health() -> dict[str, Any]:
        with used.database.read() as tx:
            found: dict[str, Any] = describe_health(tx)["reconciled"]
        return found

    assert main(["reconcile"]) == 0
    assert (health()["differences"], health()["size"]) == (0, 3)
    used.database.write(lambda tx: tx.execute(update(counters).values(both=5)))
    assert main(["reconcile"]) == 1
    kept = health()
    assert kept["differences"] == sum(kept["counts"].values()) > 0

    def full(*_given: object) -> None:
        raise OperationalError("INSERT", {}, Exception("disk is full"))

    monkeypatch.setattr("axis.cli.reconcile.keep_outcome", full)
    capsys.readouterr()
    assert main(["reconcile"]) == 1
    captured = capsys.readouterr()
    assert "the counters differ" in captured.out
    assert "could not be kept" in captured.err
    assert health() == kept
