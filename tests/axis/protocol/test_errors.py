"""The errors: one class per code of the contract, each with a message."""

import pickle
import re

import pytest

from axis.protocol import errors
from axis.protocol.errors import AxisError, Place, shorten

CONTRACT = """
malformed-request malformed-json manifest-missing not-authenticated not-permitted form-stale
not-your-agency signature-rejected unsigned-rejected indeterminate-rejected not-found
method-not-allowed not-acceptable unsupported-media-type number-taken status-not-allowed job-ended
certificate-request-decided too-many-rows too-large too-many-parts too-many-signatures manifest-invalid
attachment-missing attachment-undeclared digest-mismatch size-mismatch message-invalid unknown-recipient
recipient-locked reference-unknown certificate-request-invalid query-invalid status-invalid export-invalid
too-many-requests overloaded internal-error"""


def test_the_codes_are_those_of_the_contract():
    assert [kind.code for kind in errors.ALL] == CONTRACT.split()


@pytest.mark.parametrize("kind", errors.ALL)
def test_a_class_is_named_after_its_code_and_has_a_message(kind):
    assert re.sub("(?<!^)([A-Z])", r"-\1", kind.__name__).lower() == kind.code
    assert kind.message().endswith(".")
    assert "\n" not in kind.message()


def test_an_error_keeps_its_places_and_parameters_through_pickling():
    error = errors.TooLarge(Place("/a", "2", "1"), limit=5)
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.places, again.params) == (errors.TooLarge, error.places, {"limit": 5})


def test_an_error_as_text_says_code_message_and_places():
    text = str(errors.SizeMismatch(Place("/attachments/0/size", "19999", "20000")))
    assert text.startswith("size-mismatch: An attachment's size")
    assert "/attachments/0/size: found 19999, expected 20000" in text
    assert isinstance(errors.NotFound(), AxisError)


def test_shortening_shows_that_something_was_cut():
    assert shorten("x" * 80) == "x" * 80
    assert shorten("x" * 81) == "x" * 79 + "…"
