"""Which ballots count, what they decide, and how a change of one is found."""

import sqlite3
from dataclasses import replace
from datetime import datetime

import pytest

from axis.protocol.working_calendar import VIET_NAM
from nodes.systems.cabinet_ballots import (
    COUNTED,
    OPEN,
    BallotRefused,
    Count,
    advance,
    changed_ballots,
    count_ballots,
    counted,
    seal_of,
    take_ballot,
)
from nodes.systems.cabinet_ballots import TABLES as BALLOT_TABLES
from nodes.systems.system import Incoming

NOW = datetime(2019, 6, 24, 17, tzinfo=VIET_NAM)
DRAFT, OTHER_DRAFT = "d" * 64, "e" * 64
BODY = {"ballot": "PYK-1", "member": "G01", "draft": DRAFT, "choice": "agree", "text": None}
BALLOT = Incoming(
    kind="y-kien-thanh-vien",
    sender="000.00.00.G01",
    number="1/TĐ-TVCP",
    accepted_at="2019-06-24T10:00:00Z",
    body=BODY,
    indication="TOTAL-PASSED",
    sha256="a" * 64,
    signing_keys=frozenset({"key of G01"}),
)


@pytest.fixture
def register():
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(BALLOT_TABLES)
    for place, code in enumerate(("TTg", "G01", "G02", "G03")):
        connection.execute(
            "INSERT INTO members VALUES (?, 'Lê Văn An', 'Bộ trưởng', ?, ?, ?, ?)",
            (code, f"000.00.00.{code}", f"key of {code}", code == "TTg", place),
        )
    connection.execute(
        "INSERT INTO ballots VALUES ('PYK-1', 'V/v', NULL, '2019-06-17', '2019-06-25', ?, ?)", (DRAFT, OPEN)
    )
    yield connection
    connection.close()


def cast(register, member, choice="agree", text=None):
    body = BODY | {"member": member, "choice": choice, "text": text}
    take_ballot(register, replace(BALLOT, body=body, signing_keys=frozenset({f"key of {member}"})))


@pytest.mark.parametrize(
    ("body", "change", "rule", "found", "expected"),
    [
        ({"ballot": "PYK-2"}, {}, "ballot-known", "PYK-2", "a ballot that was put to the vote"),
        ({"member": "khach"}, {}, "member-known", "khach", "a member of the cabinet"),
        ({"member": "G02"}, {}, "signed-by-member", "the signature of G01", "the signature of G02"),
        (
            {},
            {"signing_keys": frozenset()},
            "signed-by-member",
            "no member's signature",
            "the signature of G01",
        ),
        (
            {},
            {"accepted_at": "2019-06-25T17:00:00Z"},
            "in-time",
            "accepted on 2019-06-26, open",
            "accepted by 2019-06-25, before the count",
        ),
        ({"draft": OTHER_DRAFT}, {}, "draft-as-sent", f"draft {OTHER_DRAFT}", f"draft {DRAFT}"),
        (
            {"choice": "other", "text": " "},
            {},
            "opinion-said",
            "another opinion without a text",
            "what the opinion is",
        ),
    ],
)
def test_a_ballot_that_breaks_a_rule_is_refused_with_what_was_found(
    register, body, change, rule, found, expected
):
    with pytest.raises(BallotRefused) as error:
        take_ballot(register, replace(BALLOT, body=BODY | body, **change))
    refused = error.value.refused
    assert (refused.rule, refused.found, refused.expected) == (rule, found, expected)
    assert refused.place.endswith(": 000.00.00.G01 1/TĐ-TVCP")
    assert counted(register, "PYK-1") == []


def test_a_ballot_on_the_last_day_counts_until_its_end_in_viet_nam(register):
    take_ballot(register, replace(BALLOT, accepted_at="2019-06-25T16:59:59Z"))
    assert counted(register, "PYK-1") == [{"member": "G01", "choice": "agree", "message": "a" * 64}]


def test_a_second_ballot_does_not_replace_the_first(register):
    take_ballot(register, BALLOT)
    again = replace(BALLOT, number="2/TĐ-TVCP", body=BODY | {"choice": "disagree"})
    with pytest.raises(BallotRefused, match=r"once: .* a second ballot; 000\.00\.00\.G01 1/TĐ-TVCP counts"):
        take_ballot(register, again)
    assert count_ballots(register, "PYK-1") == Count(4, 1, 0, 0, None)


def test_a_ballot_before_papers_went_out_or_after_the_count_is_refused(register):
    register.execute("UPDATE ballots SET state = 'approved'")
    with pytest.raises(BallotRefused, match="ballot-known"):
        take_ballot(register, BALLOT)
    register.execute("UPDATE ballots SET state = ?", (COUNTED,))
    with pytest.raises(BallotRefused, match=r"in-time: .* accepted on 2019-06-24, counted"):
        take_ballot(register, BALLOT)


def test_a_state_is_followed_by_its_next_alone(register):
    with pytest.raises(BallotRefused, match=r"state-follows: .* found approved after open, expected counted"):
        advance(register, "PYK-1", "approved", NOW)
    advance(register, "PYK-1", COUNTED, NOW)
    assert register.execute("SELECT state FROM ballots").fetchone() == (COUNTED,)


@pytest.mark.parametrize(
    ("count", "decision"),
    [
        (Count(27, 14, 13, 0, "disagree"), (True, "majority")),
        (Count(27, 13, 0, 0, "agree"), (False, "no-majority")),
        (Count(4, 2, 1, 1, "agree"), (True, "prime-minister")),
        (Count(4, 2, 1, 1, "other"), (False, "prime-minister")),
        (Count(4, 2, 1, 0, "agree"), (False, "no-majority")),
        (Count(4, 3, 1, 0, "disagree"), (True, "majority")),
        (Count(27, 0, 0, 0, None), (False, "no-majority")),
    ],
)
def test_more_than_half_of_all_members_decide_and_the_prime_minister_at_a_tie(count, decision):
    assert count.decision() == decision


def test_the_register_refuses_to_change_or_take_out_a_ballot(register):
    take_ballot(register, BALLOT)
    with pytest.raises(sqlite3.IntegrityError, match="is not changed"):
        register.execute("UPDATE cast_ballots SET choice = 'disagree'")
    with pytest.raises(sqlite3.IntegrityError, match="is not taken out"):
        register.execute("DELETE FROM cast_ballots")


@pytest.mark.parametrize(
    ("deed", "places"),
    [
        ("UPDATE cast_ballots SET choice = 'disagree' WHERE member = 'G02'", ["ballots/PYK-1/G02"]),
        ("UPDATE cast_ballots SET text = 'x' WHERE member = 'G01'", ["ballots/PYK-1/G01"]),
        ("DELETE FROM cast_ballots WHERE member = 'G03'", []),
    ],
)
def test_whoever_gets_round_that_is_found_by_the_chain_and_the_sent_result(register, deed, places):
    for member in ("G01", "G02", "G03"):
        cast(register, member)
    sent = seal_of(register, "PYK-1")
    register.execute("INSERT INTO results VALUES ('PYK-1', 4, 3, 0, 0, 1, 'majority', ?)", (sent,))
    assert list(changed_ballots(register)) == []
    register.executescript(f"DROP TRIGGER ballots_stay; DROP TRIGGER ballots_are_kept; {deed}")
    found = [refused.place for refused in changed_ballots(register)]
    assert found[: len(places)] == places
    assert found[-1] == "results/PYK-1/seal"
