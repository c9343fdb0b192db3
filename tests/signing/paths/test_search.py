"""Paths are found in crowds of crafted certificates, and given up, with bounded work."""

from itertools import permutations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from support import pki
from support.counted_calls import calls_of

from signing.certificate_subjects import authority_subject
from signing.certificates import to_der
from signing.paths.validation import Enclosed, TrustMaterial, validate_path
from signing.policy import DEFAULT

CALLS = 3_000_000
"""Some four times what the worst of these takes: work that exploded would take it many times over."""
TWO_NAMES = [authority_subject(name, "X") for name in ("One", "Two")]
ROOT = pki.root()
INSIDER = pki.key("insider")
"""The key of an authority that the root has certified, in the wrong hands."""


def crafted(serial, subject, issuer, key=INSIDER, by=INSIDER, *extensions):
    builder = (
        x509.CertificateBuilder()
        .serial_number(serial)
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .not_valid_before(pki.BEGIN)
        .not_valid_after(pki.END)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    )
    for each in extensions:
        builder = builder.add_extension(each, critical=False)
    return to_der(builder.sign(by, hashes.SHA256()))


def validate(leaf, extra=(), intermediates=()):
    material = TrustMaterial((to_der(ROOT.certificate),), tuple(intermediates), (pki.crl(), pki.crl(ROOT)))
    enclosed, outcomes = Enclosed(tuple(extra)), []
    calls = calls_of(lambda: outcomes.append(validate_path(leaf, enclosed, material, pki.AT)))
    assert calls < CALLS
    return outcomes[0]


def reason(outcome):
    return outcome.indication.value, dict(outcome.params).get("reason")


@pytest.mark.parametrize("count", [8, 32, 200])
def test_known_authorities_that_all_vouch_for_each_other_and_lead_nowhere(count):
    name = TWO_NAMES[0]
    known = [crafted(1000 + number, name, name) for number in range(count)]
    leaf = crafted(1, TWO_NAMES[1], name)
    assert reason(validate(leaf, intermediates=known)) == ("INDETERMINATE", "over-budget")


def test_known_authorities_that_cross_sign_in_two_names_and_lead_nowhere():
    known = [crafted(1000 + number, TWO_NAMES[number % 2], TWO_NAMES[1 - number % 2]) for number in range(32)]
    outcome = validate(crafted(1, pki.organisation().certificate.subject, TWO_NAMES[0]), intermediates=known)
    assert reason(outcome) == ("INDETERMINATE", "over-budget")


def test_a_crowd_that_does_lead_to_a_root_is_answered_too():
    name = TWO_NAMES[0]
    known = [crafted(1000 + number, name, name) for number in range(31)]
    known.append(crafted(2000, name, ROOT.certificate.subject, by=ROOT.key))
    outcome = validate(crafted(1, TWO_NAMES[1], name), intermediates=known)
    assert outcome.indication == "INDETERMINATE"


def test_an_insiders_crowd_that_comes_with_the_signature_is_answered():
    name = TWO_NAMES[0]
    extra = [crafted(1000 + number, name, name) for number in range(DEFAULT.max_certificates - 1)]
    extra.append(crafted(2000, name, ROOT.certificate.subject, by=ROOT.key))
    leaf = crafted(1, TWO_NAMES[1], name)
    for order in list(permutations(extra))[:: 40320 // 4]:
        assert validate(leaf, order).indication == "INDETERMINATE"


def test_an_honest_path_is_found_in_a_crowd_of_crafted_ones():
    # 24 that bear the issuer's name and none its key: they lead nowhere, and the right one is among them.
    name = pki.issuing().certificate.subject
    known = [crafted(1000 + number, name, TWO_NAMES[1]) for number in range(24)]
    known.append(to_der(pki.issuing().certificate))
    outcome = validate(pki.organisation().der, intermediates=known)
    assert outcome.indication == "TOTAL-PASSED"


def test_thirty_two_without_an_authoritys_key_are_not_even_taken_in():
    crowd = [crafted(1000 + number, TWO_NAMES[number % 2], TWO_NAMES[1 - number % 2]) for number in range(32)]
    outcome = validate(crowd[0], crowd[1:])
    assert outcome.indication == "INDETERMINATE"
    assert outcome.sub_indication == "NO_CERTIFICATE_CHAIN_FOUND"


def test_policies_mapped_every_way_do_not_explode():
    # Each authority maps each of 12 policies to all 12: 12 to the power of the depth, if each were followed.
    policies = [x509.ObjectIdentifier(f"1.2.3.{number}") for number in range(1, 13)]
    stated = x509.CertificatePolicies([x509.PolicyInformation(each, None) for each in policies])
    mapping = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.33"), _mapping(policies))
    names = [authority_subject(f"Level {number}", "X") for number in range(7)]
    chain = [crafted(2000, names[0], ROOT.certificate.subject, INSIDER, ROOT.key, stated, mapping)]
    chain += [
        crafted(2000 + number, names[number], names[number - 1], INSIDER, INSIDER, stated, mapping)
        for number in range(1, 7)
    ]
    assert validate(crafted(1, TWO_NAMES[0], names[6], INSIDER, INSIDER, stated), chain).indication in {
        "TOTAL-PASSED",
        "INDETERMINATE",
    }


def _mapping(policies):
    def tlv(tag, *parts):
        content = b"".join(parts)
        size = bytes([len(content)]) if len(content) < 128 else b"\x82" + len(content).to_bytes(2, "big")
        return bytes([tag]) + size + content

    encoded = [bytes.fromhex("06032a03") + bytes([number]) for number in range(1, len(policies) + 1)]
    return tlv(0x30, *[tlv(0x30, first, second) for first in encoded for second in encoded])


def test_thousands_of_names_against_thousands_of_constraints_are_not_compared():
    name = TWO_NAMES[0]
    excluded = [x509.DNSName(f"a{number}.example") for number in range(3000)]
    names = [x509.DNSName(f"b{number}.example") for number in range(3000)]
    constraints = x509.NameConstraints(permitted_subtrees=None, excluded_subtrees=excluded)
    by = crafted(2000, name, ROOT.certificate.subject, INSIDER, ROOT.key, constraints)
    leaf = crafted(1, TWO_NAMES[1], name, INSIDER, INSIDER, x509.SubjectAlternativeName(names))
    assert reason(validate(leaf, [by])) == ("INDETERMINATE", "over-budget")


def test_a_few_names_against_a_few_constraints_are_compared():
    name = TWO_NAMES[0]
    for excluded, expected in (("a.example", "constraints"), ("b.example", None)):
        constraints = x509.NameConstraints(
            permitted_subtrees=None, excluded_subtrees=[x509.DNSName(excluded)]
        )
        by = crafted(2000, name, ROOT.certificate.subject, INSIDER, ROOT.key, constraints)
        names = x509.SubjectAlternativeName([x509.DNSName("www.a.example")])
        assert reason(validate(crafted(1, TWO_NAMES[1], name, INSIDER, INSIDER, names), [by]))[1] == expected
