"""Algorithms named in two places that contradict each other."""

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from support import pki, raw_cms

RSA = {"sha1": 5, "sha384": 12, "sha512": 13}
ECDSA = {
    "sha1": "300906072a8648ce3d0401",
    "sha384": "300a06082a8648ce3d040303",
    "sha512": "300a06082a8648ce3d040304",
}
HASHES = {
    "sha1": hashes.SHA1(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
@pytest.mark.parametrize(
    ("named", "made", "expected"),
    [
        ("sha512", "sha256", None),
        ("sha512", "sha512", None),
        ("sha384", "sha512", "SIG_CRYPTO_FAILURE"),
        ("sha512", "sha1", "SIG_CRYPTO_FAILURE"),
        ("sha1", "sha256", "CRYPTO_CONSTRAINTS_FAILURE"),
        ("sha1", "sha1", "CRYPTO_CONSTRAINTS_FAILURE"),
    ],
)
def test_of_two_digests_named_either_may_be_the_signatures(kind, named, made, expected):
    """Some fill in a constant for the method; openssl goes by the digest of the content alone."""
    attributes = [raw_cms.content_type(), raw_cms.message_digest()]
    signed = raw_cms.tlv(0x31, *attributes)
    if kind == "rsa":
        signer = pki.organisation("rsa-2048")
        method = raw_cms.seq(bytes.fromhex(f"06092a864886f70d0101{RSA[named]:02x}"), raw_cms.tlv(5))
        value = signer.key.sign(signed, padding.PKCS1v15(), HASHES[made])
    else:
        signer, method = pki.organisation(), bytes.fromhex(ECDSA[named])
        value = signer.key.sign(signed, ec.ECDSA(HASHES[made]))
    verdict = pki.judge(raw_cms.signature(signer, attributes, method=method, value=value))
    assert verdict.sub_indication == expected
