"""`axis reconcile`: a store that was only used is whole, and a counter that lies is named."""

import json

import pytest
from sqlalchemy import update
from support.exchange import A, Exchange

from axis.cli import main
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
