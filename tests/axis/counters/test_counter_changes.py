"""Changes of counters add up, and a document counts once."""

from sqlalchemy import select

from axis.counters.counter_changes import CounterChanges, apply, counted, signing_class
from axis.counters.tables import NUMBERS, SIGNING_CLASSES, counters
from axis.database import Database


def rows(database: Database) -> dict[tuple[str, ...], dict[str, int]]:
    with database.read() as tx:
        return {
            (row.grain, row.period, row.sender, row.recipient): {
                name: getattr(row, name) for name in NUMBERS if getattr(row, name)
            }
            for row in tx.execute(select(counters))
        }


def test_a_document_counts_once_for_its_sender_and_once_for_each_recipient(database: Database) -> None:
    changes = CounterChanges()
    changes.accepted("2019-06-03", "A", "cong-van", "both", ["B", "C"])
    database.write(lambda tx: apply(tx, changes))
    found = rows(database)
    assert found["d", "2019-06-03", "A", ""] == {"both": 1, "addressed": 2}
    for recipient in "BC":
        assert found["d", "2019-06-03", "A", recipient] == {"both": 1, "addressed": 1}
        assert found["m", "2019-06", "A", recipient] == {"both": 1, "addressed": 1}
        assert found["m", "2019-06", "", recipient] == {"both": 1, "addressed": 1}
    assert len(found) == 10


def test_equal_keys_add_up_within_a_group_and_between_groups(database: Database) -> None:
    for _ in range(2):
        changes = CounterChanges()
        for _ in range(3):
            changes.accepted("2019-06-03", "A", "cong-van", "unsigned", ["B"])
        assert len(changes.rows) == 6
        database.write(lambda tx, changes=changes: apply(tx, changes))
    assert rows(database)["m", "2019-06", "A", ""] == {"unsigned": 6, "addressed": 6}


def test_an_outcome_moves_on_the_pair_and_on_both_sums(database: Database) -> None:
    changes = CounterChanges()
    changes.accepted("2019-06-03", "A", "cong-van", "both", ["B"])
    changes.outcome_moved("2019-06-03", "A", "B", "cong-van", "pending", "handled")
    changes.outcome_moved("2019-06-03", "A", "B", "cong-van", "handled", "withdrawn")
    database.write(lambda tx: apply(tx, changes))
    found = rows(database)
    for sender, recipient in (("A", "B"), ("A", ""), ("", "B")):
        assert found["d", "2019-06-03", sender, recipient] == {"both": 1, "addressed": 1, "withdrawn": 1}
        assert found["m", "2019-06", sender, recipient] == {"both": 1, "addressed": 1, "withdrawn": 1}


def test_a_class_moves_and_what_was_addressed_stays(database: Database) -> None:
    changes = CounterChanges()
    changes.accepted("2019-06-03", "A", "cong-van", "indeterminate", ["B"])
    changes.class_moved("2019-06-03", "A", "cong-van", ["B"], "indeterminate", "organisation")
    database.write(lambda tx: apply(tx, changes))
    assert set(map(str, rows(database).values())) == {str({"organisation": 1, "addressed": 1})}


def test_a_move_to_the_same_place_writes_nothing(database: Database) -> None:
    changes = CounterChanges()
    changes.outcome_moved("2019-06-03", "A", "B", "cong-van", "handled", "handled")
    changes.class_moved("2019-06-03", "A", "cong-van", ["B"], "failed", "failed")
    database.write(lambda tx: apply(tx, changes))
    assert rows(database) == {}


def test_a_passed_signature_decides_the_class_before_any_indication() -> None:
    assert signing_class("TOTAL-PASSED", "both") == "both"
    assert signing_class("TOTAL-PASSED", "organisation") == "organisation"
    assert signing_class("TOTAL-PASSED", "person") == "person"
    assert signing_class("INDETERMINATE", "none") == "indeterminate"
    assert signing_class("TOTAL-FAILED", "none") == "failed"
    assert signing_class(None, "none") == "unsigned"
    assert len(SIGNING_CLASSES) == 6


def test_a_recall_counts_nowhere() -> None:
    assert [counted(action) for action in ("new", "update", "replace", "recall")] == [True, True, True, False]
