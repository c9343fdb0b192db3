"""Inside of a signature stands nothing unsigned that a reader could take for content."""

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from support import pki, tsa
from support.xml_by_hand import XADES, base64_of, enveloped, reference, signature, signer, x509_data
from support.xml_signatures import judge, judge_all

from signing.verdict_vocabulary import Indication, SubIndication

BEFORE, AFTER = "<a><b>1</b>", "</a>"


def made(key_info=None, objects=""):
    return enveloped(BEFORE, AFTER, key_info=key_info, objects=objects)


def of(certificate):
    """Write its subject in several platforms' ways."""
    name = certificate.subject
    forward = ", ".join(f"{each.rfc4514_attribute_name}={each.value}" for each in name)
    backward = name.rfc4514_string()
    numbered = ", ".join(f'OID.{each.oid.dotted_string}="{each.value}"' for each in reversed(list(name)))
    return [forward, backward, numbered]


SIGNER = signer()
NUMBERS = SIGNER.key.public_key().public_numbers()
MODULUS = base64_of(NUMBERS.n.to_bytes(256))
RSA = f"<KeyValue><RSAKeyValue><Modulus>{MODULUS}</Modulus><Exponent>AQAB</Exponent></RSAKeyValue></KeyValue>"
ENCODED = base64_of(SIGNER.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
ISSUER = SIGNER.certificate.issuer.rfc4514_string()
SERIAL = f"<X509SerialNumber>{SIGNER.certificate.serial_number}</X509SerialNumber>"
HONEST = {
    "one certificate": x509_data(),
    **{
        f"subject {place}": x509_data(f"<X509SubjectName>{name}</X509SubjectName>")
        for place, name in enumerate(of(SIGNER.certificate))
    },
    "issuer and serial": x509_data(
        f"<X509IssuerSerial><X509IssuerName>{ISSUER}</X509IssuerName>{SERIAL}</X509IssuerSerial>"
    ),
    "list": x509_data(f"<X509CRL>{base64_of(pki.crl())}</X509CRL>"),
    "key": RSA + x509_data(),
    "encoded key": (
        f'<d:DEREncodedKeyValue xmlns:d="http://www.w3.org/2009/xmldsig11#">{ENCODED}</d:DEREncodedKeyValue>'
        + x509_data()
    ),
    "empty key name": "<KeyName/>" + x509_data(),
}


@pytest.mark.parametrize("case", HONEST)
def test_what_agrees_with_the_signers_certificate_passes(case):
    assert judge(made(HONEST[case])).indication is Indication.TOTAL_PASSED


LOOSE = {
    "an element in KeyInfo": '<b xmlns="">9</b>' + x509_data(),
    "text in KeyInfo": "pay 9" + x509_data(),
    "text behind X509Data": x509_data() + "pay 9",
    "a key's name": "<KeyName>pay 9</KeyName>" + x509_data(),
    "management data": "<MgmtData>pay 9</MgmtData>" + x509_data(),
    "a reference to elsewhere": '<RetrievalMethod URI="http://evil.vn/"/>' + x509_data(),
    "an element in X509Data": x509_data('<b xmlns="">9</b>'),
    "text in X509Data": x509_data("pay 9"),
    "another subject": x509_data("<X509SubjectName>CN=Somebody</X509SubjectName>"),
    "more than the subject": x509_data(
        f"<X509SubjectName>{SIGNER.certificate.subject.rfc4514_string()},CN=pay 9</X509SubjectName>"
    ),
    "an element in the subject": x509_data("<X509SubjectName><b>9</b></X509SubjectName>"),
    "another serial": x509_data(
        f"<X509IssuerSerial><X509IssuerName>{ISSUER}</X509IssuerName>"
        "<X509SerialNumber>9000</X509SerialNumber></X509IssuerSerial>"
    ),
    "another issuer": x509_data(
        f"<X509IssuerSerial><X509IssuerName>CN=pay</X509IssuerName>{SERIAL}</X509IssuerSerial>"
    ),
    "another key": RSA.replace("AQAB", "Aw==") + x509_data(),
    "another key identifier": x509_data("<X509SKI>PAY9</X509SKI>"),
    "words for a list": x509_data("<X509CRL>PAY9000TOH99</X509CRL>"),
    "an attribute of KeyInfo's child": x509_data().replace("<X509Data>", '<X509Data note="pay 9">'),
    "a namespace nobody knows": x509_data().replace("<X509Data>", '<X509Data xmlns:n="pay:9">'),
    "an instruction": "<?pay 9?>" + x509_data(),
}
OBJECTS = {
    "an Object": '<Object><b xmlns="">9</b></Object>',
    "text in an Object": "<Object>pay 9</Object>",
    "an Object's type": '<Object MimeType="pay 9"/>',
    "unsigned SignatureProperties": "<Object><SignatureProperties><SignatureProperty>9</SignatureProperty>"
    "</SignatureProperties></Object>",
    "a Manifest": "<Object><Manifest/></Object>",
}


@pytest.mark.parametrize("case", LOOSE)
def test_what_could_be_read_in_key_info_leaves_it_open(case):
    assert_open(judge(made(LOOSE[case])))


@pytest.mark.parametrize("case", OBJECTS)
def test_what_could_be_read_in_an_object_leaves_it_open(case):
    assert_open(judge(made(objects=OBJECTS[case])))


def assert_open(verdict):
    assert (verdict.indication, verdict.sub_indication) == (
        Indication.INDETERMINATE,
        SubIndication.SIG_CONSTRAINTS_FAILURE,
    )
    assert dict(verdict.params)["reason"] == "xml-loose"


def properties(unsigned):
    held = f"<x:UnsignedSignatureProperties>{unsigned}</x:UnsignedSignatureProperties>"
    return (
        f'<Object><x:QualifyingProperties xmlns:x="{XADES}"><x:UnsignedProperties>{held}'
        "</x:UnsignedProperties></x:QualifyingProperties></Object>"
    )


def stamp(token):
    return (
        f'<x:SignatureTimeStamp Id="T1"><CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>'
        f"<x:EncapsulatedTimeStamp>{token}</x:EncapsulatedTimeStamp></x:SignatureTimeStamp>"
    )


CERTIFICATE = base64_of(SIGNER.certificate.public_bytes(Encoding.DER))
KEPT = {
    "certificates": "<x:CertificateValues><x:EncapsulatedX509Certificate>"
    f"{CERTIFICATE}</x:EncapsulatedX509Certificate></x:CertificateValues>",
    "lists": "<x:RevocationValues><x:CRLValues><x:EncapsulatedCRLValue>"
    f"{base64_of(pki.crl())}</x:EncapsulatedCRLValue></x:CRLValues></x:RevocationValues>",
    "references": "<x:CompleteCertificateRefs><x:CertRefs><x:Cert><x:CertDigest>"
    f'<DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><DigestValue>{base64_of(bytes(32))}'
    f"</DigestValue></x:CertDigest><x:IssuerSerial><X509IssuerName>{ISSUER}</X509IssuerName>{SERIAL}"
    "</x:IssuerSerial></x:Cert></x:CertRefs></x:CompleteCertificateRefs>",
    "a time-stamp": stamp(base64_of(tsa.token())),
    "a countersignature": f"<x:CounterSignature>{signature(reference('#v', ''))}</x:CounterSignature>",
}


@pytest.mark.parametrize("case", KEPT)
def test_what_xades_keeps_for_later_passes(case):
    first, *_ = judge_all(made(objects=properties(KEPT[case])))
    assert first.indication is Indication.TOTAL_PASSED


@pytest.mark.parametrize(
    "unsigned",
    [
        "<b>9</b>",
        "pay 9",
        "<x:UnsignedDataObjectProperty>9</x:UnsignedDataObjectProperty>",
        KEPT["certificates"].replace(CERTIFICATE, "PAY9"),
        KEPT["lists"].replace("<x:CRLValues>", "<x:OtherValues>9</x:OtherValues><x:CRLValues>"),
        KEPT["references"].replace(ISSUER, "CN=pay 9"),
        KEPT["references"].replace(base64_of(bytes(32)), "PAY9000TOH99"),
        KEPT["a time-stamp"].replace('Id="T1"', 'Id="pay 9"'),
        KEPT["a time-stamp"].replace("http://www.w3.org/2001/10/xml-exc-c14n#", "http://www.w3.org/pay 9"),
        stamp("PAY9"),
        KEPT["a countersignature"].replace("<KeyInfo>", "<KeyInfo><KeyName>pay 9</KeyName>"),
        KEPT["a countersignature"].replace('URI="#v"', 'URI="pay 9"'),
        KEPT["a countersignature"].replace("</Signature>", "<Object><b>9</b></Object></Signature>"),
    ],
)
def test_what_could_be_read_in_unsigned_properties_leaves_it_open(unsigned):
    first, *_ = judge_all(made(objects=properties(unsigned)))
    assert_open(first)


def test_signed_properties_that_no_reference_covers_leave_it_open():
    claimed = (
        "<x:SignedProperties><x:SignedSignatureProperties><x:SigningTime>2019-06-03T02:11:09Z</x:SigningTime>"
        "</x:SignedSignatureProperties></x:SignedProperties><x:UnsignedProperties>"
    )
    assert_open(judge(made(objects=properties("").replace("<x:UnsignedProperties>", claimed))))


@pytest.mark.parametrize("attribute", ['note="pay 9"', 'Id="pay 9"', 'xmlns:n="pay:9"', 'xml:lang="vi"'])
def test_an_attribute_of_the_signature_itself_does_not_pass(attribute):
    signed = made().decode().replace("<Signature ", f"<Signature {attribute} ").encode()
    assert judge(signed).indication is not Indication.TOTAL_PASSED
    assert judge(made().replace(b"<Signature ", b'<Signature Id="s1" ')).indication is Indication.TOTAL_PASSED
