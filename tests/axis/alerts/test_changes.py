"""What is found is compared with what stands open."""

from support.exchange import Exchange

from axis.alerts import queries
from axis.alerts.changes import MOST_OF_A_NAME, Finding, settle
from axis.clock import Microseconds


def found(*subjects: str, name: str = "agency-silent", **facts: str) -> list[Finding]:
    return [Finding(name, subject, dict(facts)) for subject in subjects]


def history(exchange: Exchange) -> list[tuple[str, int, int | None]]:
    with exchange.database.read() as tx:
        rows = queries.alert_rows(tx, state="all", name=None, agency=None, below=None, limit=1_000)
    return [(row.subject, row.raised_at, row.cleared_at) for row in reversed(rows)]


def test_an_alert_is_raised_once_and_comes_back_as_another(exchange: Exchange) -> None:
    database, names = exchange.database, ["agency-silent"]
    assert settle(database, names, found("a", "b"), Microseconds(1)) == (2, 0)
    assert settle(database, names, found("a", "b"), Microseconds(2)) == (0, 0)
    assert settle(database, names, found("b"), Microseconds(3)) == (0, 1)
    assert settle(database, names, found("b"), Microseconds(4)) == (0, 0)
    assert settle(database, names, found("a", "b"), Microseconds(5)) == (1, 0)
    assert history(exchange) == [("a", 1, 3), ("b", 1, None), ("a", 5, None)]


def test_alerts_of_other_names_stay(exchange: Exchange) -> None:
    database = exchange.database
    settle(database, ["job-failed"], found("x", name="job-failed"), Microseconds(1))
    assert settle(database, ["agency-silent"], found("x"), Microseconds(2)) == (1, 0)
    assert settle(database, ["job-failed"], [], Microseconds(3)) == (0, 1)
    assert history(exchange) == [("x", 1, 3), ("x", 2, None)]


def test_what_was_found_is_kept_as_it_is_now_without_raising_again(exchange: Exchange) -> None:
    database, names = exchange.database, ["agency-silent"]
    settle(database, names, found("a", since="Monday"), Microseconds(1))
    assert settle(database, names, found("a", since="Tuesday"), Microseconds(2)) == (0, 0)
    with database.read() as tx:
        (row,) = queries.open_alerts(tx, names)
        assert (row.facts, queries.newest_place(tx)) == ('{"since":"Tuesday"}', 1)


def test_a_name_has_a_bounded_number_of_open_alerts(exchange: Exchange) -> None:
    many = found(*(f"{number:04}" for number in range(MOST_OF_A_NAME + 5)))
    raised, _ = settle(exchange.database, ["agency-silent"], [*many, *many], Microseconds(1))
    assert raised == MOST_OF_A_NAME
    assert settle(exchange.database, ["agency-silent"], many, Microseconds(2)) == (0, 0)


def test_a_long_subject_is_cut_and_still_known(exchange: Exchange) -> None:
    names = ["agency-silent"]
    assert settle(exchange.database, names, found("x" * 500), Microseconds(1)) == (1, 0)
    assert settle(exchange.database, names, found("x" * 500), Microseconds(2)) == (0, 0)
