"""Over HTTP: webhooks are made, seen, tested, replayed and removed, by their agency alone."""

import os
from typing import Any

import pytest
from support.application import application
from support.asgi import AsgiClient
from support.exchange import UNDER_A, A, B, C, Exchange
from support.webhook_receiver import receiving

import axis.push.routes
from axis.agencies.tokens import Grant, create_tokens, list_tokens, revoke_token
from axis.alerts.changes import Finding, settle
from axis.clock import real_now
from axis.database.secret_key import SecretKey, SecretKeyError
from axis.deliveries.waiting_readers import WaitingReaders
from axis.outbound.webhook_posts import Allowed, WebhookPosts
from axis.protocol.webhook_signatures import check_headers, read_secret
from axis.push import queries
from axis.push.context import PushContext
from axis.push.messages import KINDS, OPERATORS, read_pending, webhook_audience
from axis.push.pusher import Pusher
from axis.push.webhook_work import WorkParts
from axis.push.webhooks import Bounds

PATH = "/v1/webhooks/van-thu"
URL = "https://hooks.test/axis"
HOSTS = frozenset({"hooks.test"})


class Webhooks:
    """The routes over a store, and a client for each agency."""

    def __init__(self, exchange: Exchange, *, hosts: frozenset[str] = HOSTS, key: bool = True) -> None:
        secret = SecretKey(os.urandom(32))

        def open_secret(_tx: Any) -> SecretKey:
            if not key:
                raise SecretKeyError("none")
            return secret

        self.exchange = exchange
        posts = WebhookPosts(Allowed(hosts, loopback=bool(hosts)))
        bounds = Bounds(3, 2)
        parts = WorkParts(
            exchange.database, exchange.clock, WaitingReaders(exchange.database), posts, lambda _: None
        )
        push = PushContext(
            exchange.directory,
            posts,
            open_secret,
            bounds,
            "https://hooks.test:8443/hub",
            Pusher(parts, exchange.directory, open_secret, lambda: False),
        )
        app = application(exchange.database, axis.push.routes.router, push=push, directory=exchange.directory)
        self.clients = {
            name: self._client(app, grant)
            for name, grant in {
                "A": Grant("agency", A),
                "A and below": Grant("agency", A, subtree=True),
                "B": Grant("agency", B),
                "C": Grant("agency", C),
                "operator": Grant("operator", name="Vận hành"),
                "another operator": Grant("operator", name="Ca đêm"),
            }.items()
        }

    def _client(self, app: Any, grant: Grant) -> AsgiClient:
        (token,) = self.exchange.database.write(lambda tx: create_tokens(tx, [grant], real_now()))
        return AsgiClient(app, {"Authorization": f"Bearer {token}"})

    def ask(self, role: str, method: str, path: str, json: object = None) -> Any:
        return self.clients[role].request(method, path, **({} if json is None else {"json": json}))

    def made(self, role: str = "A", path: str = PATH, **members: object) -> Any:
        answer = self.ask(role, "PUT", path, {"url": URL} | members)
        assert answer.status_code == 201, answer.text
        return answer.json()


@pytest.fixture
def webhooks(exchange: Exchange) -> Webhooks:
    return Webhooks(exchange)


def test_a_new_webhook_begins_with_what_comes_next_and_shows_its_secret_once(webhooks):
    webhooks.exchange.send(B, (A,))
    made = webhooks.made(kinds=["status", "delivery"])
    assert len(read_secret(made.pop("secret"))) == 32
    assert (made["state"], made["kinds"], made["agency"]) == ("active", ["delivery", "status"], None)
    assert made["place"] == "1"
    assert webhooks.ask("A", "GET", PATH).json() == made
    again = webhooks.ask("A", "PUT", PATH, {"url": URL + "/2"})
    assert again.status_code == 200
    assert "secret" not in again.json()
    assert again.json() == made | {"url": URL + "/2", "kinds": again.json()["kinds"]}


def test_the_store_holds_no_secret_in_clear(webhooks):
    secret = read_secret(webhooks.made()["secret"])
    with webhooks.exchange.database.read() as tx:
        stored = queries.any_webhook_secret(tx)
    assert stored is not None
    assert secret not in stored


def test_an_agency_sees_and_changes_its_own_alone(webhooks):
    webhooks.made("A")
    assert [one["name"] for one in webhooks.ask("A and below", "GET", "/v1/webhooks").json()["items"]] == [
        "van-thu"
    ]
    assert webhooks.ask("B", "GET", "/v1/webhooks").json() == {"items": [], "next": None}
    assert webhooks.ask("B", "GET", PATH).status_code == 404
    assert webhooks.ask("B", "DELETE", PATH).status_code == 404
    webhooks.made("B")  # names are each agency's own
    assert webhooks.ask("A", "DELETE", PATH).status_code == 204
    assert webhooks.ask("A", "GET", PATH).status_code == 404
    assert webhooks.ask("B", "GET", PATH).status_code == 200


def test_the_list_is_paged_by_name(webhooks):
    webhooks.made("A", "/v1/webhooks/a")
    webhooks.made("A", "/v1/webhooks/b")
    first = webhooks.ask("A", "GET", "/v1/webhooks?limit=1").json()
    assert ([one["name"] for one in first["items"]], first["next"]) == (["a"], "a")
    second = webhooks.ask("A", "GET", "/v1/webhooks?limit=1&after=a").json()
    assert ([one["name"] for one in second["items"]], second["next"]) == (["b"], None)


@pytest.mark.stores("sqlite")
@pytest.mark.parametrize(
    ("members", "places"),
    [
        ({}, {"/url"}),
        ({"url": 1}, {"/url"}),
        ({"url": "https://other.test/"}, {"/url"}),
        ({"url": "https://hooks.test:8443/v1/documents"}, {"/url"}),
        ({"url": "ftp://hooks.test/", "kinds": []}, {"/url", "/kinds"}),
        ({"url": URL, "kinds": ["delivery", "delivery"]}, {"/kinds"}),
        ({"url": URL, "kinds": ["delivery", "birth"]}, {"/kinds/1"}),
        ({"url": URL, "agency": "nobody"}, {"/agency"}),
        ({"url": URL, "agency": B}, {"/agency"}),
        ({"url": URL, "secret": "x"}, {"/secret"}),
    ],
)
def test_what_is_wrong_is_named_with_its_place(webhooks, members, places):
    answer = webhooks.ask("A", "PUT", PATH, members)
    assert answer.status_code == 422, answer.text
    assert {error["pointer"] for error in answer.json()["errors"]} == places
    assert webhooks.ask("A", "GET", PATH).status_code == 404


@pytest.mark.stores("sqlite")
@pytest.mark.parametrize("name", ["Van-thu", "-a", "a" * 64, "a.b"])
def test_a_name_of_another_form_is_refused(webhooks, name):
    assert webhooks.ask("A", "PUT", f"/v1/webhooks/{name}", {"url": URL}).status_code in {404, 422}


@pytest.mark.stores("sqlite")
def test_a_hub_that_allows_no_host_says_which_setting_would(exchange):
    answer = Webhooks(exchange, hosts=frozenset()).ask("A", "PUT", PATH, {"url": URL})
    assert "AXIS_WEBHOOK_HOSTS" in answer.json()["errors"][0]["expected"]


@pytest.mark.stores("sqlite")
def test_a_hub_without_a_secret_key_says_so(exchange):
    answer = Webhooks(exchange, key=False).ask("A", "PUT", PATH, {"url": URL})
    assert answer.status_code == 403
    assert "AXIS_SECRET_KEY_FILE" in answer.text


def test_there_are_no_more_than_the_bounds(webhooks):
    for name in ("a", "b"):
        webhooks.made("A", f"/v1/webhooks/{name}")
    answer = webhooks.ask("A", "PUT", "/v1/webhooks/c", {"url": URL})
    assert answer.json()["errors"][0]["expected"] == "at most 2"
    webhooks.made("B")
    assert webhooks.ask("C", "PUT", PATH, {"url": URL}).json()["errors"][0]["expected"] == "at most 3"
    assert webhooks.ask("A", "PUT", "/v1/webhooks/b", {"url": URL}).status_code == 200


def test_a_subtree_may_be_watched_or_one_agency_of_it(webhooks):
    assert webhooks.made("A and below", agency=UNDER_A)["agency"] == UNDER_A


def test_a_webhook_stops_with_its_token_and_goes_on_with_another(webhooks):
    webhooks.made("A")
    database = webhooks.exchange.database
    with database.read() as tx:
        (mine,) = (one.id for one in list_tokens(tx) if one.agency == A and not one.subtree)
    database.write(lambda tx: revoke_token(tx, mine, real_now()))
    assert webhooks.ask("A and below", "GET", PATH).json()["state"] == "stopped"
    answer = webhooks.ask("A and below", "PUT", PATH, {"url": URL})
    assert (answer.status_code, answer.json()["state"]) == (200, "active")


def test_a_new_secret_signs_beside_the_old_one(webhooks):
    with receiving() as receiver:
        receiver.headers = {"Connection": "close"}  # each request of this client has a loop of its own
        old = webhooks.made(url=receiver.url)["secret"]
        new = webhooks.ask("A", "POST", PATH + "/secret").json()
        assert new["secret"] != old
        assert webhooks.ask("A", "GET", PATH).json()["old_secret_until"] == new["old_secret_until"]
        assert webhooks.ask("A", "POST", PATH + "/test").json()["status"] == 204
    ((_, headers, body),) = receiver.posts
    now = real_now() / 1_000_000
    for secret in (old, new["secret"]):
        assert check_headers(read_secret(secret), headers, body, now).startswith("msg_test_")


@pytest.mark.stores("sqlite")
def test_a_test_says_the_receivers_status_and_nothing_of_its_answer(webhooks):
    with receiving() as receiver:
        receiver.headers = {"Connection": "close"}  # each request of this client has a loop of its own
        receiver.status, receiver.body = 500, b"of the inside"
        webhooks.made(url=receiver.url)
        answer = webhooks.ask("A", "POST", PATH + "/test").json()
    assert answer.keys() == {"status", "problem", "milliseconds"}
    assert (answer["status"], answer["problem"]) == (500, None)


def test_replays_are_of_what_there_is(webhooks):
    webhooks.made("A")
    empty = webhooks.ask("A", "POST", PATH + "/replay", {"failures": True})
    assert empty.status_code == 422
    webhooks.exchange.send(B, (A,))
    replayed = webhooks.ask("A", "POST", PATH + "/replay", {"after": "0", "until": "999999"})
    assert (replayed.status_code, replayed.json()["replays"]) == (202, 1)
    for _ in range(9):
        assert webhooks.ask("A", "POST", PATH + "/replay", {"event": "1"}).status_code == 202
    refused = webhooks.ask("A", "POST", PATH + "/replay", {})
    assert refused.json()["errors"][0]["expected"] == "at most 10"


@pytest.mark.stores("sqlite")
@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"event": 1}, "/event"),
        ({"event": "1", "after": "0"}, "/event"),
        ({"after": "x"}, "/after"),
        ({"failures": "yes"}, "/failures"),
        ({"all": True}, "/all"),
        ([], ""),
    ],
)
def test_a_replay_that_cannot_be_read_is_named(webhooks, body, pointer):
    webhooks.made("A")
    answer = webhooks.ask("A", "POST", PATH + "/replay", body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_what_was_set_aside_is_listed_page_by_page(webhooks):
    webhooks.made("A")
    sent = [webhooks.exchange.send(B, (A,)) for _ in range(3)]
    database = webhooks.exchange.database
    with database.read() as tx:
        audience = webhook_audience(tx, webhooks.exchange.directory, A, subtree=False, agency=None)
        webhook = queries.webhook_row(tx, A, "van-thu").id
    messages = read_pending(database, audience, KINDS, -1, None, 10).messages
    database.write(lambda tx: queries.set_aside(tx, webhook, messages, "status 500", real_now()))
    first = webhooks.ask("A", "GET", PATH + "/failures?limit=2").json()
    second = webhooks.ask("A", "GET", f"{PATH}/failures?limit=2&after={first['next']}").json()
    assert [one["document"] for one in first["items"] + second["items"]] == [each.id for each in sent]
    assert second["next"] is None
    assert webhooks.ask("A", "GET", PATH).json()["failures"] == 3


def test_operators_share_webhooks_that_are_told_of_alerts_alone(exchange: Exchange) -> None:
    webhooks = Webhooks(exchange)
    settle(exchange.database, ["clock-off"], [Finding("clock-off", "hub-1")], real_now())
    made = webhooks.made("operator")
    assert (made["kinds"], made["agency"], made["place"], made["state"]) == (["alert"], None, "2", "active")
    assert webhooks.ask("another operator", "GET", PATH).json()["url"] == URL
    assert webhooks.ask("A", "GET", PATH).status_code == 404
    for wrong in ({"kinds": ["delivery"]}, {"kinds": ["alert", "status"]}, {"agency": "H24"}):
        answer = webhooks.ask("operator", "PUT", PATH, {"url": URL} | wrong)
        assert (answer.status_code, answer.json()["code"]) == (422, "query-invalid")
    assert webhooks.ask("A", "PUT", PATH, {"url": URL, "kinds": ["alert"]}).status_code == 422
    settle(exchange.database, ["clock-off"], [], real_now())
    assert webhooks.ask("operator", "POST", f"{PATH}/replay", {"after": "0"}).status_code == 202
    assert webhooks.ask("operator", "POST", f"{PATH}/replay", {"after": "3"}).status_code == 422
    assert webhooks.ask("another operator", "DELETE", PATH).status_code == 204


def test_an_operators_webhook_is_live_as_long_as_its_makers_token(exchange: Exchange) -> None:
    webhooks = Webhooks(exchange)
    webhooks.made("operator")
    with exchange.database.read() as tx:
        assert [row.owner for row in queries.live_webhooks(tx, real_now())] == [OPERATORS]
        (token,) = (each.id for each in list_tokens(tx) if each.name == "Vận hành")
    assert exchange.database.write(lambda tx: revoke_token(tx, token, real_now()))
    with exchange.database.read() as tx:
        assert queries.live_webhooks(tx, real_now()) == []
