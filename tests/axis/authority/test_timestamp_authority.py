"""Over HTTP: the hub's time-stamps, as openssl and our own verifier read them."""

import hashlib
from datetime import timedelta

import pytest
from support import pki
from support.hub_authority import certificates, write_trust

from axis.authority.certificates import revoke
from axis.authority.timestamp_authority import POLICY, STAMPING
from axis.clock import to_datetime
from axis.trust.material import NOTHING, read_material
from signing.paths.validation import TrustMaterial, validate_path
from signing.timestamps import make_request as make_timestamp_request
from signing.timestamps import read_response, verify_token

pytestmark = pytest.mark.stores("sqlite")

DATA = b"what is stamped"
TSA = {"Content-Type": "application/timestamp-query"}
URL = "http://axis.test"


def stamped(client, request: bytes) -> bytes:
    reply = client.post("/v1/tsa", content=request, headers=TSA)
    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/timestamp-reply")
    return reply.content


def material(database) -> TrustMaterial:
    with database.read() as tx:
        return read_material(tx, NOTHING).material


def verified(database, token):
    trust = material(database)
    return verify_token(
        token, DATA, paths=lambda leaf, enclosed, at: validate_path(leaf, enclosed, trust, at)
    )


@pytest.mark.usefixtures("authority")
def test_a_timestamp_tells_business_time_and_is_believed_by_openssl_and_by_us(
    client, database, tmp_path, now
):
    (tmp_path / "data").write_bytes(DATA)
    pki.openssl(tmp_path, "ts", "-query", "-data", "data", "-sha256", "-cert", "-out", "query")
    reply = stamped(client, (tmp_path / "query").read_bytes())
    (tmp_path / "reply").write_bytes(reply)
    write_trust(database, tmp_path)
    known = ["-CAfile", "root.pem", "-untrusted", "issuing.pem", "-attime", str(now // 1_000_000 + 60)]
    done = pki.openssl(tmp_path, "ts", "-verify", "-queryfile", "query", "-in", "reply", *known)
    assert b"Verification: OK" in done.stdout
    verdict = verified(database, read_response(reply).token)
    assert verdict.is_believed, verdict
    assert abs(verdict.at - to_datetime(now)) < timedelta(minutes=1)
    assert verdict.policy == POLICY


@pytest.mark.usefixtures("authority")
def test_every_timestamp_has_a_serial_number_of_its_own_and_one_certificate(client, database):
    request = make_timestamp_request(hashlib.sha256(DATA).digest())
    verdicts = [verified(database, read_response(stamped(client, request)).token) for _ in range(3)]
    assert len({verdict.serial for verdict in verdicts}) == 3
    assert len({verdict.authority for verdict in verdicts}) == 1


@pytest.mark.usefixtures("authority")
def test_a_revoked_stamping_certificate_is_replaced_and_its_timestamps_are_not_believed_from_then(
    client, database, secret, clock
):
    request = make_timestamp_request(hashlib.sha256(DATA).digest())
    stamped(client, request)
    before = certificates(database)[STAMPING]
    serial = f"{before.serial_number:x}"
    database.write(lambda tx: revoke(tx, serial, "keyCompromise", clock.now(), secret))
    assert verified(database, read_response(stamped(client, request)).token).is_believed
    assert certificates(database)[STAMPING] != before


@pytest.mark.usefixtures("authority")
def test_what_cannot_be_stamped_is_refused_with_its_reason(client):
    digest = hashlib.sha256(DATA).digest()
    requests = {
        "digest": make_timestamp_request(hashlib.sha1(DATA, usedforsecurity=False).digest(), digest="sha1"),
        POLICY: make_timestamp_request(digest, policy="1.2.3"),
        "no request": b"none",
    }
    for word, request in requests.items():
        answer = read_response(stamped(client, request))
        assert answer.token is None
        assert word in answer.texts[0]
