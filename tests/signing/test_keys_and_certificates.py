"""Across modules: keys, subjects, certificates and lists are made, read, and refused by name."""

from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.x509.oid import NameOID
from support import pki

from signing import authority, cms, keys
from signing.authority import Revocation
from signing.certificate_subjects import organisation_subject, person_subject, read_subject
from signing.certificates import fingerprint, load_certificates, read_certificate, summary, to_der, to_pem
from signing.errors import (
    CertificateKeyMismatch,
    InvalidName,
    InvalidTimes,
    SigningError,
    UnreadableCertificate,
    UnreadableKey,
    UnsupportedKey,
)


@pytest.mark.parametrize("kind", keys.KEY_KINDS)
def test_a_key_is_of_the_kind_asked_for_and_survives_pem(kind):
    key = keys.generate(kind)
    assert keys.kind_of(key) == kind
    assert keys.kind_of(keys.from_pem(keys.to_pem(key))) == kind
    assert keys.public_from_pem(keys.public_to_pem(key.public_key())) == key.public_key()


def test_another_kind_is_refused():
    with pytest.raises(UnsupportedKey):
        keys.generate("rsa-1024")  # type: ignore[arg-type]


def test_a_derived_key_is_the_same_everywhere_and_another_for_another_seed():
    number = keys.derive_p256(b"seed").private_numbers().private_value
    assert number == keys.derive_p256(b"seed").private_numbers().private_value
    assert number != keys.derive_p256(b"Seed").private_numbers().private_value
    assert f"{number:064x}" == KNOWN_SCALAR


KNOWN_SCALAR = "931dd787ce58ca02e45e730dd6226be6cc11eb3bab2429c9c63fb91776f5ac68"


@pytest.mark.parametrize(
    "data", [b"", b"junk", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", b"x" * 20_000]
)
def test_what_is_no_key_is_refused_by_name(data):
    with pytest.raises(UnreadableKey):
        keys.from_pem(data)
    with pytest.raises(UnreadableKey):
        keys.public_from_pem(data)


def test_a_key_with_a_password_is_refused_by_name():
    pem = pki.key("x").private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"x"),
    )
    with pytest.raises(UnreadableKey):
        keys.from_pem(pem)


@pytest.mark.parametrize(
    "key",
    [
        ed25519.Ed25519PrivateKey.generate(),
        ec.generate_private_key(ec.SECP384R1()),
        rsa.generate_private_key(public_exponent=65537, key_size=1024),
        dsa.generate_private_key(1024),
    ],
    ids=["ed25519", "p384", "rsa-1024", "dsa"],
)
def test_only_the_kinds_we_issue_for_are_taken_as_public_keys(key):
    with pytest.raises(UnsupportedKey):
        keys.public_from_pem(keys.public_to_pem(key.public_key()))


def test_an_agency_is_read_back_from_its_certificate():
    found = read_subject(pki.organisation().certificate)
    assert (found.kind, found.agency, found.name) == ("organisation", pki.SENDER, pki.NAME)


def test_a_person_is_read_back_from_its_certificate():
    found = read_subject(pki.person().certificate)
    assert (found.kind, found.agency) == ("person", pki.SENDER)
    assert (found.name, found.title) == ("Nguyễn Văn An", "Chủ tịch")


def test_the_subject_has_the_shape_of_the_contract():
    subject = organisation_subject(pki.NAME, pki.SENDER)
    (identifier,) = subject.get_attributes_for_oid(NameOID.ORGANIZATION_IDENTIFIER)
    assert identifier.value == "GO:VN-000.00.00.H24"
    assert identifier.oid.dotted_string == "2.5.4.97"
    of_person = person_subject(pki.NAME, pki.SENDER, "Nguyễn", "Văn An", "Chủ tịch")
    for oid in (NameOID.SURNAME, NameOID.GIVEN_NAME, NameOID.TITLE, NameOID.ORGANIZATION_NAME):
        assert len(of_person.get_attributes_for_oid(oid)) == 1


def test_names_are_kept_in_nfc():
    decomposed = "U\u0309y ban"
    (name,) = organisation_subject(decomposed, pki.SENDER).get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    assert name.value == "\u1ee6y ban"


@pytest.mark.parametrize("name", ["", " ", "a" * 301, "a\x00b", "\ud800"])
def test_a_name_that_cannot_stand_in_a_certificate_is_refused(name):
    with pytest.raises(InvalidName):
        organisation_subject(name, pki.SENDER)


@pytest.mark.parametrize("code", ["", "a b", "x" * 65, "a\n"])
def test_a_code_that_cannot_stand_in_a_certificate_is_refused(code):
    with pytest.raises(InvalidName):
        organisation_subject(pki.NAME, code)


def test_a_long_name_of_an_agency_still_fits():
    name = "Ủy ban " * 40
    subject = organisation_subject(name, pki.SENDER)
    assert len(subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value.encode()) <= 64
    assert subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value == name.strip()


@pytest.mark.parametrize(
    "identifiers", [[], ["VATVN-123"], ["GO:VN-"], ["GO:VN-000.00.00.H24", "GO:VN-000.00.00.H26"]]
)
def test_a_subject_without_exactly_one_agency_is_nobodys(identifiers):
    attributes = [x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, each) for each in identifiers]
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Somebody"), *attributes])
    certificate = authority.issue(pki.issuing(), pki.key("x").public_key(), name, pki.terms(5))
    found = read_subject(certificate)
    assert (found.kind, found.agency, found.name) == (None, None, "Somebody")


def test_the_same_arguments_give_the_same_certificate_and_list():
    assert pki.organisation().der == pki.organisation().der
    assert pki.crl() == pki.crl()


def test_certificates_are_read_from_der_and_pem():
    signer = pki.organisation()
    pem = to_pem(signer.certificate, *signer.chain)
    assert load_certificates(pem) == [signer.certificate, *signer.chain]
    assert load_certificates(signer.der) == [signer.certificate]


@pytest.mark.parametrize(
    "data", [b"", b"junk", b"-----BEGIN CERTIFICATE-----\n", b"-----BEGIN X", b"x" * (5 << 20)]
)
def test_what_is_no_certificate_is_refused_by_name(data):
    with pytest.raises(UnreadableCertificate):
        load_certificates(data)


def test_a_certificate_too_large_to_be_one_is_refused():
    with pytest.raises(UnreadableCertificate):
        read_certificate(b"\x30" * 70_000)


def test_the_summary_is_what_openssl_says(tmp_path):
    signer = pki.organisation()
    signer.write(tmp_path)
    said = pki.openssl(
        tmp_path, "x509", "-in", "cert.pem", "-noout", "-fingerprint", "-sha256", "-serial"
    ).stdout.decode()  # fmt: skip
    shown = summary(signer.certificate)
    assert shown.sha256 in said.replace(":", "").lower()
    assert f"serial=0{shown.serial.upper()}" in said
    assert shown.sha256 == fingerprint(signer.certificate)
    assert (shown.not_before, shown.not_after) == (pki.BEGIN, pki.END - timedelta(days=1))


def test_a_list_says_who_was_revoked_when_and_why():
    at = pki.AT - timedelta(days=1)
    listed = x509.load_der_x509_crl(
        pki.crl(revoked=[Revocation(10, at, "keyCompromise"), Revocation(11, at)])
    )
    first = listed.get_revoked_certificate_by_serial_number(10)
    assert first.revocation_date_utc == at.replace(microsecond=0)
    assert first.extensions[0].value.reason == x509.ReasonFlags.key_compromise
    assert not listed.get_revoked_certificate_by_serial_number(11).extensions
    assert listed.is_signature_valid(pki.issuing().certificate.public_key())


def test_times_without_a_zone_or_backwards_are_refused():
    naive = datetime(2019, 1, 1)  # noqa: DTZ001 that is what is refused
    for begin, end in ((naive, pki.END), (pki.END, pki.BEGIN), (pki.BEGIN, pki.BEGIN)):
        with pytest.raises(InvalidTimes):
            authority.issue_crl(pki.issuing(), 1, begin, end)
        with pytest.raises(InvalidTimes):
            pki.organisation(begin=begin, end=end)
    signer = pki.organisation()
    with pytest.raises(InvalidTimes):
        cms.sign(b"", signer.certificate, signer.key, signing_time=naive)


def test_a_key_of_another_certificate_does_not_sign():
    with pytest.raises(CertificateKeyMismatch):
        cms.sign(b"", pki.organisation().certificate, pki.key("another"))
    with pytest.raises(UnsupportedKey):
        cms.sign(b"", pki.organisation().certificate, ed25519.Ed25519PrivateKey.generate())  # type: ignore[arg-type]


def test_signing_times_past_2049_are_written_as_they_must_be():
    signer = pki.organisation()
    for year in (2049, 2050):
        at = datetime(year, 6, 1, tzinfo=pki.AT.tzinfo)
        signature = cms.sign(pki.CONTENT, signer.certificate, signer.key, signing_time=at)
        assert pki.judge(signature).claimed_time == at
        assert (b"\x17\x0d" + b"4906" in signature) == (year == 2049)


def test_errors_carry_a_code_and_their_parameters():
    error = UnreadableCertificate(size=5, limit=4)
    assert (error.code, error.params) == ("unreadable-certificate", {"size": 5, "limit": 4})
    assert "size=5" in str(error)
    kinds = SigningError.__subclasses__()
    assert len({kind.code for kind in kinds}) == len(kinds)
    assert all(kind.__doc__ for kind in kinds)


def test_the_issuing_authority_is_openssls_idea_of_one(tmp_path):
    (tmp_path / "root.pem").write_bytes(to_pem(pki.root().certificate))
    (tmp_path / "issuing.pem").write_bytes(to_pem(pki.issuing().certificate))
    for signer in (pki.organisation(), pki.person()):
        signer.write(tmp_path)
        pki.openssl(
            tmp_path, "verify", "-x509_strict", "-CAfile", "root.pem", "-untrusted", "issuing.pem",
            "-attime", str(int(pki.AT.timestamp())), "-purpose", "smimesign", "cert.pem",
        )  # fmt: skip
    assert to_der(pki.issuing().certificate)
