"""`POST /token`: access tokens by client credentials, as OAuth 2 clients ask for them and read the answer."""

import base64

import pytest
from support.application import application
from support.asgi import AsgiClient
from support.token_holders import HAI_PHONG, token_for, who

from axis.agencies import access_tokens, oauth_routes
from axis.agencies.access_tokens import access_token_row, make_access_token
from axis.agencies.callers import Callers
from axis.agencies.directory_changes import AgencyEntry, put_agencies, set_locked
from axis.agencies.sessions import SESSIONS_OF_A_TOKEN, open_session, sweep_sessions
from axis.agencies.tokens import digest_of, list_tokens, revoke_token
from axis.clock import Microseconds, real_now
from axis.protocol.errors import NotAuthenticated, TooManyRequests

GRANT = {"grant_type": "client_credentials"}
MINUTE = 60_000_000


@pytest.fixture
def token(database) -> str:
    database.write(lambda tx: put_agencies(tx, [AgencyEntry(HAI_PHONG, "Hải Phòng")], real_now()))
    return token_for(database, role="agency", agency=HAI_PHONG, subtree=True)


@pytest.fixture
def identity(database, token) -> str:  # noqa: ARG001 - the token is in the store
    with database.read() as tx:
        return list_tokens(tx)[0].id


@pytest.fixture
def client(database):
    return AsgiClient(application(database, oauth_routes.router))


def basic(identity: str, secret: str) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(f'{identity}:{secret}'.encode()).decode()}"}


def bought(client, identity, token) -> str:
    reply = client.post("/token", data=GRANT, headers=basic(identity, token))
    assert (reply.status_code, reply.headers["cache-control"]) == (200, "no-store"), reply.text
    answer = reply.json()
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 600)
    return answer["access_token"]


def test_what_is_bought_with_a_token_may_what_it_may_and_ends_with_it(client, database, token, identity):
    access = bought(client, identity, token)
    callers = Callers(database)
    caller, its = who(callers, access), who(callers, token)
    assert (caller.role, caller.agency, caller.subtree, caller.token_id) == (
        "agency",
        HAI_PHONG,
        True,
        identity,
    )
    assert caller.expires_at > real_now()
    assert its.expires_at is None
    database.write(lambda tx: set_locked(tx, HAI_PHONG, locked=True))
    callers.forget(2**62)
    assert who(callers, access).locked
    database.write(lambda tx: revoke_token(tx, identity, real_now()))
    callers.forget(2**62)
    with pytest.raises(NotAuthenticated):
        who(callers, access)
    again = client.post("/token", data=GRANT, headers=basic(identity, token))
    assert (again.status_code, again.json()["error"]) == (401, "invalid_client")


def test_the_form_may_hold_the_credentials(client, token, identity):
    fields = {**GRANT, "client_id": identity, "client_secret": token, "unknown": "passed over"}
    assert client.post("/token", data=fields).status_code == 200
    both = client.post("/token", data=fields, headers=basic(identity, token))
    assert (both.status_code, both.json()["error"]) == (400, "invalid_request")


def test_nothing_is_bought_with_anything_else(client, token, identity):
    access = bought(client, identity, token)
    for headers in (
        {},
        basic(identity, token + "x"),
        basic("00000000-0000-0000-0000-000000000000", token),
        basic(identity, access),
        basic(identity, ""),
        basic(identity, "x" * 500),
        {"Authorization": f"Bearer {token}"},
        {"Authorization": "Basic !"},
        {"Authorization": "Basic /w=="},
    ):
        reply = client.post("/token", data=GRANT, headers=headers)
        assert (reply.status_code, reply.json()["error"]) == (401, "invalid_client")
        assert reply.headers["www-authenticate"] == 'Basic realm="axis"'
        assert token not in reply.text


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("", "invalid_request"),
        ("grant_type=", "invalid_request"),
        ("grant_type=password&username=a&password=b", "unsupported_grant_type"),
        ("grant_type=client_credentials&grant_type=client_credentials", "invalid_request"),
        ("grant_type=client_credentials&scope=everything", "invalid_scope"),
        ("grant_type=client_credentials&client_id=another", "invalid_request"),
        ("&".join(f"a{n}=1" for n in range(17)), "invalid_request"),
    ],
)
def test_a_request_that_is_wrong_is_told_as_oauth_does(client, token, identity, body, error):
    headers = {**basic(identity, token), "Content-Type": "application/x-www-form-urlencoded"}
    reply = client.post("/token", content=body.encode(), headers=headers)
    assert (reply.status_code, reply.json()["error"]) == (400, error)


def test_an_access_token_holds_no_longer_than_its_token(client, database):
    until = Microseconds(real_now() + 5 * MINUTE)
    token = token_for(database, role="auditor", name="Thanh tra", expires_at=until)
    with database.read() as tx:
        identity = list_tokens(tx)[0].id
    answer = client.post("/token", data=GRANT, headers=basic(identity, token)).json()
    assert 240 < answer["expires_in"] <= 300
    assert who(Callers(database), answer["access_token"]).expires_at == until


def test_access_tokens_end_and_are_swept_and_few_hold(database, token, identity, monkeypatch):
    monkeypatch.setattr(access_tokens, "ACCESS_TOKENS_OF_A_TOKEN", 2)
    now = real_now()
    made = [database.write(lambda tx: make_access_token(tx, identity, token, now)) for _ in range(2)]
    with pytest.raises(TooManyRequests) as refused:
        database.write(lambda tx: make_access_token(tx, identity, token, Microseconds(now + MINUTE)))
    assert refused.value.params["retry_after_seconds"] == 540
    for _ in range(SESSIONS_OF_A_TOKEN + 1):  # sessions push out sessions alone
        database.write(lambda tx: open_session(tx, token, Microseconds(now + MINUTE), 1))
    later = Microseconds(now + 10 * MINUTE)
    assert database.write(lambda tx: make_access_token(tx, identity, token, later)) is not None
    with database.read() as tx:
        assert all(access_token_row(tx, digest_of(each.token)) for each in made)
    assert database.write(lambda tx: sweep_sessions(tx, later)) == 2
