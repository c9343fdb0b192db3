"""Documents are received only so many at once, and one caller leaves room for others."""

import pytest

from axis.intake.admission import Admission
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
