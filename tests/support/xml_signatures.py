"""Signed XML for the tests, made by signxml's own signer."""

from dataclasses import replace
from typing import Any

from lxml import etree
from signxml import XMLSigner, methods
from signxml.xades import XAdESSigner
from support import pki
from support.pki import Signer

from signing import keys
from signing.certificates import to_pem
from signing.verdict import SignatureVerdict
from signing.xmldsig.judging import verify_xml

DS = "http://www.w3.org/2000/09/xmldsig#"
LETTER = b'<letter xmlns="urn:letter" Id="letter"><to>H26</to><subject>V/v</subject></letter>'
BOX = b'<box><letter xmlns="urn:letter" Id="letter"><to>H26</to></letter></box>'


class OldSigner(XMLSigner):
    """Signs with SHA-1, as they did."""

    def check_deprecated_methods(self) -> None:
        """Nothing is too old."""


def sign(xml: bytes, signer: Signer | None = None, **options: Any) -> bytes:
    """Sign XML: enveloped, ECDSA and SHA-256, unless `options` say otherwise."""
    by = signer or pki.organisation()
    uri = options.pop("uri", None)
    settings = {
        "method": methods.enveloped,
        "signature_algorithm": "ecdsa-sha256",
        "digest_algorithm": "sha256",
        **options,
    }
    made = OldSigner(**settings).sign(
        etree.fromstring(xml),
        key=keys.to_pem(by.key),
        cert=to_pem(by.certificate, *by.chain).decode(),
        reference_uri=uri,
    )
    return bytes(etree.tostring(made))


class _Naming(XAdESSigner):
    """Names another certificate in the signed properties than the one it signs with."""

    named: Signer | None = None

    def add_signing_certificate(self, properties: Any, sig_root: Any, signing_settings: Any) -> None:
        """Put the name in."""
        if self.named is not None:
            signing_settings = replace(signing_settings, cert_chain=[self.named.certificate])
        super().add_signing_certificate(properties, sig_root, signing_settings)


def sign_xades(xml: bytes, named: Signer | None = None) -> bytes:
    """Sign XML with the properties of XAdES; `named`: whose certificate they name (default: the signer's)."""
    by = pki.organisation()
    signer = _Naming(signature_algorithm="ecdsa-sha256", digest_algorithm="sha256")
    signer.named = named
    chain = to_pem(by.certificate, *by.chain).decode()
    return bytes(etree.tostring(signer.sign(etree.fromstring(xml), key=keys.to_pem(by.key), cert=chain)))


def judge_all(data: bytes, **more: Any) -> tuple[SignatureVerdict, ...]:
    """Judge as the hub would, every path worked out anew."""
    covers = more.pop("covers", "letter.xml")
    return verify_xml(data, covers, pki.context(**more))


def judge(data: bytes, **more: Any) -> SignatureVerdict:
    """Judge the only signature of a document."""
    (verdict,) = judge_all(data, **more)
    return verdict
