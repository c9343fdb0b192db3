"""Sessions hold as long as their tokens do, and codes open one of them once, on both databases."""

import pytest

from axis.agencies.directory_changes import AgencyEntry, put_agencies, set_locked
from axis.agencies.sessions import (
    CODE_SECONDS,
    SESSIONS_OF_A_TOKEN,
    close_session,
    form_token,
    make_code,
    open_session,
    redeem_code,
    session_row,
    sweep_sessions,
)
from axis.agencies.tokens import Grant, create_tokens, list_tokens, revoke_token
from axis.clock import Microseconds, real_now
from axis.protocol.agency_codes import AgencyCode

SECOND, HOUR = 1_000_000, 3_600_000_000
AGENCY = AgencyCode("000.00.00.H24")
NOW = real_now()


def later(microseconds: int) -> Microseconds:
    return Microseconds(NOW + microseconds)


@pytest.fixture
def token(database) -> str:
    database.write(lambda tx: put_agencies(tx, [AgencyEntry(AGENCY, "Hà Nam")], NOW))
    grant = Grant("agency", AGENCY, expires_at=later(10 * HOUR))
    return database.write(lambda tx: create_tokens(tx, [grant], NOW))[0]


def opened(database, token, at=NOW, hours=2):
    return database.write(lambda tx: open_session(tx, token, at, hours))


def found(database, secret, at=NOW):
    with database.read() as tx:
        return session_row(tx, secret, at)


def test_a_session_is_its_token_until_its_hours_are_over(database, token):
    secret = opened(database, token)
    assert found(database, secret).agency == AGENCY
    assert found(database, secret, later(2 * HOUR - 1)) is not None
    assert found(database, secret, later(2 * HOUR)) is None
    assert found(database, "guessed") is None


def test_a_session_ends_before_its_hours_with_its_token(database, token):
    secret = opened(database, token, hours=48)
    assert found(database, secret, later(10 * HOUR)) is None  # the token has expired
    with database.read() as tx:
        (summary,) = list_tokens(tx)
    database.write(lambda tx: revoke_token(tx, summary.id, NOW))
    assert found(database, secret) is None
    assert opened(database, token) is None


def test_a_locked_agency_has_no_session(database, token):
    secret = opened(database, token)
    database.write(lambda tx: set_locked(tx, AGENCY, locked=True))
    assert found(database, secret) is None
    assert opened(database, token) is None
    assert database.write(lambda tx: make_code(tx, token, NOW)) is None


def test_a_code_opens_one_session_once_within_its_minute(database, token):
    def redeemed(code, at=NOW):
        return database.write(lambda tx: redeem_code(tx, code, at, 2))

    code, late = (database.write(lambda tx: make_code(tx, token, NOW)) for _ in range(2))
    assert found(database, code) is None  # a code is no session
    secret = redeemed(code)
    assert found(database, secret) is not None
    assert redeemed(code) is None
    assert redeemed(secret) is None
    assert redeemed(late, later(CODE_SECONDS * SECOND)) is None


def test_a_token_has_so_many_sessions_and_the_oldest_go_first(database, token):
    secrets = [opened(database, token, later(number)) for number in range(SESSIONS_OF_A_TOKEN + 2)]
    held = [found(database, secret, later(SECOND)) is not None for secret in secrets]
    assert held == [False, False, *[True] * SESSIONS_OF_A_TOKEN]


def test_what_has_ended_is_dropped(database, token):
    secret = opened(database, token)
    opened(database, token, hours=1)
    assert database.write(lambda tx: sweep_sessions(tx, later(HOUR))) == 1
    database.write(lambda tx: close_session(tx, secret))
    assert found(database, secret) is None
    assert database.write(lambda tx: sweep_sessions(tx, later(9 * HOUR))) == 0


def test_the_token_of_a_form_is_no_secret_of_the_session(database, token):
    secret = opened(database, token)
    assert form_token(secret) == form_token(secret) != form_token(secret + "x")
    assert found(database, form_token(secret)) is None
