"""Entries become rows by what their own version says."""

import json

import pytest
from support.exchange import MONDAY, A, B

from axis.exports.columns import COLUMNS
from axis.exports.export_requests import EntryQuery
from axis.exports.ledger_entries import count_entries, entry_rows
from axis.ledger.tables import ledger_entries

DAY = 24 * 3600 * 1_000_000
NAMES = [column.name for column in COLUMNS["entries"]]
ALL = EntryQuery()


def exported(exchange, query=ALL):
    with exchange.database.read() as tx:
        rows = [dict(zip(NAMES, row, strict=True)) for batch in entry_rows(tx, query) for row in batch]
        assert count_entries(tx, query, lambda _: None) == len(rows)
    return rows


def test_a_row_says_what_its_leaf_says(exchange):
    sent = exchange.send(A, (B,), signed="organisation")
    exchange.give(B, sent.delivery(), "03", "đã vào sổ")
    accepted, status = exported(exchange)
    leaf = json.loads(accepted["leaf"])
    for name in ("v", "event", "clock", "document", "from", "to", "number", "issued_on", "manifest"):
        assert accepted[name] == leaf[name]
    assert (accepted["at"], accepted["day"]) == (MONDAY, "2019-06-03")
    assert (accepted["indication"], accepted["signed_by"]) == ("TOTAL-PASSED", "organisation")
    assert (status["event"], status["code"], status["by"]) == ("status", "03", B)
    assert status["manifest"] is None


def test_leaves_of_other_versions_and_events_are_rows_all_the_same(exchange):
    sent = exchange.send()
    with exchange.database.read() as tx:
        raw = tx.execute(ledger_entries.select()).one().leaf
    first = {
        name: value
        for name, value in json.loads(raw).items()
        if name not in {"priority", "signed_on", "kind"}
    }
    strange = {"v": 9, "event": "eclipse", "at": "2019-06-03T02:11:09Z", "clock": "real", "salt": "00"}
    for position, leaf in enumerate([{**first, "v": 1}, strange], 1):
        text = json.dumps(leaf, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        exchange.database.write(
            lambda tx, at=position, leaf=text: (
                tx.execute(ledger_entries.insert().values(position=at, leaf=leaf)) and None
            )
        )
    with exchange.database.read() as tx:
        _, old, new = [dict(zip(NAMES, row, strict=True)) for batch in entry_rows(tx, ALL) for row in batch]
    assert (old["v"], old["document"], old["priority"], old["signed_on"]) == (1, sent.id, None, None)
    assert (new["v"], new["event"], new["document"]) == (9, "eclipse", None)


@pytest.mark.parametrize(
    ("first", "last", "found"), [("2019-06-04", None, 1), (None, "2019-06-03", 1), ("2019-06-05", None, 0)]
)
def test_days_are_viet_nams(exchange, first, last, found):
    exchange.send(at=MONDAY)
    exchange.send(at=MONDAY + 15 * 3600 * 1_000_000)  # after midnight in Viet Nam
    query = EntryQuery.model_validate({name: day for name, day in (("from", first), ("to", last)) if day})
    assert len(exported(exchange, query)) == found
