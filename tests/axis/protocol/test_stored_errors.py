"""A stored refusal comes back with its code, places and plain parameters, and without a verdict."""

from axis.protocol.errors import Place, TooLarge, UnsignedRejected
from axis.protocol.stored_errors import from_stored, to_stored


def test_a_refusal_comes_back_as_it_was() -> None:
    error = TooLarge(Place("/attachments", "3 bytes", "ít hơn"), Place("", None, None), limit=2)
    again = from_stored(to_stored(error))
    assert (type(again), again.places, again.params) == (TooLarge, error.places, {"limit": 2})


def test_a_verdict_is_left_out() -> None:
    again = from_stored(to_stored(UnsignedRejected(verdict=object(), sub_indication=None)))
    assert again.params == {"sub_indication": None}
