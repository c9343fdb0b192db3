"""`axis ca`, and what is signed with the certificates it issues."""

import json
import stat
import subprocess

import pytest

from signing.certificates import load_certificates


@pytest.mark.parametrize("key", ["p256", "rsa-2048", "rsa-3072"])
@pytest.mark.usefixtures("hai_phong")
def test_openssl_accepts_what_is_issued_and_signed_here(axis, environment, key):
    init = json.loads(axis("ca", "init", "--json"))
    assert init["root"]["url"] == "http://axis.test/v1/ca/root.crt"
    answer = json.loads(axis("ca", "issue", "--agency", "H24", "--key", key, "--out", "seal", "--json"))
    assert stat.S_IMODE((environment / "seal/key.pem").stat().st_mode) == 0o600
    leaf, issuer = load_certificates((environment / "seal/cert.pem").read_bytes())
    assert (leaf.issuer, f"{leaf.serial_number:x}") == (issuer.subject, answer["serial"])
    (environment / "manifest.json").write_bytes(b'{"from": "000.00.00.H24"}\r\n')
    axis("sign", "manifest.json", "--cert", "seal/cert.pem", "--key", "seal/key.pem", "--out", "m.p7s")
    command = """openssl cms -verify -binary -inform DER -in m.p7s -content manifest.json
        -CAfile seal/cert.pem -partial_chain -out out.json"""
    done = subprocess.run(command.split(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (environment / "out.json").read_bytes() == (environment / "manifest.json").read_bytes()
    assert "there already" in axis("ca", "issue", "--agency", "H24", "--out", "seal", status=2)


@pytest.mark.usefixtures("hai_phong")
def test_a_persons_certificate_is_issued_revoked_and_bound(axis, environment):
    axis("ca", "init")
    assert "already" in axis("ca", "init", status=2)
    person = ("--person", "Nguyễn Văn An", "--title", "Chủ tịch")
    issued = axis("ca", "issue", "--agency", "H24", *person, "--p12", "--out", "an", "--json")
    answer = json.loads(issued)
    assert stat.S_IMODE((environment / answer["p12"]).stat().st_mode) == 0o600
    command = f"openssl pkcs12 -info -noout -in {answer['p12']} -passin file:{answer['p12_password']}"
    done = subprocess.run(command.split(), capture_output=True, text=True, check=True)
    assert "AES-256-CBC" in done.stderr
    assert "Nguyễn" in answer["subject"]
    bind = ("certificate", "register", "an/cert.pem", "--agency", "H24", "--kind", "person")
    assert json.loads(axis(*bind, "--json"))["kind"] == "person"
    revoked = json.loads(
        axis("ca", "revoke", answer["serial"].upper(), "--reason", "keyCompromise", "--json")
    )
    assert revoked == {"serial": answer["serial"], "reason": "keyCompromise"}


@pytest.mark.usefixtures("hai_phong")
def test_a_key_that_belongs_to_another_certificate_signs_nothing(axis, environment):
    axis("ca", "init")
    for name in ("one", "two"):
        axis("ca", "issue", "--agency", "H24", "--out", name)
    (environment / "m").write_bytes(b"{}")
    said = axis("sign", "m", "--cert", "one/cert.pem", "--key", "two/key.pem", "--out", "s", status=2)
    assert said.startswith("axis: ")
    assert not (environment / "s").exists()
