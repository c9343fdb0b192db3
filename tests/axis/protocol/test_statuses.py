"""Statuses: what may follow what, for both parties."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axis.protocol.errors import StatusInvalid, StatusNotAllowed
from axis.protocol.statuses import NAMES, DeliveryState, allowed, next_state, outcome, read_status

SIDE_OF = {code: "sender" if code == "13" else "receiver" for code in NAMES}
ALL_CODES = list(NAMES)


def after(*codes, start=None):
    """The state after a list of codes, each with a note of its own."""
    state = start or DeliveryState()
    for turn, code in enumerate(codes):
        state = next_state(state, code, SIDE_OF[code], f"note {turn}").state
    return state


@pytest.mark.parametrize(
    ("before", "receiver", "sender"),
    [
        ((), ("01", "02", "03"), ("13",)),
        (("01",), ("02", "03"), ("13",)),
        (("02",), (), ("13",)),
        (("03",), ("04", "05", "06"), ("13",)),
        (("03", "04"), ("05",), ("13",)),
        (("03", "05"), ("05", "06"), ("13",)),
        (("03", "04", "05", "06"), (), ("13",)),
        (("13",), ("01", "15", "16"), ()),
        (("13", "01"), ("15", "16"), ()),
        (("03", "13"), ("15", "16"), ()),
        (("03", "13", "15"), (), ()),
        (("03", "13", "16"), ("04", "05", "06"), ("13",)),
        (("03", "06", "13", "16"), (), ("13",)),
        (("13", "16"), ("01", "02", "03"), ("13",)),
        (("13", "16", "13"), ("01", "15", "16"), ()),
    ],
)
def test_the_graph_allows_just_these(before, receiver, sender):
    state = after(*before)
    assert allowed(state, "receiver") == receiver
    assert allowed(state, "sender") == sender
    for code in ALL_CODES:
        for side, choice in (("receiver", receiver), ("sender", sender)):
            if code in choice:
                assert not next_state(state, code, side, "another note").repeated
            else:
                with pytest.raises(StatusNotAllowed) as caught:
                    next_state(state, code, side, "another note")
                assert caught.value.params["current"] == state.newest_code
                assert caught.value.params["allowed"] == list(choice)


def test_a_status_of_another_hub_may_follow_a_request_that_hub_had_not_heard_of():
    state = DeliveryState(processing="01", request="open", newest_code="13", newest_by="sender")
    assert "03" not in allowed(state, "receiver")
    assert allowed(state, "receiver", elsewhere=True) == ("02", "03", "15", "16")
    assert next_state(state, "03", "receiver", elsewhere=True).state.request == "open"


def test_the_same_code_and_note_again_adds_nothing():
    state = after("03", "05")
    again = next_state(state, "05", "receiver", "note 1")
    assert again.repeated
    assert again.state == state
    assert not next_state(state, "05", "receiver", "further on").repeated


def test_a_repetition_is_known_where_the_graph_would_refuse_it():
    state = after("02")
    assert next_state(state, "02", "receiver", "note 0").repeated


def test_the_other_side_does_not_repeat():
    state = after("13")
    with pytest.raises(StatusNotAllowed):
        next_state(state, "13", "receiver", "note 0")


def test_a_new_request_with_the_old_reason_is_no_repetition():
    state = next_state(DeliveryState(), "13", "sender", "wrong annex").state
    state = next_state(state, "16", "receiver", "already applied").state
    step = next_state(state, "13", "sender", "wrong annex")
    assert not step.repeated
    assert step.state.request == "open"


def test_processing_goes_on_where_it_was_after_a_declined_request():
    state = after("03", "05", "13", "16")
    assert state.processing == "05"
    assert next_state(state, "06", "receiver").state.processing == "06"


@pytest.mark.parametrize("code", ["02", "13", "16"])
@pytest.mark.parametrize("note", [None, "", "  \n"])
def test_a_reason_is_owed(code, note):
    state = after("13") if code == "16" else DeliveryState()
    with pytest.raises(StatusInvalid) as caught:
        next_state(state, code, SIDE_OF[code], note)
    assert [place.pointer for place in caught.value.places] == ["/note"]


@pytest.mark.parametrize("note", ["x" * 2001, "a\x07", "a\x00", "\ud800", "\x9f"])
def test_a_note_that_cannot_be_kept_is_refused(note):
    with pytest.raises(StatusInvalid):
        next_state(DeliveryState(), "01", "receiver", note)


def test_a_note_may_have_lines_and_is_kept_in_nfc():
    step = next_state(DeliveryState(), "02", "receiver", "Thie\u0302\u0301u phụ lục\nxin gửi lại")
    assert step.note == "Thiếu phụ lục\nxin gửi lại"
    assert len(next_state(DeliveryState(), "02", "receiver", "ế" * 2000).note) == 2000


@pytest.mark.parametrize("code", ["3", "", "00", "07", "14", "99", "03 ", "٠٣", "\ud800", "x" * 5000])
def test_an_unknown_code_is_refused_with_those_there_are(code):
    with pytest.raises(StatusInvalid) as caught:
        next_state(DeliveryState(), code, "receiver", None)
    assert caught.value.places[0].expected == f"one of {', '.join(ALL_CODES)}"
    assert len(caught.value.places[0].found) <= 80


def test_everything_wrong_is_named_at_once():
    with pytest.raises(StatusInvalid) as caught:
        next_state(DeliveryState(), "77", "receiver", "\0")
    assert [place.pointer for place in caught.value.places] == ["/code", "/note"]


@pytest.mark.parametrize(
    ("before", "action", "column"),
    [
        ((), None, "pending"),
        (("01",), None, "pending"),
        (("02",), None, "refused"),
        (("03",), None, "handled"),
        (("03", "05", "06"), None, "handled"),
        (("13",), "recall", "pending"),
        (("03", "13"), "recall", "handled"),
        (("13", "15"), "recall", "withdrawn"),
        (("02", "13", "15"), "recall", "withdrawn"),
        (("03", "13", "16"), "recall", "handled"),
        (("13", "16"), "recall", "pending"),
        (("13", "15"), "update", "handled"),
        (("01", "13", "15"), "replace", "handled"),
        (("02", "13", "15"), "replace", "refused"),
        (("03", "13", "15"), "update", "handled"),
    ],
)
def test_every_delivery_counts_in_one_column(before, action, column):
    assert outcome(after(*before), action) == column


@given(
    st.lists(
        st.tuples(
            st.sampled_from(ALL_CODES), st.sampled_from(["sender", "receiver"]), st.text("ab", min_size=1)
        )
    )
)
def test_no_order_of_statuses_leaves_the_graph(moves):
    state = DeliveryState()
    for code, side, note in moves:
        try:
            step = next_state(state, code, side, note)
        except StatusNotAllowed:
            assert code not in allowed(state, side)
            continue
        assert step.repeated == (step.state == state)
        was_agreed = state.request == "agreed"
        state = step.state
        if was_agreed:
            assert state.request == "agreed"
        assert state.processing in {None, "01", "02", "03", "04", "05", "06"}
        assert (state.request == "open") == (set(allowed(state, "receiver")) >= {"15", "16"})


def test_a_status_is_read_from_its_object():
    assert read_status({"code": "03"}) == ("03", None)
    assert read_status({"code": "02", "note": "no"}) == ("02", "no")
    assert read_status({"code": "02", "note": None, "delivery": "x"}, frozenset({"delivery"})) == ("02", None)


@pytest.mark.parametrize(
    ("value", "pointers"),
    [
        ([], [""]),
        ({}, ["/code"]),
        ({"code": 3, "note": 4}, ["/code", "/note"]),
        ({"code": "03", "Note": ""}, ["/Note"]),
        ({"code": "03", "delivery": "x"}, ["/delivery"]),
    ],
)
def test_a_status_that_is_none_is_refused_with_its_places(value, pointers):
    with pytest.raises(StatusInvalid) as caught:
        read_status(value)
    assert [place.pointer for place in caught.value.places] == pointers


def test_every_code_has_a_name_in_both_languages():
    assert sorted(NAMES) == ["01", "02", "03", "04", "05", "06", "13", "15", "16"]
    assert all(name.vi and name.en for name in NAMES.values())
