"""Sessions end after an hour, and the oldest of too many are forgotten."""

import pytest

from nodes.adapter.replies import CallRefused
from nodes.adapter.sessions import MOST, SECONDS, Sessions


@pytest.fixture
def clock():
    return [0.0]


@pytest.fixture
def sessions(clock):
    return Sessions({"H50": ("000.00.00.H50", "right")}, lambda: clock[0])


def test_a_session_is_of_its_unit_until_an_hour_is_over(sessions, clock):
    session = sessions.login("H50", "right")
    clock[0] = SECONDS - 1
    assert sessions.unit_of(session) == "000.00.00.H50"
    clock[0] = SECONDS
    with pytest.raises(CallRefused, match="session-known"):
        sessions.unit_of(session)


@pytest.mark.parametrize(
    ("username", "password"), [("H50", "wrong"), ("H50", ""), ("H51", "right"), ("", "")]
)
def test_a_wrong_login_opens_none(sessions, username, password):
    with pytest.raises(CallRefused, match="login-right"):
        sessions.login(username, password)


def test_no_more_than_so_many_are_kept(sessions):
    first, *_, last = [sessions.login("H50", "right") for _ in range(MOST + 1)]
    assert sessions.unit_of(last)
    with pytest.raises(CallRefused):
        sessions.unit_of(first)
