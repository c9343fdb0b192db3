"""Across modules: algorithms, encodings and attributes of other tools; which pass, and which never do."""

import datetime as dt
import hashlib

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, padding, rsa
from support import pki, raw_cms

from signing import cms, policy
from signing.certificate_subjects import organisation_subject
from signing.verify import TrustedTime

OIDS = {
    "md5": "300c06082a864886f70d02050500",
    "sha1": "300906052b0e03021a0500",
    "sha224": "300b0609608648016503040204",
    "sha256": "300b0609608648016503040201",
    "sha384": "300b0609608648016503040202",
    "sha512": "300b0609608648016503040203",
}
HASHES = {
    "md5": hashes.MD5(),
    "sha1": hashes.SHA1(),
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
ECDSA = {
    "sha1": "300906072a8648ce3d0401",
    "sha256": "300a06082a8648ce3d040302",
    "sha384": "300a06082a8648ce3d040303",
    "sha512": "300a06082a8648ce3d040304",
}
ED25519 = bytes.fromhex("300506032b6570")
DSA = bytes.fromhex("300b0609608648016503040302")
NULL = b"\x05\x00"


def with_key(private, serial=88, patched=None):
    """A certificate of our issuing authority for a key of any kind, its serial's bytes as wanted."""
    by = pki.issuing()
    builder = x509.CertificateBuilder().issuer_name(by.certificate.subject).serial_number(serial)
    builder = builder.subject_name(organisation_subject(pki.NAME, pki.SENDER))
    builder = builder.not_valid_before(pki.BEGIN).not_valid_after(pki.END).public_key(private.public_key())
    certificate = builder.sign(by.key, hashes.SHA256())
    if patched is not None:
        tbs = certificate.tbs_certificate_bytes.replace(b"\x02\x01\x58", b"\x02\x01" + patched, 1)
        value = raw_cms.tlv(3, b"\x00" + by.key.sign(tbs, ec.ECDSA(hashes.SHA256())))
        der = raw_cms.seq(tbs, raw_cms.ECDSA_SHA256, value)
        return Held(certificate, private, (), der)
    return pki.Signer(certificate, private)


class Held(pki.Signer):
    """A signer whose certificate has other bytes than the library would read without a warning."""

    def __init__(self, certificate, key, chain, der):
        super().__init__(certificate, key, chain)
        object.__setattr__(self, "bytes", der)

    @property
    def der(self):
        return self.bytes


def digested(name, content=pki.CONTENT):
    value = hashlib.new(name, content, usedforsecurity=False).digest()
    return [raw_cms.content_type(), raw_cms.attribute(raw_cms.MESSAGE_DIGEST, raw_cms.tlv(4, value))]


def signed(signer, digest, method, sign, attributes=None):
    given = sorted(digested(digest) if attributes is None else attributes)
    value = sign(raw_cms.tlv(0x31, *given))
    return raw_cms.signature(signer, given, digest=bytes.fromhex(OIDS[digest]), method=method, value=value)


def word(verdict):
    return verdict.indication.value, verdict.sub_indication and verdict.sub_indication.value


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()], ids=lambda c: c.name)
@pytest.mark.parametrize("digest", ["sha1", "sha256", "sha384", "sha512"])
def test_ecdsa_passes_on_the_three_curves_and_never_by_sha1(curve, digest):
    key = ec.derive_private_key(0x1234567, curve)
    signature = signed(
        with_key(key),
        digest,
        bytes.fromhex(ECDSA[digest]),
        lambda data: key.sign(data, ec.ECDSA(HASHES[digest])),
    )
    expected = ("TOTAL-PASSED", None) if digest != "sha1" else ("INDETERMINATE", "CRYPTO_CONSTRAINTS_FAILURE")
    verdict = pki.judge(signature)
    assert word(verdict) == expected
    assert verdict.algorithms == f"ecdsa-p{curve.key_size}-{digest}"


def test_ed25519_passes_with_sha512_attributes():
    key = ed25519.Ed25519PrivateKey.from_private_bytes(b"k" * 32)
    signature = signed(with_key(key), "sha512", ED25519, key.sign)
    assert word(pki.judge(signature)) == ("TOTAL-PASSED", None)
    assert word(pki.judge(signature, b"other")) == ("TOTAL-FAILED", "HASH_FAILURE")


@pytest.mark.parametrize("digest", ["md5", "sha1", "sha224"])
def test_rsa_with_a_weak_digest_is_understood_and_never_passes(digest):
    key = pki.key("rsa-2048")
    signature = signed(
        pki.organisation("rsa-2048"),
        digest,
        raw_cms.RSA,
        lambda data: key.sign(data, padding.PKCS1v15(), HASHES[digest]),
    )
    verdict = pki.judge(signature)
    assert word(verdict) == ("INDETERMINATE", "CRYPTO_CONSTRAINTS_FAILURE")
    assert pki.check(verdict, "signature-value").outcome == "passed"
    assert digest in verdict.to_json()["sentence"]


def test_a_short_rsa_key_never_passes():
    key = rsa.generate_private_key(65537, 1024)
    signature = signed(
        with_key(key), "sha256", raw_cms.RSA, lambda data: key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    )
    verdict = pki.judge(signature)
    assert word(verdict) == ("INDETERMINATE", "CRYPTO_CONSTRAINTS_FAILURE")
    assert "rsa-1024" in verdict.to_json("vi")["sentence"]


def test_a_public_exponent_of_three_never_passes():
    key = rsa.generate_private_key(3, 2048)
    signature = signed(
        with_key(key), "sha256", raw_cms.RSA, lambda data: key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    )
    verdict = pki.judge(signature)
    assert word(verdict) == ("INDETERMINATE", "CRYPTO_CONSTRAINTS_FAILURE")
    assert "rsa-2048 (e=3)" in verdict.to_json()["sentence"]


def test_a_public_exponent_of_one_proves_nothing():
    """With it, the padded digest itself is the signature: anybody has the key."""
    facts = policy.KeyFacts(None, "rsa", 2048, exponent=1)
    assert not policy.DEFAULT.admits_key(facts)
    assert policy.DEFAULT.admits_key(policy.KeyFacts(None, "rsa", 2048, exponent=65537))


def pss(digest, mask, salt, *, trailer=b""):
    def name(algorithm):
        return bytes.fromhex(OIDS[algorithm])

    mgf1 = raw_cms.seq(bytes.fromhex("06092a864886f70d010108"), name(mask))
    parts = [
        raw_cms.tlv(0xA0, name(digest)),
        raw_cms.tlv(0xA1, mgf1),
        raw_cms.tlv(0xA2, raw_cms.tlv(2, salt)),
    ]
    return raw_cms.seq(bytes.fromhex("06092a864886f70d01010a"), raw_cms.seq(*parts, trailer))


@pytest.mark.parametrize(
    ("digest", "mask", "salt", "passes"),
    [
        ("sha256", "sha256", 32, True),
        ("sha256", "sha256", 0, True),
        ("sha384", "sha384", 48, True),
        ("sha512", "sha512", 64, True),
        ("sha256", "sha512", 32, True),
        ("sha256", "sha256", 222, True),
        ("sha256", "sha1", 32, False),
        ("sha1", "sha1", 20, False),
    ],
)
def test_pss_passes_with_any_salt_and_admitted_digests(digest, mask, salt, passes):
    key = pki.key("rsa-2048")
    scheme = padding.PSS(padding.MGF1(HASHES[mask]), salt)
    signature = signed(
        pki.organisation("rsa-2048"),
        digest,
        pss(digest, mask, bytes((salt,)) if salt < 128 else bytes((0, salt))),
        lambda data: key.sign(data, scheme, HASHES[digest]),
    )
    verdict = pki.judge(signature)
    expected = ("TOTAL-PASSED", None) if passes else ("INDETERMINATE", "CRYPTO_CONSTRAINTS_FAILURE")
    assert word(verdict) == expected
    assert pki.check(verdict, "signature-value").outcome == "passed"


@pytest.mark.parametrize("salt", [b"\x1f", b"\x21", b"\x01\x00", b"\xff", b"\x7f\xff\xff\xff"])
def test_pss_with_another_salt_than_stated_does_not_pass(salt):
    key = pki.key("rsa-2048")
    scheme = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    signature = signed(
        pki.organisation("rsa-2048"),
        "sha256",
        pss("sha256", "sha256", salt),
        lambda data: key.sign(data, scheme, hashes.SHA256()),
    )
    assert pki.judge(signature).indication != "TOTAL-PASSED"


@pytest.mark.parametrize("method", [raw_cms.RSA, raw_cms.seq(bytes.fromhex("06092a864886f70d01010a"))])
def test_a_pss_signature_said_to_be_otherwise_does_not_pass(method):
    key = pki.key("rsa-2048")
    scheme = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    signature = signed(
        pki.organisation("rsa-2048"), "sha256", method, lambda data: key.sign(data, scheme, hashes.SHA256())
    )
    assert pki.judge(signature).indication != "TOTAL-PASSED"


@pytest.fixture(scope="module")
def dsa_signature():
    key = dsa.generate_private_key(1024)
    return signed(with_key(key), "sha256", DSA, lambda data: key.sign(data, hashes.SHA256()))


def test_dsa_is_understood_and_passes_only_under_a_policy_that_admits_it(dsa_signature):
    verdict = pki.judge(dsa_signature)
    assert word(verdict) == ("INDETERMINATE", "CRYPTO_CONSTRAINTS_FAILURE")
    assert verdict.algorithms == "dsa-1024-sha256"
    assert pki.check(verdict, "signature-value").outcome == "passed"
    admitted = pki.judge(dsa_signature, policy=policy.POLICIES["admits-dsa"])
    assert word(admitted) == ("TOTAL-PASSED", None)
    assert admitted.policy == "admits-dsa"


def test_a_policy_that_admits_dsa_admits_sha1_with_no_other_key():
    key = pki.key("rsa-2048")
    signature = signed(
        pki.organisation("rsa-2048"),
        "sha1",
        raw_cms.RSA,
        lambda data: key.sign(data, padding.PKCS1v15(), hashes.SHA1()),
    )
    verdict = pki.judge(signature, policy=policy.ADMITS_DSA)
    assert word(verdict) == ("INDETERMINATE", "CRYPTO_CONSTRAINTS_FAILURE")


@pytest.mark.parametrize("patched", [b"\x00", b"\xff", b"\x80"])
@pytest.mark.filterwarnings("error")
def test_a_certificate_whose_serial_is_not_positive_is_read_without_a_warning(patched):
    signer = with_key(pki.key("odd"), patched=patched)
    named = raw_cms.seq(
        raw_cms.tlv(0x30, pki.issuing().certificate.subject.public_bytes()[2:]), raw_cms.tlv(2, patched)
    )
    info = raw_cms.signer_info(pki.Signer(signer.certificate, signer.key), digested("sha256"), named=named)
    verdict = pki.judge(raw_cms.signed_data(info, certificates=[signer.der]))
    assert verdict.certificate is not None
    assert pki.check(verdict, "signature-value").outcome == "passed"


def test_attributes_out_of_order_pass_whichever_order_was_signed():
    attributes = sorted(digested("sha256"), reverse=True)
    signer = pki.organisation()
    assert attributes != sorted(attributes)
    as_received = raw_cms.sign_bytes(signer, raw_cms.tlv(0x31, *attributes))
    in_order = raw_cms.sign_bytes(signer, raw_cms.tlv(0x31, *sorted(attributes)))
    other = raw_cms.sign_bytes(signer, raw_cms.tlv(0x31, *digested("sha256", b"other")))
    for value, expected in ((as_received, None), (in_order, None), (other, "SIG_CRYPTO_FAILURE")):
        assert word(pki.judge(raw_cms.signature(signer, attributes, value=value)))[1] == expected


@pytest.mark.parametrize("parameters", [b"", NULL])
def test_algorithms_without_parameters_are_written_in_two_ways(parameters):
    signer = pki.organisation("rsa-2048")
    digest = raw_cms.seq(bytes.fromhex("0609608648016503040201"), parameters)
    method = raw_cms.seq(bytes.fromhex("06092a864886f70d010101"), parameters)
    assert (
        word(pki.judge(raw_cms.signature(signer, digested("sha256"), digest=digest, method=method)))[1]
        is None
    )


@pytest.mark.parametrize("parameters", [b"\x04\x01a", b"\x05\x01\x00", b"\x30\x00", NULL + NULL])
def test_algorithms_with_parameters_that_they_do_not_take_are_refused(parameters):
    signer = pki.organisation("rsa-2048")
    for name, identifier in (("digest", "0609608648016503040201"), ("method", "06092a864886f70d010101")):
        algorithm = raw_cms.seq(bytes.fromhex(identifier), parameters)
        verdict = pki.judge(raw_cms.signature(signer, digested("sha256"), **{name: algorithm}))
        assert word(verdict) == ("TOTAL-FAILED", "FORMAT_FAILURE")


@pytest.mark.parametrize("version", [b"\x00", b"\x06", b"\xff", b"\x7f\xff"])
def test_a_version_that_does_not_exist_is_refused(version):
    good = raw_cms.signature(pki.organisation(), digested("sha256"))
    assert word(pki.judge(good))[1] is None
    body = raw_cms.seq(
        raw_cms.tlv(2, version),
        raw_cms.tlv(0x31, raw_cms.SHA256),
        raw_cms.seq(raw_cms.DATA),
        raw_cms.tlv(0xA0, pki.organisation().der),
        raw_cms.tlv(0x31, raw_cms.signer_info(pki.organisation(), digested("sha256"))),
    )
    verdict = pki.judge(raw_cms.seq(raw_cms.SIGNED_DATA, raw_cms.tlv(0xA0, body)))
    assert word(verdict) == ("TOTAL-FAILED", "FORMAT_FAILURE")


def test_a_certificate_counts_as_valid_within_the_clock_skew_before_its_first_moment():
    signer = pki.organisation(begin=pki.AT.replace(microsecond=0) + dt.timedelta(minutes=10))
    signature = cms.sign(pki.CONTENT, signer.certificate, signer.key)
    begins = signer.certificate.not_valid_before_utc
    skew = policy.DEFAULT.clock_skew
    for at, expected in (
        (begins, None),
        (begins - skew, None),
        (begins - skew - dt.timedelta(microseconds=1), "NOT_YET_VALID"),
    ):
        assert word(pki.judge(signature, time=TrustedTime(at)))[1] == expected


@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512", "sha1"])
@pytest.mark.parametrize("kind", ["rsa", "ecdsa", "pss"])
def test_a_signature_algorithm_in_place_of_the_digest_means_its_digest(kind, digest):
    """Windows writes sha256WithRSAEncryption there."""
    number = {"sha1": 5, "sha256": 11, "sha384": 12, "sha512": 13}[digest]
    named = {
        "rsa": raw_cms.seq(bytes.fromhex(f"06092a864886f70d0101{number:02x}"), NULL),
        "ecdsa": bytes.fromhex(ECDSA[digest]),
        "pss": pss(digest, digest, b"\x20"),
    }[kind]
    signer = pki.organisation("rsa-2048")
    attributes = digested(digest)
    value = signer.key.sign(raw_cms.tlv(0x31, *attributes), padding.PKCS1v15(), HASHES[digest])
    signature = raw_cms.signature(signer, attributes, digest=named, value=value)
    expected = ("TOTAL-PASSED", None) if digest != "sha1" else ("INDETERMINATE", "CRYPTO_CONSTRAINTS_FAILURE")
    assert word(pki.judge(signature)) == expected
    assert pki.check(pki.judge(signature), "digest-algorithm").found == digest
    assert word(pki.judge(signature, b"other"))[1] == "HASH_FAILURE"


def test_a_key_in_place_of_the_digest_means_none():
    signature = raw_cms.signature(pki.organisation(), digested("sha256"), digest=raw_cms.RSA)
    assert word(pki.judge(signature)) == ("INDETERMINATE", "CRYPTO_CONSTRAINTS_FAILURE")
