"""Over HTTP: the sandbox's operator makes an address that opens signed in, of a token that holds."""

import pytest

from axis.agencies.sessions import redeem_code, session_row
from axis.agencies.tokens import Grant, create_tokens
from axis.clock import real_now


def test_an_address_opens_one_session_of_the_token(tester, database):
    (token,) = database.write(lambda tx: create_tokens(tx, [Grant("auditor", name="demo")], real_now()))
    answer = tester.post("/sandbox/sign-in-codes", json={"token": token})
    assert answer.status_code == 200
    assert answer.json()["seconds"] == 60
    path, _, code = answer.json()["path"].partition("?code=")
    assert path == "/sign-in"
    secret = database.write(lambda tx: redeem_code(tx, code, real_now(), 1))
    with database.read() as tx:
        assert session_row(tx, secret, real_now()).name == "demo"


@pytest.mark.parametrize("body", [{}, [], {"token": 1}, {"token": "axis_nobody"}, {"token": "x", "more": 1}])
def test_no_other_token_has_one(tester, body):
    answer = tester.post("/sandbox/sign-in-codes", json=body)
    assert answer.status_code == 422
    assert "axis_nobody" not in answer.text
