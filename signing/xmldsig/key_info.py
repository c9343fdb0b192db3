"""Compares keys, numbers and names in an XML signature with its certificates.

They have to be those of the signer's certificate or, where XAdES refers to several, of an enclosed one. XML
Signature 1.1 §4.5.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from asn1crypto import core  # type: ignore[import-untyped]  # the library ships no types
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import NameOID

from signing.algorithms import compute_digest
from signing.certificate_subjects import name_in
from signing.certificates import KnownCertificate, read_certificate
from signing.cms.parse import parse
from signing.errors import UnreadableCertificate, UnreadableSignature
from signing.policy import DEFAULT
from signing.xmldsig.distinguished_names import names
from signing.xmldsig.elements import DS, NAMES, XADES, Element, decoded
from signing.xmldsig.identifiers import DIGESTS

__all__ = ["AGREEMENTS", "READABLE"]

_DSIG11: Final = NAMES["dsig11"]
_CURVES: Final = MappingProxyType(
    {
        "urn:oid:1.2.840.10045.3.1.7": "secp256r1",
        "urn:oid:1.3.132.0.34": "secp384r1",
        "urn:oid:1.3.132.0.35": "secp521r1",
    }
)
_DIGEST_SIZES: Final = frozenset({20, 28, 32, 48, 64})
_MIN_VALUE: Final = 64
"""Bytes of the shortest signature value, of P-256 or Ed25519."""
_PAIR: Final = 2
_MAX_DIGITS: Final = 80
"""A serial number has at most 20 bytes (RFC 5280 §4.1.2.2); some authorities' are longer."""
_Agreement = Callable[[Element, KnownCertificate | None, Sequence[x509.Name]], bool]


def _is_certificate(der: bytes | None) -> bool:
    try:
        return der is not None and read_certificate(der) is not None
    except UnreadableCertificate:
        return False


def _is_list(der: bytes | None) -> bool:
    try:
        return der is not None and x509.load_der_x509_crl(der) is not None
    except ValueError:
        return False


def _is_ocsp(der: bytes | None) -> bool:
    try:
        return der is not None and ocsp.load_der_ocsp_response(der) is not None
    except ValueError:
        return False


def _is_token(der: bytes | None) -> bool:
    try:
        parse(
            der or b"",
            max_bytes=DEFAULT.max_signature_bytes,
            max_certificates=DEFAULT.max_certificates,
            max_signers=1,
        )
    except UnreadableSignature:
        return False
    return True


def _is_der(octets: bytes | None) -> bool:
    try:
        return octets is not None and core.load(octets, strict=True).native is not None
    except Exception:  # noqa: BLE001 hostile bytes make the library raise all there is
        return False


def _is_digest_value(octets: bytes | None) -> bool:
    return octets is not None and len(octets) in _DIGEST_SIZES


def _is_value(octets: bytes | None) -> bool:
    return octets is not None and len(octets) >= _MIN_VALUE


READABLE: Final[Mapping[str, Callable[[bytes | None], bool]]] = MappingProxyType(
    {
        "certificate": _is_certificate,
        "list": _is_list,
        "ocsp": _is_ocsp,
        "token": _is_token,
        "der": _is_der,
        "digest": _is_digest_value,
        "value": _is_value,
    }
)
"""Whether bytes are what they are said to be."""


def _is_plain(element: Element, *attributes: str) -> bool:
    """Whether there is no attribute but these, and no text between children."""
    texts = [element.text or "", *(child.tail or "" for child in element)] if len(element) else []
    return set(element.attrib) <= set(attributes) and not "".join(texts).strip()


def _is_pair(element: Element) -> bool:
    return len(element) == _PAIR and _is_plain(element)


def _text(element: Element, path: str) -> str | None:
    """Text of the only child that has this name and nothing else; `None` where there is no such."""
    found = element.findall(path, NAMES)
    is_one = len(found) == 1 and not len(found[0]) and not found[0].attrib
    return (found[0].text or "").strip() if is_one else None


def _is_subject(element: Element, known: KnownCertificate | None, _names: Sequence[x509.Name]) -> bool:
    if len(element) or element.attrib or known is None:
        return False
    return names(element.text or "", [name_in(known.certificate, "subject")])


def _is_key_name(element: Element, known: KnownCertificate | None, candidates: Sequence[x509.Name]) -> bool:
    if len(element) or element.attrib:
        return False
    text = (element.text or "").strip()
    if not text or known is None:
        return not text
    common = name_in(known.certificate, "subject").get_attributes_for_oid(NameOID.COMMON_NAME)
    return text in {str(each.value) for each in common} or _is_subject(element, known, candidates)


def _is_issuer_serial(element: Element, known: KnownCertificate | None, _names: Sequence[x509.Name]) -> bool:
    issuer, serial = _text(element, "ds:X509IssuerName"), _text(element, "ds:X509SerialNumber")
    if not _is_pair(element) or known is None or issuer is None or serial is None:
        return False
    return serial == str(known.serial) and names(issuer, [name_in(known.certificate, "issuer")])


def _is_known_issuer(element: Element, _: KnownCertificate | None, candidates: Sequence[x509.Name]) -> bool:
    """For XAdES, which refers so to any certificate of the path."""
    issuer, serial = _text(element, "ds:X509IssuerName"), _text(element, "ds:X509SerialNumber")
    if not _is_pair(element) or issuer is None or serial is None:
        return False
    return serial.isdecimal() and len(serial) <= _MAX_DIGITS and names(issuer, candidates)


def _is_known_name(
    element: Element, _known: KnownCertificate | None, candidates: Sequence[x509.Name]
) -> bool:
    return not len(element) and not element.attrib and names(element.text or "", candidates)


def _is_key_identifier(element: Element, known: KnownCertificate | None, _names: Sequence[x509.Name]) -> bool:
    return known is not None and not element.attrib and decoded(element) == known.key_identifier


def _is_digest(element: Element, known: KnownCertificate | None, _names: Sequence[x509.Name]) -> bool:
    digest = DIGESTS.get(element.get("Algorithm", ""))
    if known is None or digest is None or not _is_plain(element, "Algorithm"):
        return False
    return decoded(element) == compute_digest(digest, known.der)


def _is_key(element: Element, known: KnownCertificate | None, _names: Sequence[x509.Name]) -> bool:
    if known is None or len(element) != 1 or not _is_plain(element):
        return False
    key, inner = known.key.key, element[0]
    if not _is_plain(inner, "Id"):
        return False
    if isinstance(key, rsa.RSAPublicKey) and inner.tag == f"{{{DS}}}RSAKeyValue":
        numbers = key.public_numbers()
        return _values(inner, "ds:Modulus", "ds:Exponent") == (numbers.n, numbers.e)
    if isinstance(key, ec.EllipticCurvePublicKey) and inner.tag == f"{{{_DSIG11}}}ECKeyValue":
        curve = inner.find("dsig11:NamedCurve", NAMES)
        is_plain = curve is not None and not len(curve) and set(curve.attrib) == {"URI"} and not curve.text
        if not is_plain or not _is_pair(inner) or _CURVES.get(curve.get("URI")) != key.curve.name:
            return False
        point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        text = inner.find("dsig11:PublicKey", NAMES)
        return text is not None and not text.attrib and decoded(text) == point
    return False


def _values(element: Element, *paths: str) -> tuple[int, ...]:
    texts = [_text(element, path) for path in paths]
    if len(element) != len(paths) or None in texts:
        return ()
    return tuple(int.from_bytes(decoded(each)) for each in element)


def _is_encoded_key(element: Element, known: KnownCertificate | None, _names: Sequence[x509.Name]) -> bool:
    key = None if known is None else known.key.key
    if key is None or set(element.attrib) - {"Id"}:
        return False
    return decoded(element) == key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _safely(agreement: _Agreement) -> _Agreement:
    def agrees(element: Element, known: KnownCertificate | None, candidates: Sequence[x509.Name]) -> bool:
        try:
            return agreement(element, known, candidates)
        except (UnreadableSignature, ValueError):
            return False

    return agrees


AGREEMENTS: Final[Mapping[str, _Agreement]] = MappingProxyType(
    {
        f"{{{namespace}}}{name}": _safely(agreement)
        for namespace, name, agreement in (
            (DS, "KeyName", _is_key_name),
            (DS, "KeyValue", _is_key),
            (_DSIG11, "DEREncodedKeyValue", _is_encoded_key),
            (DS, "X509SubjectName", _is_subject),
            (DS, "X509IssuerSerial", _is_issuer_serial),
            (DS, "X509SKI", _is_key_identifier),
            (_DSIG11, "X509Digest", _is_digest),
            (XADES, "IssuerSerial", _is_known_issuer),
            (XADES, "Issuer", _is_known_name),
            (XADES, "ByName", _is_known_name),
        )
    }
)
"""By element: whether all it says is so. What it holds is looked at by it alone."""
