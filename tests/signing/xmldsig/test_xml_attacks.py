"""Across modules: forged, wrapped and hostile XML never passes."""

import base64

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from support import pki
from support.effort import times
from support.xml_signatures import BOX, DS, LETTER, judge, judge_all, sign, sign_xades

from signing.certificates import to_der
from signing.verdict import Indication, SubIndication

SIGNED, SIGNED_PART, SIGNED_XADES = sign(LETTER), sign(BOX, uri="#letter"), sign_xades(LETTER)
SIGNED_ROOT = sign(LETTER, uri="#letter")
EVIL = b'<letter xmlns="urn:letter"%s><to>H99</to></letter>'
PART = b'<letter xmlns="urn:letter" Id="letter"><to>H26</to></letter>'


def is_passed(data):
    return any(each.indication is Indication.TOTAL_PASSED for each in judge_all(data))


def test_the_originals_pass():
    assert is_passed(SIGNED)
    assert is_passed(SIGNED_ROOT)
    assert is_passed(SIGNED_XADES)
    assert judge(SIGNED_PART).sub_indication is SubIndication.SIG_CONSTRAINTS_FAILURE


def in_object(evil):
    return SIGNED_PART.replace(PART, evil).replace(
        b"</ds:Signature>", b"<ds:Object>" + PART + b"</ds:Object></ds:Signature>"
    )


WRAPPED = {
    "moved into an Object, other content in its place": in_object(EVIL % b""),
    "moved into an Object, the Id kept": in_object(EVIL % b' Id="letter"'),
    "moved into an Object, another Id": in_object(EVIL % b' Id="other"'),
    "moved beside, other content first": SIGNED_PART.replace(PART, EVIL % b"" + PART),
    "moved beside, other content last": SIGNED_PART.replace(PART, PART + EVIL % b' Id="x"'),
    "moved below other content": SIGNED_PART.replace(
        PART, (EVIL % b"").replace(b"</letter>", PART + b"</letter>")
    ),
    "moved into a wrapper": SIGNED_PART.replace(PART, b"<kept>" + PART + b"</kept>"),
    "the same Id twice": SIGNED_PART.replace(PART, PART + EVIL % b' Id="letter"'),
    "the same Id in another spelling": SIGNED_PART.replace(PART, PART + EVIL % b' ID="letter"'),
    "the same xml:id": SIGNED_PART.replace(PART, PART + EVIL % b' xml:id="letter"'),
    "the same Id in a namespace": SIGNED_PART.replace(PART, EVIL % b' xmlns:w="urn:w" w:Id="letter"' + PART),
    "a whole document below another root": b"<evil><to>H99</to>" + SIGNED + b"</evil>",
    "a whole document below a bare root": b"<evil>" + SIGNED + b"</evil>",
    "text beside the part": SIGNED_PART.replace(PART, PART + b"and pay"),
    "an attribute on the holder": SIGNED_PART.replace(b"<box>", b'<box to="H99">'),
    "an empty element beside the part": SIGNED_PART.replace(PART, PART + b"<urgent/>"),
    "an unsigned Object": SIGNED_PART.replace(
        b"</ds:Signature>", b"<ds:Object>" + EVIL % b"" + b"</ds:Object></ds:Signature>"
    ),
    "an unsigned Object beside a whole document": SIGNED.replace(
        b"</ds:Signature>", b"<ds:Object>" + EVIL % b"" + b"</ds:Object></ds:Signature>"
    ),
    "a bare root around it all": b"<evil>" + SIGNED_PART + b"</evil>",
    "text among XAdES's properties": SIGNED_XADES.replace(
        b"</xades:SignedProperties>", b"</xades:SignedProperties>H99"
    ),
    "a comment that splits a text": SIGNED.replace(b"<to>H26", b"<to>H<!-- -->26"),
}


@pytest.mark.parametrize("attack", WRAPPED)
def test_wrapped_content_does_not_pass(attack):
    assert WRAPPED[attack] not in {SIGNED, SIGNED_PART}
    verdicts = judge_all(WRAPPED[attack])
    assert verdicts
    assert not is_passed(WRAPPED[attack])


def altered(data, change):
    root = etree.fromstring(data)
    change(next(root.iter(f"{{{DS}}}Signature")))
    return etree.tostring(root)


def set_first(path, name, value):
    return lambda signature: signature.find(path, {"ds": DS}).set(name, value)


def add_transform(algorithm):
    def change(signature):
        transforms = signature.find(".//ds:Transforms", {"ds": DS})
        etree.SubElement(transforms, f"{{{DS}}}Transform").set("Algorithm", algorithm)

    return change


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (set_first(".//ds:Reference", "URI", "http://example.com/letter.xml"), "elsewhere"),
        (set_first(".//ds:Reference", "URI", "letter.xml"), "elsewhere"),
        (set_first(".//ds:Reference", "URI", "file:///etc/passwd"), "elsewhere"),
        (set_first(".//ds:Reference", "URI", "#xpointer(/)"), "elsewhere"),
        (set_first(".//ds:Reference", "URI", "#nothing"), "dangling"),
        (add_transform("http://www.w3.org/TR/1999/REC-xslt-19991116"), "transform"),
        (add_transform("http://www.w3.org/TR/1999/REC-xpath-19991116"), "transform"),
        (add_transform(DS + "base64"), "transform"),
        (add_transform("http://www.w3.org/2002/07/decrypt#XML"), "transform"),
        (add_transform("urn:nobody:knows"), "transform"),
    ],
)
def test_what_could_fetch_or_compute_is_not_evaluated_and_named(change, reason):
    verdict = judge(altered(SIGNED, change))
    assert (verdict.indication, verdict.sub_indication) == (
        Indication.INDETERMINATE,
        SubIndication.GENERIC,
    )
    assert dict(verdict.params)["reason"] == f"xml-{'reference-' if reason != 'transform' else ''}{reason}"


@pytest.mark.parametrize(
    "declaration",
    [
        b'<!DOCTYPE letter [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE letter [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        b'<!DOCTYPE letter SYSTEM "http://example.com/letter.dtd">',
        b"<!DOCTYPE letter>",
    ],
)
def test_a_document_type_declaration_is_not_read(declaration):
    verdict = judge(declaration + SIGNED)
    assert verdict.indication is Indication.INDETERMINATE
    assert dict(verdict.params)["reason"] == "xml-dtd"


def test_a_mac_in_the_place_of_a_signature_does_not_pass():
    more = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"
    verdict = judge(altered(SIGNED, set_first(".//ds:SignatureMethod", "Algorithm", more)))
    assert verdict.indication is Indication.INDETERMINATE


def test_a_signature_without_certificate_does_not_pass_by_its_key_alone():
    def strip(signature):
        signature.remove(signature.find("ds:KeyInfo", {"ds": DS}))

    verdict = judge(altered(SIGNED, strip))
    assert verdict.sub_indication is SubIndication.NO_CERTIFICATE_CHAIN_FOUND


def test_another_certificate_put_in_front_does_not_pass():
    def swap(signature):
        first = signature.find(".//ds:X509Certificate", {"ds": DS})
        first.text = base64.b64encode(to_der(pki.person().certificate)).decode()

    assert not is_passed(altered(SIGNED, swap))


def repeated(path, times):
    def repeat(signature):
        element = signature.find(path, {"ds": DS})
        for _ in range(times):
            element.getparent().append(etree.fromstring(etree.tostring(element)))

    return altered(SIGNED, repeat)


def test_more_references_than_the_limit_are_not_followed():
    verdict = judge(repeated(".//ds:Reference", 1_000))
    assert dict(verdict.params)["reason"] == "xml-references"
    assert verdict.indication is Indication.INDETERMINATE


def test_more_certificates_than_the_limit_are_not_read():
    def give(signature):
        data = signature.find(".//ds:X509Data", {"ds": DS})
        for place in range(8):
            etree.SubElement(data, f"{{{DS}}}X509Certificate").text = base64.b64encode(b"%d" % place)

    verdict = judge(altered(SIGNED, give))
    assert dict(verdict.params)["reason"] == "too-many-certificates"
    assert verdict.indication is Indication.INDETERMINATE


def test_one_certificate_many_times_is_one():
    assert is_passed(repeated(".//ds:X509Certificate", 20))


def declaring(name, times, elements):
    declared = b" ".join(b'xmlns:a%d="%s"' % (n, name) for n in range(times))
    return SIGNED.replace(b"<to>H26", b"<to " + declared + b">" + b"<a0:a/>" * elements)


@pytest.mark.parametrize(
    "bomb",
    [
        SIGNED.replace(b"H26", b"<a>" * 100_000 + b"</a>" * 100_000),
        SIGNED.replace(b"H26", b"<a/>" * 200_001),
        SIGNED.replace(b"<to>", b"<to " + b" ".join(b'a%d=""' % n for n in range(400_001)) + b">"),
        declaring(b"u", 2_000, 100),
        declaring(b"u" * 10_000, 1, 10_000),
    ],
    ids=["deep", "many elements", "many attributes", "many namespaces", "long namespaces"],
)
def test_bombs_are_told_by_their_size_alone(bomb):
    verdict = judge(bomb)
    assert dict(verdict.params)["reason"] == "xml-too-complex"
    assert verdict.indication is Indication.INDETERMINATE


def test_a_document_larger_than_the_limit_is_refused():
    verdict = judge(SIGNED.replace(b"H26", b"x" * 33 * 1024 * 1024))
    assert dict(verdict.params)["reason"] == "too-large"


def test_many_signatures_are_not_read():
    signature = SIGNED[SIGNED.index(b"<ds:Signature ") : SIGNED.index(b"</ds:Signature>") + 15]
    verdict = judge(SIGNED.replace(signature, signature * 33))
    assert dict(verdict.params)["reason"] == "too-many-signers"


@settings(max_examples=times(150), suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from([SIGNED, SIGNED_ROOT]), st.integers(0, 10_000), st.binary(max_size=6), st.integers(0, 6)
)
def test_mutated_documents_only_ever_get_a_verdict(original, place, put, taken):
    place %= len(original)
    mutated = original[:place] + put + original[place + taken :]
    for verdict in judge_all(mutated):
        if verdict.indication is Indication.TOTAL_PASSED:
            # White space and the like outside of what is signed may change; what is signed may not.
            assert signed_text(mutated) == signed_text(original)


def signed_text(data):
    root = etree.fromstring(data)
    letter = next(root.iter("{urn:letter}letter"))
    return [(each.tag, each.text, dict(each.attrib)) for each in letter if DS not in each.tag]
