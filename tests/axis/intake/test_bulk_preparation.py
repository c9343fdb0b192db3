"""Lines that are plain become documents; all others are left to the steps, with what these need to know."""

import pickle

import pytest

from axis.intake.bulk_preparation import Shared, Unprepared, prepare
from axis.judging.known_paths import Known
from axis.protocol.errors import AxisError
from axis.settings import Settings
from signing.policy import DEFAULT

SETTINGS = Settings()
NOTHING = Known("1", 1, "00" * 32, DEFAULT, {}, {})


def test_lines_that_are_not_plain_are_left_to_the_steps_and_cross_to_another_process():
    lines = [b"{}", b'{"manifest": "e30="}', b"x"]
    items = prepare({}, Shared(SETTINGS, NOTHING), lines, 1, "en")
    crossed = pickle.loads(pickle.dumps(items))
    assert isinstance(crossed[1], Unprepared)
    assert [each.code for each in crossed if isinstance(each, AxisError)] == [
        "manifest-missing",
        "malformed-json",
    ]


def test_what_is_shared_is_kept_until_it_is_another():
    memory = {}
    prepare(memory, Shared(SETTINGS, NOTHING), [], 1, "en")
    assert prepare(memory, None, [b"{}"], 1, "en")[0].code == "manifest-missing"
    with pytest.raises(KeyError):
        prepare({}, None, [b"{}"], 1, "en")
