"""The limits of connections: bodies that are too slow, and what the settings say."""

import pytest

from axis.cli.http_limits import LATER, Limits, limits_of
from axis.settings import Settings


@pytest.mark.parametrize(
    ("seconds", "moved", "slow"), [(10.0, 0, False), (10.1, 0, True), (19.9, 1000, False), (20.1, 1000, True)]
)
def test_a_body_has_the_idle_time_and_then_the_least_speed(seconds: float, moved: int, slow: bool) -> None:
    assert Limits(5.0, 10.0, 100, 1).is_too_slow(seconds, moved) is slow


def test_without_a_least_speed_no_body_is_too_slow() -> None:
    assert not Limits(5.0, 10.0, 0, 1).is_too_slow(1e9, 0)


def test_routes_give_up_on_a_body_before_its_connection_does() -> None:
    settings = Settings(head_seconds=3, body_idle_seconds=10, bytes_per_second=7, connections=9)
    assert limits_of(settings) == Limits(3, 10 * LATER, 7, 9)
    assert LATER > 1
