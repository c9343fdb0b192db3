"""`nodes listen` prints and forwards what is signed, once, and refuses everything else."""

import json
import socket
import threading
import time

import httpx
import pytest
from support.waiting import GUARD_SECONDS
from support.webhook_receiver import receiving

from axis.protocol.webhook_signatures import signed_headers, write_secret
from nodes.cli import main

SECRET = bytes(range(32))
BODY = json.dumps(
    {"type": "delivery", "timestamp": "2019-06-03T02:11:09Z", "data": {"number": "1/VP", "from": "H24"}}
).encode()


@pytest.fixture
def listen(tmp_path, capfd, monkeypatch):
    """Run the command in a thread until it has taken so many messages; returns its address and its end."""
    monkeypatch.setattr("signal.signal", lambda *_: None)  # only a main thread may
    (tmp_path / "secret").write_text(write_secret(SECRET))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    threads = []

    def start(*more: str):
        arguments = ["listen", "--port", str(port), "--secret-file", str(tmp_path / "secret"), *more]
        thread = threading.Thread(target=main, args=(arguments,))
        thread.start()
        threads.append(thread)
        heard = ""
        while "listening at" not in heard:
            heard += capfd.readouterr().err
            time.sleep(0.01)
        return f"http://127.0.0.1:{port}/", thread

    yield start
    for thread in threads:
        thread.join()


def post(url: str, message_id: str = "msg_1", body: bytes = BODY, **changed: str) -> httpx.Response:
    headers = signed_headers([SECRET], message_id, int(time.time()), body) | changed
    return httpx.post(url, content=body, headers=headers, trust_env=False, timeout=GUARD_SECONDS)


def test_a_message_is_printed_once_however_often_it_comes(listen, capfd):
    url, thread = listen("--count", "2", "--json")
    assert [post(url).status_code for _ in range(3)] == [204, 204, 204]
    assert post(url, "msg_2").status_code == 204
    thread.join()
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [line["id"] for line in lines] == ["msg_1", "msg_2"]
    assert lines[0]["data"]["number"] == "1/VP"


def test_what_is_not_signed_is_refused_and_said_why(listen, capfd):
    url, thread = listen("--count", "1")
    refused = post(url, **{"webhook-signature": "v1,AAAA"})
    assert (refused.status_code, refused.text) == (401, "no signature of the message is by this secret\n")
    assert httpx.post(url, content=b"{}", trust_env=False, timeout=GUARD_SECONDS).status_code == 401
    assert httpx.post(url, content=iter([b"{}"]), trust_env=False, timeout=GUARD_SECONDS).status_code == 411
    assert httpx.get(url, trust_env=False, timeout=GUARD_SECONDS).status_code == 501
    with socket.create_connection(("127.0.0.1", httpx.URL(url).port)) as large:
        large.sendall(b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n")
        assert b" 413 " in large.recv(100)
    assert post(url).status_code == 204
    thread.join()
    assert capfd.readouterr().out == "2019-06-03T02:11:09Z  delivery  1/VP  H24\n"


def test_a_message_is_forwarded_with_its_signature_and_comes_again_where_that_fails(listen):
    with receiving() as receiver:
        url, thread = listen("--count", "1", "--forward", receiver.url)
        receiver.status = 500
        assert post(url).status_code == 502
        receiver.status = 200
        assert post(url).status_code == 204
        thread.join()
    (_, first, body), (_, second, _) = receiver.posts
    assert body == BODY
    assert first["webhook-id"] == second["webhook-id"] == "msg_1"
    assert first["webhook-signature"].startswith("v1,")


@pytest.mark.parametrize("text", ["", "whsec_x", write_secret(bytes(10))])
def test_a_file_without_a_secret_is_a_wrong_usage(tmp_path, capsys, text):
    (tmp_path / "secret").write_text(text)
    assert main(["listen", "--secret-file", str(tmp_path / "secret")]) == 2
    assert "secret" in capsys.readouterr().err


def test_a_port_that_is_taken_is_a_wrong_usage(tmp_path, capsys):
    (tmp_path / "secret").write_text(write_secret(SECRET))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert main(["listen", "--port", port, "--secret-file", str(tmp_path / "secret")]) == 2
    assert "cannot listen" in capsys.readouterr().err
