"""`axis sign --tsa` and an authority that answers over HTTP, well or badly."""

import pytest
from support import pki, tsa
from support.stub_hub import Say, stub_hub

from axis.cli import main
from axis.outbound import guarded_http
from nodes.errors import NotStamped, TransportError
from nodes.timestamping import stamp_by
from signing.timestamps import Failure, refused

ANSWER = {"Content-Type": "application/timestamp-reply"}


@pytest.fixture
def sign(tmp_path, monkeypatch, capsys):
    """Sign a manifest here, stamped by the authority at a URL; gives the status, what was said, the file."""
    monkeypatch.chdir(tmp_path)
    pki.organisation().write(tmp_path)
    (tmp_path / "m.json").write_bytes(pki.CONTENT)

    def run(url):
        status = main(
            ["sign", "m.json", "--cert", "cert.pem", "--key", "key.pem", "--out", "m.p7s", "--tsa", url]
        )
        return status, capsys.readouterr().err, tmp_path / "m.p7s"

    return run


def test_the_signature_carries_the_time_stamp_and_it_is_believed(sign):
    with stub_hub(otherwise=lambda asked: Say(body=tsa.answered(asked.body), headers=ANSWER)) as stub:
        status, _, signature = sign(f"{stub.url}/v1/tsa")
    assert status == 0
    verdict = pki.judge(signature.read_bytes(), at=pki.AT + pki.timedelta(days=1))
    assert (verdict.indication, verdict.time_source) == ("TOTAL-PASSED", "rfc3161")
    (asked,) = stub.asked
    assert (asked.method, asked.path) == ("POST", "/v1/tsa")
    assert asked.headers["Content-Type"] == "application/timestamp-query"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (lambda _: Say(404), "404"),
        (lambda _: Say(302, headers={"Location": "/elsewhere"}), "302"),
        (lambda _: Say(body=b"<html>no</html>"), "malformed"),
        (lambda _: Say(body=b"x" * 200_000), "too-large"),
        (lambda _: Say(hang_up=True), "isconnected"),
        (lambda asked: Say(body=tsa.answered(asked.body, nonce=1)), "nonce"),
        (lambda _: Say(body=refused(Failure.SYSTEM_FAILURE, "the clock stands")), "the clock stands"),
    ],
    ids=["no such page", "elsewhere", "a page", "too large", "hung up", "another request's", "refused"],
)
def test_an_answer_that_is_none_leaves_no_signature_and_says_why(sign, said, why):
    with stub_hub(otherwise=said) as stub:
        status, told, signature = sign(stub.url)
        assert (status, signature.exists()) == (2, False)
        assert stub.url in told
        assert why in told
        with pytest.raises((NotStamped, TransportError), match=why):
            stamp_by(stub.url)(b"octets")


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "ftp://127.0.0.1/", "nonsense"])
def test_an_authority_that_cannot_be_reached_is_named(sign, url):
    status, told, _ = sign(url)
    assert status == 2
    assert url in told
    with pytest.raises(TransportError):
        stamp_by(url)(b"octets")


def test_an_answer_that_trickles_in_is_cut_off(sign, monkeypatch):
    monkeypatch.setattr(guarded_http, "TOTAL_SECONDS", -1.0)
    with stub_hub(Say(body=b"x")) as stub:
        assert f"{stub.url} gave no time-stamp" in sign(stub.url)[1]
