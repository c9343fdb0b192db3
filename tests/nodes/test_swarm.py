"""How the swarm groups what goes out on one day."""

from collections import Counter
from decimal import Decimal
from types import SimpleNamespace

from nodes.planner import by_day, plan
from nodes.scenario_reader import find
from nodes.swarm import _BULK, _BULK_FROM, _together

PLAN = plan(find("two-doors"), Decimal("0.05"), 1)
MEMBERS = {
    code: SimpleNamespace(post=SimpleNamespace(system="old" if code in PLAN.scenario.old_doors else None))
    for code in PLAN.scenario.participants
}


def test_a_group_is_of_one_sender_and_nothing_is_lost_or_sent_twice():
    for _, documents, _ in by_day(PLAN):
        groups = _together(documents, MEMBERS)
        assert all(len({document.sender for document in group}) == 1 for group in groups)
        assert sorted(document for group in groups for document in group) == sorted(documents)


def test_the_old_protocol_and_few_documents_go_one_by_one_and_many_in_bulk():
    for _, documents, _ in by_day(PLAN):
        counts = Counter(document.sender for document in documents)
        sizes = {group[0].sender: len(group) for group in _together(documents, MEMBERS)}
        for sender, size in sizes.items():
            is_single = sender in PLAN.scenario.old_doors or counts[sender] < _BULK_FROM
            assert (size == 1) if is_single else (1 <= size <= _BULK)
    assert max(sizes.values()) > 1
