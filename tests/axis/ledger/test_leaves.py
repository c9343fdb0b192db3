"""Leaves: the members of the contract, in the canonical JSON of RFC 8785."""

from dataclasses import replace

import orjson
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from axis.ledger.leaves import (
    SINCE,
    VERSION,
    DocumentFacts,
    LeafVerdict,
    StatusFacts,
    acceptance_leaf,
    canonical_json,
    has,
    read_leaf,
    refusal_leaf,
    status_leaf,
    verdict_leaf,
)

NAMES = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=8)
LIMIT = 2**53 - 1
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-LIMIT, LIMIT) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=6),
)
FACTS = DocumentFacts(
    sender="000.00.00.H24",
    to=["000.00.00.G22"],
    number="123/UBND-VX",
    issued_on="2019-06-03",
    type="cong-van",
    action="new",
    priority="urgent",
    signed_on="2019-06-02",
    kind=None,
    manifest="ab" * 32,
    signatures=["cd" * 32],
)
VERDICT = LeafVerdict("TOTAL-PASSED", None, "organisation", "default")
COMMON = {"event", "document", "from", "to"}
OF_DOCUMENT = COMMON | {"number", "issued_on", "type", "action", "manifest", "signatures", "verdict"}
OF_DOCUMENT |= SINCE.keys()


@given(st.dictionaries(NAMES, VALUES))
def test_canonical_json_is_that_of_rfc_8785(value):
    raw = canonical_json(value)
    assert raw == rfc8785.dumps(value)
    assert read_leaf(raw) == value


@pytest.mark.parametrize("value", [{"a": "\ud800"}, {"a": 2**53}, {"a": -(2**53)}, {1: "a"}])
def test_what_canonical_json_cannot_hold_is_refused(value):
    with pytest.raises(TypeError):
        canonical_json(value)


@pytest.mark.parametrize("raw", [b"", b"[]", b'{"b":1,"a":2}', b'{ "a":1}', b'{"a":1,"a":1}', b"\xff"])
def test_bytes_that_are_no_canonical_object_are_no_leaf(raw):
    with pytest.raises(ValueError):
        read_leaf(raw)


def test_an_acceptance_has_the_members_of_the_contract():
    leaf = acceptance_leaf("d-1", FACTS, VERDICT)
    assert set(leaf) == OF_DOCUMENT
    assert leaf["event"] == "acceptance"
    assert leaf["verdict"] == {
        "indication": "TOTAL-PASSED",
        "sub_indication": None,
        "signed_by": "organisation",
        "policy": "default",
    }


def test_a_refusal_names_its_code_and_no_document():
    leaf = refusal_leaf("r-1", "number-taken", FACTS)
    assert set(leaf) == OF_DOCUMENT | {"refusal", "code"}
    assert (leaf["document"], leaf["verdict"], leaf["code"]) == (None, None, "number-taken")
    assert refusal_leaf("r-1", "signature-rejected", FACTS, VERDICT)["verdict"] is not None


def test_a_status_names_delivery_parties_code_and_the_request_that_gave_it():
    facts = StatusFacts(
        document="d", sender="A", recipient="B", delivery="x", code="13", by="A", note="ef" * 32
    )
    leaf = status_leaf(facts)
    assert set(leaf) == COMMON | {"delivery", "code", "by", "note"}
    assert leaf["to"] == ["B"]
    request = {"action": "recall", "document": "d-2"}
    assert status_leaf(facts, request) == {**leaf, "request": request}
    assert status_leaf(replace(facts, message="ab" * 32)) == {**leaf, "message": "ab" * 32}


def test_a_verdict_given_again_names_the_document():
    leaf = verdict_leaf("d-1", VERDICT, "2019-06-02")
    assert set(leaf) == {"event", "document", "verdict", "signed_on"}
    assert leaf["signed_on"] == "2019-06-02"


def test_a_leaf_has_the_members_of_its_version():
    assert set(SINCE.values()) == {VERSION} == {2}
    for member in SINCE:
        assert has({"v": 2}, member)
        assert not has({"v": 1}, member)
        assert not has({}, member)
        assert not has({"v": "2"}, member)
    assert has({"v": 1}, "manifest")
    assert has({"v": 3}, "priority")


def test_leaves_are_canonical_json_objects():
    for leaf in (
        acceptance_leaf("d", FACTS, VERDICT),
        refusal_leaf("r", "x", FACTS),
        verdict_leaf("d", VERDICT, "2019-06-03"),
    ):
        assert orjson.loads(canonical_json(leaf)) == leaf
