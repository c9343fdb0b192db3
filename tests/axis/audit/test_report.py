"""The outcome is told in words and on a page, in both languages, and no name of a hub's harms either."""

from datetime import UTC, datetime
from typing import get_args

import pytest

from axis.audit.findings import NAMED, Finding, Kind
from axis.audit.procedure import Outcome, Visit
from axis.audit.report import page, text
from axis.audit.sentences import LABELS, LANGUAGES, sentence

AT = datetime(2026, 6, 3, 17, 30, tzinfo=UTC)


def made(*findings, **members):
    counts = {"event": {"acceptance": 7, "comet": 1}, "v": {"1": 8}, "clock": {"moved": 2, "real": 6}}
    now = Visit(8, "ab" * 32)
    outcome = Outcome("http://axis.test", "axis.test/v1/ledger", ("key",), now=now, entries=counts, rows=9)
    for name, value in members.items():
        setattr(outcome, name, value)
    outcome.findings.add(findings)
    return outcome


def test_both_languages_have_the_same_labels_and_name_each_kind():
    assert LABELS["en"].keys() == LABELS["vi"].keys()
    assert set(get_args(Kind)) <= LABELS["en"].keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_differs_stands_in_the_table_and_on_the_page(language):
    outcome = made(Finding("figure", "signatures 2019-06 000.00.00.H62 signed", "28", "5"))
    for shown in (text(outcome, language), page(outcome, language, AT)):
        assert sentence(outcome, language) in shown
        assert "signatures 2019-06 000.00.00.H62 signed" in shown
        assert LABELS[language]["figure"] in shown
        assert LABELS[language]["unknown"] in shown
    assert "2026-06-04 00:30:00 +07:00" in page(outcome, language, AT)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_broken_ledger_is_told_with_its_place(language):
    outcome = made(Finding("rewind", "checkpoint", "size 3", "at least 8"), now=None)
    assert "size 3" in sentence(outcome, language)
    assert LABELS[language]["rewind"] in text(outcome, language)
    assert outcome.to_json()["true"] is False


def test_the_page_runs_nothing_and_the_terminal_is_not_steered():
    outcome = made(Finding("list", "document <script>\x1b[2J", '"><img src=x>', "nothing"))
    shown = page(outcome, "en", AT)
    assert "<script>" not in shown
    assert "<img" not in shown
    assert "default-src 'none'" in shown
    assert "\x1b" not in text(outcome, "en") + shown


def test_more_findings_than_are_named_are_counted():
    outcome = made(*(Finding("list", f"document {at}", "a", "b") for at in range(NAMED + 5)))
    assert outcome.findings.total == NAMED + 5
    assert len(outcome.to_json()["named"]) == NAMED
    assert LABELS["en"]["more"] in text(outcome, "en")
    assert str(NAMED + 5) in sentence(outcome, "en")


@pytest.mark.parametrize(
    ("size", "rows", "signed", "said"),
    [
        (0, 0, 0, ("the 0 entries of the ledger are", "have no row", "no document is counted")),
        (1, 1, 1, ("the 1 entry of the ledger is", "the 1 row of its", "the 1 document that is")),
        (2, 2, 2, ("the 2 entries of the ledger are", "all 2 rows of its", "all 2 documents that are")),
    ],
)
def test_none_one_and_many_are_told_in_their_own_forms(size, rows, signed, said):
    outcome = made(now=Visit(size, "ab" * 32), rows=rows, signed=signed, verified=signed)
    for part in said:
        assert part in sentence(outcome, "en")
    assert "{" not in sentence(outcome, "en") + sentence(outcome, "vi")


def test_a_single_difference_is_one():
    assert "Not true: 1 difference;" in sentence(made(Finding("list", "document 1", "a", "b")), "en")
