"""What a plan's documents are about."""

from decimal import Decimal

import pytest

from nodes.answers import Arrived
from nodes.drafts import Notes, draft_of, habits_of
from nodes.node import Misaddressed
from nodes.planner import plan
from nodes.scenario_reader import read

PLAN = plan(
    read(
        """
        name = "drafts"
        period = { from = 2019-06-03, to = 2019-06-28 }
        agency = [{ code = "H62" }, { code = "H23", answers_after = 4 }, { code = "H05" }]
        size = [{ pages = 4, appendix_kilobytes = 7 }]

        [mix]
        answers = 0.3
        misaddressed = 0.2
        recalls = 0.1
        updates = 0.1
        replacements = 0.1
        types = { nghi-quyet = 1 }
        """
    ),
    Decimal(1),
    1,
)


@pytest.mark.parametrize("action", ["new", "recall", "update", "replace"])
def test_a_document_names_the_other_by_the_number_that_it_has(action):
    found = [each for each in PLAN.documents if each.action == action and each.about is not None]
    assert found
    for document in found:
        draft, other = draft_of(PLAN, document), draft_of(PLAN, document.about)
        (reference,) = draft.refers_to
        named = (reference.sender, reference.number, reference.issued_on)
        assert named == (document.about.sender, other.number, other.issued_on)
        assert (other.number in draft.subject) is (action != "new")


def test_kind_size_and_urgency_are_the_plans_even_of_a_kind_without_a_matter_of_its_own():
    for document in PLAN.documents:
        draft = draft_of(PLAN, document)
        assert (draft.type, draft.pages, draft.appendix_kilobytes) == ("nghi-quyet", 4, 7)
        assert draft.priority == ("urgent" if document.is_urgent else "normal")
        assert draft.number.split("/")[1].startswith("NQ-")


def arrived(number, sender):
    facts = dict.fromkeys(Arrived.__slots__)
    return Arrived(**(facts | {"id": "1.0", "number": number, "sender": sender}))


def test_staff_see_that_a_letter_does_not_concern_them_and_no_other_recipient_does():
    notes = Notes(PLAN)
    notes.take(PLAN.documents)
    document = next(each for each in PLAN.documents if each.misaddressed is not None)
    item = arrived(draft_of(PLAN, document).number, document.sender)
    assert notes.seen(document.misaddressed, item) == Misaddressed(item)
    assert notes.seen(document.recipients[0], item) == item
    recalls = sum(each.action == "recall" for each in PLAN.documents)
    assert len(notes.recalled) == len(notes.recalls) == recalls
    assert notes.recalled.isdisjoint(notes.recalls)


def test_a_slow_agency_has_habits_of_its_own():
    assert habits_of(PLAN.scenario, "000.00.00.H23").answers_after == 4
    assert habits_of(PLAN.scenario, "000.00.00.H62") == PLAN.scenario.habits
