"""When to try again: pure rules."""

from random import Random

import pytest

from nodes.retries import Retries, retry_after_seconds


def test_waits_grow_and_never_pass_their_cap():
    rules = Retries(attempts=50, base_seconds=0.5, cap_seconds=4)
    rng = Random(7)
    waits = [rules.wait_seconds(attempt, rng) for attempt in range(1, 50)]
    for attempt, wait in enumerate(waits, start=1):
        assert 0 <= wait <= min(4, 0.5 * 2 ** (attempt - 1))
    assert max(waits) > 3


def test_two_clients_do_not_come_back_at_the_same_moment():
    rules = Retries()
    assert rules.wait_seconds(3, Random(1)) != rules.wait_seconds(3, Random(2))


def test_the_last_attempt_is_the_last():
    assert Retries(attempts=3).wait_seconds(3, Random(1)) is None
    assert Retries(attempts=3).wait_seconds(2, Random(1)) is not None


def test_a_hub_that_asks_for_more_patience_than_we_have_is_not_waited_for():
    rules = Retries(patience_seconds=60)
    assert rules.wait_seconds(1, Random(1), 61) is None
    assert rules.wait_seconds(1, Random(1), 60) >= 60


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0.0),
        ("12", 12.0),
        (None, None),
        ("soon", None),
        ("-1", None),
        ("٣", None),
        ("Wed, 21 Oct 2026", None),
    ],
)
def test_retry_after_is_read_when_it_holds_seconds(header, seconds):
    assert retry_after_seconds(header) == seconds


def test_a_retry_after_of_a_thousand_digits_is_only_long():
    assert retry_after_seconds("9" * 1000) == 999_999_999
