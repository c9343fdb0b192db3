"""Certificates that contradict themselves are refused, and their bytes are kept as received."""

import hashlib

from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from support import pki, pkits

from signing.paths.asn1 import load_certificate
from signing.paths.validation import Enclosed, validate_path


def test_a_certificate_that_names_two_signature_algorithms_is_refused():
    der = pki.organisation().der
    sha256, sha384 = bytes.fromhex("2a8648ce3d040302"), bytes.fromhex("2a8648ce3d040303")
    first, last = der.index(sha256), der.rindex(sha256)
    assert first < last
    altered = der[:last] + sha384 + der[last + len(sha384) :]
    outcome = validate_path(altered, Enclosed(), pki.trust(), pki.AT)
    assert outcome.indication == "INDETERMINATE"
    assert dict(outcome.params)["reason"] == "malformed-certificate"


def test_a_certificate_that_says_the_same_thing_twice_is_refused():
    # Two key usages: whichever is read, somebody else reads the other. The package makes no such certificate.
    certificate = asn1_x509.Certificate.load(pki.organisation().der).copy()
    body = certificate["tbs_certificate"]
    for times, expected in ((1, None), (2, "malformed-certificate")):
        usage = next(each for each in body["extensions"] if each["extn_id"].native == "key_usage").copy()
        if times > 1:
            body["extensions"].append(usage)
        signature = pki.issuing().key.sign(body.dump(force=True), ec.ECDSA(hashes.SHA256()))
        certificate["signature_value"] = signature
        outcome = validate_path(certificate.dump(force=True), Enclosed(), pki.trust(), pki.AT)
        assert dict(outcome.params).get("reason") == expected


def test_certificates_keep_their_bytes_whatever_their_length():
    # asn1crypto takes a length that ends in 0x80 for an indefinite one and encodes anew, which loses the
    # unused bits of a unique identifier. NIST's suite has one.
    der = (pkits.DATA / "certs" / "UIDCACert.crt").read_bytes()
    assert der[3] == 0x80
    assert asn1_x509.Certificate.load(der).dump() != der
    certificate = load_certificate(der)
    assert certificate.dump() == der
    assert certificate["tbs_certificate"].dump() in der
    assert certificate.sha256 == hashlib.sha256(der).digest()
