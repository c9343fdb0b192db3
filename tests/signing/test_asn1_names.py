"""Across modules: names in Latin-1 Teletex or broken UTF-8 are read, and fail no good signature."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from support import pki, raw_certificates
from support.raw_cms import seq, tlv
from support.raw_revocation import (
    AUTHORITY_KEY,
    DISTRIBUTION_POINT,
    ISSUER_NAMES,
    extension,
    key_hash,
    raw_list,
)

from signing import authority, cms
from signing.certificate_subjects import authority_subject, encoded_name, name_in
from signing.certificates import is_same_name, read_certificate
from signing.cms.ber import der_length
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
    plain = authority.create_root(pki.key("odd"), authority_subject("Goc cu", "Ban Co yeu"), pki.terms(1))
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


ODD_TEXTS = {
    "Latin-1 Teletex": (TELETEX, "Phú Xuân".encode("latin-1")),
    "UTF-8 in Teletex": (TELETEX, "Phú Xuân".encode()),
    "broken UTF-8": (UTF8, b"Ph\xfa\xff"),
    "no letter": (UTF8, b""),
    "letters that nobody assigned": (UTF8, "\u0378".encode()),
    "letters beside ASCII in IA5": (0x16, b"Ph\xfa"),
}


@pytest.mark.parametrize("odd", ODD_TEXTS)
def test_odd_texts_in_extensions_and_lists_fail_no_good_signature(odd):
    tag, text = ODD_TEXTS[odd]
    root = raw_certificates.root(text, tag)
    by = root.subject, root.key
    names = seq(tlv(0xA4, root.subject))
    whole_name = seq(seq(tlv(0xA0, tlv(0xA0, tlv(0xA4, root.subject)))))
    address = tlv(0x86, b"http://ca.vn/" + text)
    own_key = seq(tlv(0x80, key_hash(root.key)), tlv(0xA1, tlv(0xA4, root.subject)), tlv(0x82, b"\x01"))
    notice = seq(bytes.fromhex("06082b06010505070202"), seq(tlv(tag, text)))
    caissuers = bytes.fromhex("06082b06010505073002")
    for more in (
        extension(raw_certificates.ALTERNATIVE_NAMES, names),
        extension(raw_certificates.ALTERNATIVE_NAMES, seq(tlv(0x81, text + b"@a.vn"))),
        extension(ISSUER_NAMES, names),
        extension(AUTHORITY_KEY, own_key),
        extension(raw_certificates.POLICIES, seq(seq(bytes.fromhex("06032a0304"), seq(notice)))),
        extension(raw_certificates.LIST_PLACES, whole_name),
        extension(raw_certificates.LIST_PLACES, seq(seq(tlv(0xA0, tlv(0xA0, address))))),
        extension(raw_certificates.INFORMATION_ACCESS, seq(seq(caissuers, address))),
    ):
        signer = raw_certificates.signer(root, more)
        material = TrustMaterial((root.der,), (), (raw_list(by=by),))
        assert pki.judge(signer.sign(), material=material).indication == "TOTAL-PASSED"
    for more in (extension(AUTHORITY_KEY, own_key), extension(ISSUER_NAMES, names)):
        material = TrustMaterial((root.der,), (), (raw_list(by=by, extensions=[more]),))
        assert pki.judge(raw_certificates.signer(root).sign(), material=material).indication == "TOTAL-PASSED"


def test_a_list_for_a_place_with_an_odd_name_is_the_list_for_it():
    root = raw_certificates.root()
    by = root.subject, root.key
    place = tlv(0xA0, tlv(0xA0, tlv(0xA4, root.subject)))
    other = tlv(0xA0, tlv(0xA0, tlv(0xA4, pki.issuing().certificate.subject.public_bytes())))
    signer = raw_certificates.signer(root, extension(raw_certificates.LIST_PLACES, seq(seq(place))))
    for scope, expected in ((place, None), (other, "TRY_LATER")):
        own = raw_list(by=by, extensions=[extension(DISTRIBUTION_POINT, seq(scope), is_critical=True)])
        verdict = pki.judge(signer.sign(), material=TrustMaterial((root.der,), (), (own,)))
        assert verdict.sub_indication == expected
