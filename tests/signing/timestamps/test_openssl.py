"""Across modules: openssl accepts our time-stamps, and we accept those that openssl gives."""

import hashlib

import pytest
from support import pki, tsa

from signing import cms
from signing.timestamps import (
    Failure,
    granted,
    make_request,
    read_request,
    read_response,
    refused,
    with_signature_timestamp,
)
from signing.timestamps.attach import signature_value

AT = str(int(pki.AT.timestamp()))
CONFIGURATION = """
[tsa]
default_tsa = one
[one]
serial = ./serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.7
digests = sha1, sha256, sha384, sha512
accuracy = secs:1, millisecs:500
ess_cert_id_chain = {chain}
ess_cert_id_alg = {identifier}
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "data").write_bytes(tsa.STAMPED)
    tsa.write_issuers(tmp_path)
    return tmp_path


@pytest.mark.parametrize("kind", ["stamper", "rsa-2048-stamper"])
@pytest.mark.parametrize("asked", [["-cert"], ["-cert", "-no_nonce"], []])
def test_openssl_believes_what_its_request_is_answered_with(folder, kind, asked):
    pki.openssl(folder, "ts", "-query", "-data", "data", "-sha512", *asked, "-out", "query")
    request = read_request((folder / "query").read_bytes())
    who = tsa.stamper(kind)
    who.write(folder)
    chain = (who.certificate, *who.chain) if request.wants_certificates else None
    token = tsa.token(
        who, digest="sha512", nonce=request.nonce, certificates=chain, accuracy_microseconds=1_000_000
    )
    assert request.imprint == hashlib.sha512(tsa.STAMPED).digest()
    (folder / "reply").write_bytes(granted(token))
    (folder / "untrusted.pem").write_bytes(pki.to_pem(who.certificate, *who.chain))
    known = ["-CAfile", "root.pem", "-untrusted", "untrusted.pem", "-attime", AT]
    done = pki.openssl(folder, "ts", "-verify", "-queryfile", "query", "-in", "reply", *known)
    assert b"Verification: OK" in done.stdout


def test_openssl_reads_why_a_request_is_refused(folder):
    (folder / "reply").write_bytes(refused(Failure.BAD_ALGORITHM, "SHA-1 is not stamped"))
    shown = pki.openssl(folder, "ts", "-reply", "-in", "reply", "-text").stdout.decode()
    assert "Status: Rejected." in shown
    assert "SHA-1 is not stamped" in shown
    assert "unrecognized or unsupported algorithm identifier" in shown


@pytest.mark.parametrize("kind", ["stamper", "rsa-2048-stamper"])
@pytest.mark.parametrize(("chain", "identifier"), [("no", "sha1"), ("yes", "sha256"), ("no", "sha384")])
def test_we_believe_what_openssl_answers(folder, monkeypatch, kind, chain, identifier):
    now = pki.datetime.now(pki.UTC)
    monkeypatch.setattr(pki, "BEGIN", now - pki.timedelta(days=1))
    monkeypatch.setattr(pki, "END", now + pki.timedelta(days=2))
    who = tsa.stamper(kind, end=now + pki.timedelta(days=1))
    authorities = openssl_authorities(folder, who, now)
    (folder / "tsa.cnf").write_text(CONFIGURATION.format(chain=chain, identifier=identifier))
    (folder / "serial").write_text("0100\n")
    (folder / "query").write_bytes(
        make_request(hashlib.sha256(tsa.STAMPED).digest(), nonce=77, certificates=True)
    )
    signer = ["-signer", "cert.pem", "-inkey", "key.pem", "-chain", "chain.pem"]
    pki.openssl(folder, "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query", *signer, "-out", "reply")
    token = read_response((folder / "reply").read_bytes()).token
    assert token is not None
    verdict = tsa.judge(token, material=authorities, seen_at=pki.datetime.now(pki.UTC))
    assert verdict.is_believed, verdict
    assert verdict.at is not None
    assert abs(verdict.at - now) < pki.timedelta(minutes=1)
    assert not tsa.judge(token, b"other", material=authorities).is_believed


def openssl_authorities(folder, who, now):
    """The small infrastructure's root and issuing authority, made again for today."""
    root = pki.authority.create_root(
        pki.key("root"), pki.authority_subject("Root", "Ban Cơ yếu"), pki.terms(1)
    )
    subject = pki.authority_subject("Issuing", "Ban Cơ yếu")
    issuing = pki.authority.create_issuing(root, pki.key("issuing"), subject, pki.terms(2))
    pki.Signer(who.certificate, who.key, (issuing.certificate,)).write(folder)
    lists = (pki.crl(issuing, (), now - pki.timedelta(hours=1), now + pki.timedelta(days=1)),)
    return pki.TrustMaterial((pki.to_der(root.certificate),), (pki.to_der(issuing.certificate),), lists)


def test_openssl_still_verifies_a_signature_that_was_stamped(folder):
    signer = pki.organisation()
    signature = cms.sign(pki.CONTENT, signer.certificate, signer.key, chain=signer.chain)
    stamped = with_signature_timestamp(signature, tsa.token(data=signature_value(signature)))
    (folder / "signature").write_bytes(stamped)
    (folder / "content").write_bytes(pki.CONTENT)
    known = ["-CAfile", "root.pem", "-certfile", "issuers.pem", "-attime", AT]
    pki.openssl(
        folder, "cms", "-verify", "-binary", "-inform", "DER", "-in", "signature", "-content", "content",
        *known, "-out", "verified",
    )  # fmt: skip
    assert (folder / "verified").read_bytes() == pki.CONTENT
