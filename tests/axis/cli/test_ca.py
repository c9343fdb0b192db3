"""`axis ca`, and what is signed with the certificates it issues."""

import json
import stat
import subprocess

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from axis.agencies.directory import agency_of
from axis.cli.common import known_agency, opened_store
from axis.protocol.agency_codes import canonical
from axis.trust.certificate_requests import ask
from signing.certificate_requests import read_certificate_request
from signing.certificates import load_certificates
from signing.keys import generate


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


@pytest.mark.usefixtures("hai_phong")
def test_requests_are_listed_approved_and_refused(axis):
    axis("ca", "init")
    assert json.loads(axis("ca", "requests", "--json")) == {"items": []}
    first, second = requests_of_hai_phong(2)
    assert [each["id"] for each in json.loads(axis("ca", "requests", "--json"))["items"]] == [first, second]
    assert "issued to 000.00.00.H24" in axis("ca", "approve", first)
    assert "was decided before" in axis("ca", "refuse", first, "--reason", "muộn", status=2)
    axis("ca", "refuse", second, "--reason", "Khóa yếu")
    assert json.loads(axis("ca", "requests", "--json")) == {"items": []}
    states = {
        each["id"]: each["state"] for each in json.loads(axis("ca", "requests", "--all", "--json"))["items"]
    }
    assert states == {first: "issued", second: "refused"}
    assert "no such request" in axis("ca", "approve", "0", status=2)


def requests_of_hai_phong(count: int) -> list[str]:
    """New requests in the store that the environment names, by their ids."""
    with opened_store() as store:
        with store.database.read() as tx:
            agency = agency_of(known_agency(tx, canonical("H24")))
        builder = x509.CertificateSigningRequestBuilder(x509.Name([]))
        made = [builder.sign(generate("p256"), SHA256()).public_bytes(Encoding.DER) for _ in range(count)]
        read = [read_certificate_request(each) for each in made]
        return [
            store.database.write(
                lambda tx, each=each: ask(tx, agency, each, "token", store.clock.now())
            ).row.id
            for each in read
        ]
