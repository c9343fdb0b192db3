"""How letters differ, and which are answered, misdirected or followed up."""

from bisect import bisect_right
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from nodes.planner import plan
from nodes.scenario_reader import read

TEXT = """
name = "behaviour"
period = { from = 2019-11-04, to = 2020-02-07 }
agency = [{ code = "H62", share = 0.179 }, { code = "H23", share = 0.355 }, { code = "H05" }]
volume = { sent_at_least = 400, received_at_least = 900 }
size = [{ weight = 6 }, { pages = 3, weight = 2 }, { pages = 2, appendix_kilobytes = 40, weight = 1 }]

[mix]
"""
SHARES = {"urgent": "0.1", "answers": "0.2", "misaddressed": "0.05", "recalls": "0.04", "updates": "0.03"}
MADE = plan(read(TEXT + "".join(f"{key} = {share}\n" for key, share in SHARES.items())), Decimal(1), 1)
PLAIN = plan(read(TEXT), Decimal(1), 1)
NUMBER = len(PLAIN.documents)


def of(action):
    return [document for document in MADE.documents if document.action == action]


def rounded(share, number):
    return int(Decimal(share) * number + Decimal("0.5"))


def test_each_share_gives_a_whole_number_of_letters():
    assert len(of("new")) == NUMBER
    assert len(of("recall")) == rounded("0.04", NUMBER)
    assert len(of("update")) == rounded("0.03", NUMBER)
    assert not of("replace")
    assert sum(document.is_urgent for document in MADE.documents) == rounded("0.1", len(MADE.documents))
    assert sum(document.misaddressed is not None for document in MADE.documents) == rounded("0.05", NUMBER)
    assert sum(document.about is not None for document in of("new")) == rounded("0.2", NUMBER)


def test_kinds_and_sizes_come_as_their_weights_say():
    number = len(MADE.documents)
    weights = MADE.scenario.behaviour
    kinds, sizes = Counter(d.type for d in MADE.documents), Counter(d.size for d in MADE.documents)
    for found, pairs in ((kinds, weights.types), (sizes, [(size, size.weight) for size in weights.sizes])):
        whole = sum(weight for _, weight in pairs)
        assert all(abs(found[value] - number * weight / whole) < 1 for value, weight in pairs)


def test_an_answer_goes_back_to_the_sender_of_an_earlier_letter():
    for document in of("new"):
        if (about := document.about) is not None:
            assert about.sender in document.recipients
            assert document.sender in about.recipients
            assert about.day < document.day


@pytest.mark.parametrize("action", ["recall", "update"])
def test_a_letter_is_followed_up_within_five_working_days_and_never_one_to_the_government_office(action):
    scenario = MADE.scenario
    days = list(scenario.habits.hours.days(scenario.first, scenario.last))
    for document in of(action):
        about = document.about
        assert (document.sender, document.recipients) == (about.sender, about.recipients)
        assert scenario.government_office not in about.recipients
        assert document.day in days[(first := bisect_right(days, about.day)) : first + 5]
    followed = [id(document.about) for document in of(action)]
    assert len(set(followed)) == len(followed)


def test_who_is_written_to_by_mistake_is_one_more_recipient():
    for document in MADE.documents:
        if document.misaddressed is not None and document.action == "new":
            assert document.recipients[-1] == document.misaddressed
            assert len(set(document.recipients)) == len(document.recipients)


def test_what_is_signed_and_what_goes_to_the_government_office_stays_what_it_was():
    office = MADE.scenario.government_office
    marks = [
        Counter((d.sender, d.signed_by) for d in made.documents if office in d.recipients)
        for made in (MADE, PLAIN)
    ]
    assert marks[0] == marks[1]


def test_the_same_seed_gives_the_same_behaviour_and_another_another():
    scenario = MADE.scenario
    assert plan(scenario, Decimal(1), 1).documents == MADE.documents
    other = plan(scenario, Decimal(1), 2)
    assert Counter(d.action for d in other.documents) == Counter(d.action for d in MADE.documents)
    assert [d.about for d in other.documents] != [d.about for d in MADE.documents]


def test_where_nothing_can_be_answered_nothing_is():
    one_day = read(TEXT.replace("to = 2020-02-07", "to = 2019-11-04") + "answers = 1\nrecalls = 1\n")
    made = plan(one_day, Decimal(1), 1)
    assert {document.day for document in made.documents} == {date(2019, 11, 4)}
    assert all(document.about is None for document in made.documents)
