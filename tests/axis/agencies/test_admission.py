"""Documents are received only so many at once, and one caller leaves room for others."""

import contextlib

import pytest

from axis.agencies.admission import Admission, owner_of
from axis.agencies.callers import Caller
from axis.protocol.agency_codes import AgencyCode
from axis.protocol.errors import Overloaded, TooManyRequests


def test_a_place_is_free_again_whatever_became_of_the_document() -> None:
    admission = Admission(1, 1)
    with pytest.raises(ValueError, match="unreadable"), admission.one("a"):
        assert admission.under_way() == 1
        raise ValueError("unreadable")
    assert admission.under_way() == 0
    with admission.one("a"):
        pass


def test_one_caller_leaves_room_for_others() -> None:
    admission = Admission(3, 2)
    with admission.one("a"), admission.one("a"):
        with pytest.raises(TooManyRequests), admission.one("a"):
            pass
        with admission.one("b"), pytest.raises(Overloaded) as refused, admission.one("c"):
            pass
    assert refused.value.params["retry_after_seconds"] > 0


def test_one_busy_agency_holds_half_and_two_a_third_each_so_that_a_newcomer_finds_room() -> None:
    admission = Admission(12, 12)
    with contextlib.ExitStack() as held:

        def fill(owner: str) -> int:
            taken = 0
            with contextlib.suppress(TooManyRequests):
                while True:
                    held.enter_context(admission.one(owner))
                    taken += 1
            return taken

        assert [fill("a"), fill("b"), fill("c"), fill("a")] == [6, 3, 2, 0]
        with admission.one("d"), pytest.raises(Overloaded), admission.one("e"):
            pass


def test_all_tokens_of_an_agency_share_its_places() -> None:
    code = AgencyCode("000.00.00.H24")
    one, other = (Caller("agency", code, subtree=False, name=None, token_id=token) for token in "ab")
    assert owner_of(one) == owner_of(other) == "000.00.00.H24"
    auditors = (Caller("auditor", None, subtree=False, name="x", token_id=token) for token in "ab")
    assert len({owner_of(auditor) for auditor in auditors}) == 2
