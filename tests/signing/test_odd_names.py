"""Across modules: names in Latin-1 Teletex or broken UTF-8 are read, and fail no good signature."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from support import pki

from signing import authority, cms
from signing.certificates import is_same_name, read_certificate
from signing.cms.ber import der_length
from signing.names import authority_subject, encoded_name, name_in
from signing.paths.validation import TrustMaterial

UTF8, TELETEX = 0x0C, 0x14
ODD = {"Latin-1 Teletex": (TELETEX, b"\xe9"), "broken UTF-8": (UTF8, b"\xff")}


def element(tag: int, content: bytes) -> bytes:
    return bytes([tag]) + der_length(len(content)) + content


def renamed(signer: pki.Signer, by: authority.Authority, text: str, odd: str) -> pki.Signer:
    """The signer's certificate with a text of its names spelt oddly, signed anew by its issuer."""
    body = signer.certificate.tbs_certificate_bytes
    old, (tag, letter) = text.encode(), ODD[odd]
    new = element(tag, letter * len(old))
    assert element(UTF8, old) in body
    body = body.replace(element(UTF8, old), new)
    algorithm = signer.der[signer.der.index(signer.certificate.tbs_certificate_bytes) :]
    algorithm = algorithm[len(signer.certificate.tbs_certificate_bytes) :]
    value = by.key.sign(body, ec.ECDSA(hashes.SHA256()))
    der = element(0x30, body + algorithm[: 2 + algorithm[1]] + element(0x03, b"\0" + value))
    return pki.Signer(x509.load_der_x509_certificate(der), signer.key, signer.chain)


@pytest.mark.parametrize("odd", ODD)
def test_a_signature_by_an_oddly_named_signer_passes(odd):
    signer = renamed(pki.organisation(), pki.issuing(), pki.NAME, odd)
    with pytest.raises(ValueError, match="subject"):
        _ = signer.certificate.subject
    signature = cms.sign(pki.CONTENT, signer.certificate, signer.key)
    verdict = pki.judge(signature)
    assert verdict.indication == "TOTAL-PASSED"
    assert verdict.agency == pki.SENDER
    assert verdict.signer
    altered = pki.judge(signature, pki.CONTENT + b" ")
    assert altered.sub_indication == "HASH_FAILURE"


@pytest.mark.parametrize("odd", ODD)
def test_an_oddly_named_root_is_trusted_and_its_names_are_shown(odd):
    plain = authority.create_root(
        pki.key("odd"), authority_subject("Goc cu", "Ban Co yeu"), pki.BEGIN, pki.END, 1
    )
    by = authority.Authority(plain.certificate, plain.key, "odd")
    root = renamed(pki.Signer(plain.certificate, plain.key), by, "Goc cu", odd)
    known = read_certificate(root.der)
    assert known.summary.subject == known.summary.issuer != plain.certificate.subject.rfc4514_string()
    assert is_same_name(known.issuer, encoded_name(root.certificate, "subject"))
    assert name_in(root.certificate, "subject") == name_in(root.certificate, "issuer")
    trust = TrustMaterial((root.der, pki.trust().roots[0]), pki.trust().intermediates, pki.trust().crls)
    assert pki.judge(cms.sign(pki.CONTENT, *own()), material=trust).indication == "TOTAL-PASSED"


def own():
    signer = pki.organisation()
    return signer.certificate, signer.key


def test_latin_1_reads_as_it_looks():
    signer = renamed(pki.organisation(), pki.issuing(), pki.NAME, "Latin-1 Teletex")
    organisations = name_in(signer.certificate, "subject").get_attributes_for_oid(
        x509.NameOID.ORGANIZATION_NAME
    )
    assert set(organisations[0].value) == {"é"}
