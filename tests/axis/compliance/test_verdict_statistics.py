"""Documents by verdict: who sees which rows; each is the length of a list, and all equal a recount."""

import contextlib
import itertools
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from support.exchange import AUDITOR, MONDAY, UNDER_A, A, B, C, Exchange, Sent, speaking_for
from support.found_verdicts import FOUND, ISSUER, OTHER_ISSUER, P256, RSA

from axis.agencies.callers import Caller
from axis.clock import day_of
from axis.compliance import verdict_statistics
from axis.compliance.new_verdicts import NewVerdict, record_verdicts
from axis.compliance.reconciliation.counter_comparison import reconcile
from axis.compliance.statistics_periods import spans_of
from axis.compliance.verdict_statistics import ASKED, VerdictQuestion, verdict_items
from axis.counters.tables import verdict_profiles
from axis.database import Read
from axis.documents.filters import DocumentQuery
from axis.documents.listing import list_documents
from axis.documents.tables import documents, manifests, signature_facts, verdicts
from axis.protocol.errors import NumberTaken, QueryInvalid, StatusNotAllowed

DAY = 24 * 3600 * 1_000_000


def asked(
    exchange: Exchange,
    *by: str,
    caller: Caller = AUDITOR,
    first: str | None = None,
    last: str | None = None,
    **more: Any,
) -> list[dict[str, Any]]:
    question = VerdictQuestion(spans_of(first, last, by_day="day" in by), by, **more)
    with exchange.database.read() as tx:
        return verdict_items(tx, caller, question)


def send(exchange: Exchange, found: str, sender: Any = A, to: Sequence[Any] = (B,), **more: Any) -> Sent:
    new = replace(exchange.new_document(sender, to, **more), verdict=FOUND[found])
    accepted = exchange.record(new).result().result
    return Sent(new.id, accepted.position, new.manifest.number)


def judge(exchange: Exchange, sent: Sent, found: str) -> bool:
    return exchange.recorder.record(record_verdicts, NewVerdict(sent.position, FOUND[found])).result().result


def numbers(rows: list[dict[str, Any]]) -> dict[Any, int]:
    """The rows of a question by one or several members."""
    keys = [
        tuple(value for name, value in row.items() if name not in {"documents", "agency_name"})
        for row in rows
    ]
    return {key[0] if len(key) == 1 else key: row["documents"] for key, row in zip(keys, rows, strict=True)}


def test_a_document_counts_once_for_each_different_answer_of_its_signatures(exchange: Exchange) -> None:
    assert asked(exchange) == [{"documents": 0}]
    assert asked(exchange, "issuer") == []
    for found in FOUND:
        send(exchange, found, to=(B, C))
    assert asked(exchange) == [{"documents": 8}]
    assert numbers(asked(exchange, "indication")) == {
        None: 1,
        "INDETERMINATE": 2,
        "TOTAL-FAILED": 2,
        "TOTAL-PASSED": 3,
    }
    assert numbers(asked(exchange, "sub_indication", "indication"))[None, "TOTAL-PASSED"] == 3
    assert numbers(asked(exchange, "algorithm")) == {None: 1, P256: 5, RSA: 2}
    assert numbers(asked(exchange, "issuer")) == {None: 1, OTHER_ISSUER: 1, ISSUER: 5}
    assert numbers(asked(exchange, "signature_kind")) == {None: 2, "organisation": 5, "person": 1}
    assert numbers(asked(exchange, "signed_by")) == {"both": 1, "none": 5, "organisation": 2}
    assert numbers(asked(exchange, "signature_kind", "algorithm")) == {
        (None, None): 1,
        (None, P256): 1,
        ("organisation", P256): 4,
        ("organisation", RSA): 1,
        ("person", RSA): 1,
    }


def test_filters_are_of_the_verdict_and_of_one_and_the_same_signature(exchange: Exchange) -> None:
    for found in FOUND:
        send(exchange, found)
    for filters, expected in (
        ({"algorithm": RSA}, 2),
        ({"algorithm": RSA, "signature_kind": "person"}, 1),
        ({"algorithm": P256, "signature_kind": "person"}, 0),
        ({"issuer": "none"}, 1),
        ({"indication": "none"}, 1),
        ({"signed_by": "none", "indication": "TOTAL-FAILED"}, 2),
        ({"sub_indication": "none"}, 4),
        ({"sub_indication": "REVOKED", "algorithm": P256}, 0),
    ):
        assert asked(exchange, asked=filters) == [{"documents": expected}], filters
    assert numbers(asked(exchange, "indication", asked={"algorithm": RSA})) == {
        "TOTAL-FAILED": 1,
        "TOTAL-PASSED": 1,
    }


def test_an_agency_sees_what_its_own_subtree_sent(exchange: Exchange) -> None:
    for sender in (A, UNDER_A, C):
        send(exchange, "passed", sender)
    assert numbers(asked(exchange, "agency")) == {A: 1, UNDER_A: 1, C: 1}
    assert asked(exchange, "agency")[0]["agency_name"] == f"Cơ quan {A}"
    assert numbers(asked(exchange, "agency", caller=speaking_for(A))) == {A: 1}
    assert numbers(asked(exchange, "algorithm", caller=speaking_for(A))) == {P256: 1}
    whole = asked(exchange, "algorithm", caller=speaking_for(A, subtree=True))
    assert numbers(whole) == {P256: 2}
    assert asked(exchange, caller=speaking_for(A), sender=C) == [{"documents": 0}]
    assert numbers(asked(exchange, "level", "issuer")) == {(1, ISSUER): 2, (2, ISSUER): 1}


def test_messages_and_recalls_are_left_out(exchange: Exchange) -> None:
    sent = send(exchange, "passed")
    exchange.ask("recall", sent)
    exchange.send_message("ho-so")
    assert asked(exchange) == [{"documents": 1}]
    assert asked(exchange, type="thong-diep") == [{"documents": 1}]
    assert numbers(asked(exchange, "type")) == {"cong-van": 1}


def test_a_new_verdict_moves_its_document_from_what_was_found_before(exchange: Exchange) -> None:
    sent = send(exchange, "stale list")
    assert judge(exchange, sent, "two signatures")
    assert numbers(asked(exchange, "sub_indication", "algorithm")) == {(None, P256): 1, (None, RSA): 1}
    assert not judge(exchange, sent, "revoked")
    assert asked(exchange) == [{"documents": 1}]


def test_more_rows_than_an_answer_holds_are_refused(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    for found in ("passed", "revoked"):
        send(exchange, found)
    monkeypatch.setattr(verdict_statistics, "ITEMS", 1)
    with pytest.raises(QueryInvalid):
        asked(exchange, "algorithm")


def test_counts_that_were_altered_are_named(exchange: Exchange) -> None:
    send(exchange, "revoked")
    fewer = update(verdict_profiles).values(sub_indication="EXPIRED")
    other = update(signature_facts).values(issuer=OTHER_ISSUER)
    for damage, sources in ((fewer, {"ledger", "identity"}), (other, {"documents", "ledger", "identity"})):
        exchange.database.write(lambda tx, damage=damage: tx.execute(damage))
        with exchange.database.read() as tx:
            assert {each.source for each in reconcile(tx)} == sources


STEP = st.tuples(
    st.sampled_from(["send"] * 4 + ["judge"] * 3 + ["recall", "refuse", "again", "number taken", "answer"]),
    st.integers(0, 40),
    st.sampled_from(sorted(FOUND)),
)


def act(exchange: Exchange, sent: list[Any], step: tuple[str, int, str]) -> None:
    """Do one thing that may happen on an axis; where it cannot, nothing."""
    what, chance, found = step
    if what == "send" or not sent:
        sender, *others = [(A, B, C), (B, A), (UNDER_A, C), (C, A, B)][chance % 4]
        new = exchange.new_document(
            sender, others, at=MONDAY + chance * DAY, type=("cong-van", "bao-cao")[chance % 2]
        )
        new = replace(new, verdict=FOUND[found])
        sent.append((new, exchange.record(new).result().result))
        return
    new, accepted = sent[chance % len(sent)]
    if what == "judge":
        exchange.recorder.record(record_verdicts, NewVerdict(accepted.position, FOUND[found])).result()
    elif what == "recall":
        refers_to = [
            {"from": new.manifest.sender, "number": new.manifest.number, "issued_on": new.manifest.issued_on}
        ]
        recall = exchange.new_document(
            new.manifest.sender, new.recipients, action="recall", refers_to=refers_to
        )
        recall = replace(recall, verdict=FOUND[found], targets=(accepted.position,))
        with contextlib.suppress(StatusNotAllowed):  # an earlier one may wait for its answer
            exchange.record(recall).result()
    elif what == "refuse":
        exchange.refuse(new.manifest.sender)
    elif what == "again":
        assert exchange.record(new).result().result.asked_again
    elif what == "number taken":
        other = replace(
            exchange.new_document(
                new.manifest.sender, new.recipients, number=new.manifest.number, subject=f"V/v {chance}"
            ),
            verdict=FOUND[found],
        )
        with pytest.raises(NumberTaken):
            exchange.record(other).result()
    else:
        exchange.post(speaking_for(new.recipients[0]), (f"{new.id}.0", "02", "không nhận"))


def recounted(tx: Read, by: Sequence[str]) -> Counter[Any]:
    """Count what is stored of each document: its manifest, and the newest report of its verdict."""
    newest = select(func.max(verdicts.c.sequence)).where(verdicts.c.document == documents.c.position)
    statement = (
        select(documents.c.accepted_at, manifests.c.content, verdicts.c.report)
        .join(manifests, manifests.c.document == documents.c.position)
        .join(verdicts, verdicts.c.document == documents.c.position)
        .where(verdicts.c.sequence == newest.correlate(documents).scalar_subquery())
    )
    rows: Counter[Any] = Counter()
    for row in tx.execute(statement):
        manifest, report = json.loads(row.content), json.loads(row.report)
        if manifest.get("action") == "recall":
            continue
        facts = {
            "agency": manifest["from"],
            "type": manifest["type"],
            "day": day_of(row.accepted_at),
            "month": day_of(row.accepted_at)[:7],
            **{name: report[name] for name in ("indication", "sub_indication", "signed_by")},
        }
        signatures = [
            facts
            | {
                "signature_kind": each["kind"],
                "algorithm": each["algorithms"],
                "issuer": each["certificate"] and each["certificate"]["issuer"],
            }
            for each in report["signatures"]
        ]
        of_signatures = bool({"signature_kind", "algorithm", "issuer"} & set(by))
        answers = signatures if of_signatures else [facts]
        rows.update({tuple(each[name] for name in by) for each in answers})
    return rows


QUESTIONS = [(name,) for name in ASKED] + [
    ("agency", "month"),
    ("day", "type"),
    ("agency", "indication", "sub_indication"),
    ("month", "algorithm", "issuer"),
    ("agency", "day", "signature_kind", "issuer", "sub_indication"),
]


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(steps=st.lists(STEP, min_size=5, max_size=25))
def test_figures_are_those_of_a_recount_from_manifests_and_reports(
    exchange: Exchange, steps: list[tuple[str, int, str]]
) -> None:
    sent: list[Any] = []
    for step in steps:  # one store for all examples: each adds to what is there
        act(exchange, sent, step)
    with exchange.database.read() as tx:
        assert list(reconcile(tx)) == []
        expected = {by: recounted(tx, by) for by in QUESTIONS}
    for by, counted in expected.items():
        rows = asked(exchange, *by)
        assert {tuple(row[name] for name in by): row["documents"] for row in rows} == counted, by


def test_every_number_is_the_length_of_a_list(exchange: Exchange) -> None:
    for place, (found, sender) in enumerate(itertools.product(FOUND, (A, B))):
        type_ = ("cong-van", "bao-cao")[place % 2]
        send(exchange, found, sender, (C,), at=MONDAY + place * 3 * DAY, type=type_)
    exchange.send_message("ho-so")
    exchange.ask("recall", send(exchange, "passed"))
    send(exchange, "passed", UNDER_A)
    asking = [
        *((AUDITOR, by) for by in QUESTIONS),
        *((speaking_for(A, subtree=True), by) for by in QUESTIONS[-2:]),
    ]
    for caller, by in [*asking, (AUDITOR, ("level", "type"))]:
        rows = asked(exchange, *by, caller=caller)
        assert rows
        for row in rows:
            assert row["documents"] == len(listed(exchange, caller, row)), (by, row)


def listed(exchange: Exchange, caller: Caller, row: dict[str, Any]) -> list[Any]:
    """The documents behind a row, by the filters that the definition names."""
    filters = {name: value or "none" for name, value in row.items() if name in ASKED}
    filters |= {"counted": "true", "limit": 1_000}
    if caller.role == "agency":
        filters["side"] = "sent"
    for name, filter_name in (("agency", "sender"), ("type", "type"), ("level", "sender_level")):
        if name in row:
            filters[filter_name] = row[name]
    if "day" in row:
        filters |= {"from": row["day"], "to": row["day"]}
    elif "month" in row:
        filters |= {
            "from": f"{row['month']}-01",
            "to": f"{row['month']}-{30 if row['month'][5:] == '06' else 31}",
        }
    with exchange.database.read() as tx:
        items, following = list_documents(tx, DocumentQuery.model_validate(filters), caller)
    assert following is None
    return items
