"""Where webhooks are posted to, and above all where not; what is kept of an answer."""

import asyncio
import socket

import pytest
from support.webhook_receiver import receiving

from axis.outbound import guarded_http
from axis.outbound.guarded_http import OutsideError
from axis.outbound.webhook_posts import Allowed, Posted, WebhookPosts

PUBLIC, PRIVATE = frozenset({"hooks.test", "own.test:8443"}), frozenset({"office.test:8080"})


@pytest.fixture
def receiver():
    with receiving() as started:
        yield started


SANDBOX = Allowed(loopback=True)


def post(url: str, allowed: Allowed = SANDBOX, *, times: int = 1, **more) -> list[Posted]:
    async def main() -> list[Posted]:
        posts = WebhookPosts(allowed, **more)
        try:
            return [await posts.post(url, b"{}", {"Content-Type": "application/json"}) for _ in range(times)]
        finally:
            await posts.close()

    return asyncio.run(main())


@pytest.mark.parametrize(
    ("url", "is_allowed"),
    [
        ("https://hooks.test/a", True),
        ("https://hooks.test:444/a", False),
        ("http://own.test:8443/a", True),
        ("http://office.test:8080/", True),
        ("http://office.test/", False),
        ("http://other.test/", False),
        ("http://127.0.0.1:9000/", False),
        ("http://localhost/", False),
        ("http://hooks.test@other.test/", False),
        ("ftp://hooks.test/", False),
        ("no address", False),
    ],
)
def test_only_allowed_hosts_may_be_named(url, is_allowed):
    assert Allowed(PUBLIC, PRIVATE).allows(url) is is_allowed


def test_a_sandbox_may_post_to_its_own_machine_at_any_port():
    allowed = Allowed(loopback=True)
    assert all(allowed.allows(f"http://{host}:9000/") for host in ("127.0.0.1", "localhost", "[::1]"))
    assert not allowed.allows("http://10.0.0.1:9000/")


def test_an_allowed_host_with_a_private_address_is_not_posted_to(monkeypatch, receiver):
    port = int(receiver.url.rpartition(":")[2].partition("/")[0])
    monkeypatch.setattr(guarded_http.socket, "getaddrinfo", _loopback(socket.getaddrinfo))
    url = f"http://hooks.test:{port}/hook"
    (posted,) = post(url, Allowed(hosts=frozenset({f"hooks.test:{port}"})))
    assert (posted.status, posted.problem) == (None, "hooks.test has an address that is not public")
    assert receiver.posts == []
    (posted,) = post(url, Allowed(private_hosts=frozenset({f"hooks.test:{port}"})))
    assert posted.status == 204


def _loopback(real):
    def look_up(host, port, *arguments, **more):
        return real("127.0.0.1" if host == "hooks.test" else host, port, *arguments, **more)

    return look_up


@pytest.mark.parametrize(
    ("status", "is_taken"), [(200, True), (204, True), (302, False), (404, False), (500, False)]
)
def test_any_status_of_success_counts_as_taken(receiver, status, is_taken):
    receiver.status, receiver.headers = status, {"Location": receiver.url}
    (posted,) = post(receiver.url)
    assert (posted.status, posted.problem, posted.is_taken) == (status, None, is_taken)
    assert len(receiver.posts) == 1


def test_a_receiver_that_does_not_answer_is_left_when_the_time_is_over(receiver):
    receiver.may_answer.clear()
    (posted,) = post(receiver.url, total_seconds=0.2)
    assert (posted.status, posted.problem) == (None, "no answer within 0.2 s")


def test_of_a_large_answer_little_is_read(receiver):
    receiver.status, receiver.body = 200, b"x" * 20_000_000
    posted = post(receiver.url, times=2)
    assert [one.status for one in posted] == [200, 200]


def test_a_refused_connection_is_said_without_an_address():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and not listening
        (posted,) = post(f"http://127.0.0.1:{taken.getsockname()[1]}/")
    assert (posted.status, posted.problem) == (None, "no connection")


def test_bytes_that_are_no_http_are_a_broken_connection():
    with socket.create_server(("127.0.0.1", 0)) as server:

        async def main() -> Posted:
            async def talk(reader, writer):
                await reader.readuntil(b"\r\n\r\n")
                writer.write(b"220 mail.test ESMTP\r\n")
                await writer.drain()
                writer.close()

            async with await asyncio.start_server(talk, sock=server):
                posts = WebhookPosts(Allowed(loopback=True))
                try:
                    return await posts.post(f"http://127.0.0.1:{server.getsockname()[1]}/", b"", {})
                finally:
                    await posts.close()

        posted = asyncio.run(main())
    assert (posted.status, posted.problem) == (None, "the connection broke before an answer")


def test_look_ups_without_an_address_are_said():
    allowed = Allowed(hosts=frozenset({"nowhere.invalid"}))
    with pytest.raises(OutsideError, match="has no address"):
        allowed.addresses("nowhere.invalid", 80)
