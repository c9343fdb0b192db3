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


def test_what_a_sender_sends_goes_out_in_the_order_of_its_register_and_nothing_is_lost():
    for _, documents, _ in by_day(PLAN):
        senders = _together(documents, MEMBERS)
        assert len({requests[0][0].sender for requests in senders}) == len(senders)
        for requests in senders:
            sent = [document for request in requests for document in request]
            assert sent == [each for each in documents if each.sender == sent[0].sender]
            assert [each.counter for each in sent] == sorted(each.counter for each in sent)
        assert sum(len(request) for requests in senders for request in requests) == len(documents)


def test_the_old_protocol_and_few_documents_go_one_by_one_and_many_in_bulk():
    for _, documents, _ in by_day(PLAN):
        counts = Counter(document.sender for document in documents)
        sizes = {requests[0][0].sender: len(requests[0]) for requests in _together(documents, MEMBERS)}
        for sender, size in sizes.items():
            is_single = sender in PLAN.scenario.old_doors or counts[sender] < _BULK_FROM
            assert (size == 1) if is_single else (1 <= size <= _BULK)
    assert max(sizes.values()) > 1
