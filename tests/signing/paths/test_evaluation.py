"""What authorities in a path are certified for, and that a trusted signer is none."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtendedKeyUsageOID
from support import pki
from support.revocation_lists import make_list

from signing import authority
from signing.certificate_subjects import authority_subject
from signing.certificates import to_der
from signing.paths.validation import Enclosed, TrustMaterial, validate_path


def below(issuer_purposes, leaf_purposes=None, *, root_length=None, root_permits=None):
    """The answer about a signer below an authority for these purposes, below a root that says more."""
    root = made(1, "Own root", None, is_authority=True, length=root_length, permits=root_permits)
    by = made(2, "Own issuing", root, is_authority=True, purposes=issuer_purposes)
    leaf = made(3, "Signer", by, purposes=leaf_purposes)
    lists = tuple(make_list(by=each) for each in (root, by))
    outcome = validate_path(
        to_der(leaf.certificate),
        Enclosed((to_der(by.certificate),)),
        TrustMaterial((to_der(root.certificate),), (), lists),
        pki.AT,
    )
    sub_indication = outcome.sub_indication and outcome.sub_indication.value
    return outcome.indication.value, sub_indication, dict(outcome.params).get("reason")


def made(serial, name, by, *, purposes=None, length=None, permits=None, is_authority=False):
    key = pki.key(name)
    subject = authority_subject(name, "X")
    builder = (
        x509.CertificateBuilder()
        .issuer_name(subject if by is None else by.certificate.subject)
        .subject_name(subject)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(pki.BEGIN)
        .not_valid_after(pki.END)
    )
    if is_authority:
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=length), critical=True)
    if purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
    if permits:
        builder = builder.add_extension(x509.NameConstraints(permits, None), critical=True)
    return authority.Authority(builder.sign(key if by is None else by.key, hashes.SHA256()), key, name)


@pytest.mark.parametrize(
    ("purposes", "passes"),
    [
        (None, True),
        ([ExtendedKeyUsageOID.EMAIL_PROTECTION], True),
        ([ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.EMAIL_PROTECTION], True),
        ([ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE], True),
        ([ExtendedKeyUsageOID.SERVER_AUTH], False),
        ([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH], False),
        ([ExtendedKeyUsageOID.TIME_STAMPING], False),
        ([ExtendedKeyUsageOID.OCSP_SIGNING], False),
    ],
)
def test_an_authority_for_another_purpose_issues_no_signers(purposes, passes):
    refused = ("INDETERMINATE", "CHAIN_CONSTRAINTS_FAILURE", "issuer-purpose")
    assert below(purposes) == (("TOTAL-PASSED", None, None) if passes else refused)


def test_an_authority_for_time_stamps_may_issue_a_time_stamping_authority():
    stamping = [ExtendedKeyUsageOID.TIME_STAMPING]
    assert below(stamping, stamping)[2] == "extended-key-usage"  # no signer's, but its issuer is not refused
    assert below([ExtendedKeyUsageOID.SERVER_AUTH], stamping)[2] == "issuer-purpose"


def test_what_a_root_says_of_path_lengths_and_names_counts():
    refused = ("INDETERMINATE", "CHAIN_CONSTRAINTS_FAILURE", "constraints")
    assert below(None, root_length=0) == refused
    assert below(None, root_length=1) == ("TOTAL-PASSED", None, None)
    within = x509.Name([x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "VN")])
    without = x509.Name([x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "XX")])
    assert below(None, root_permits=[x509.DirectoryName(within)]) == ("TOTAL-PASSED", None, None)
    assert below(None, root_permits=[x509.DirectoryName(without)]) == refused


def validate(signer, material):
    return validate_path(signer.der, Enclosed(), material, pki.AT)


def found(outcome):
    return outcome.indication.value, outcome.sub_indication and outcome.sub_indication.value


def test_a_trusted_signer_does_not_become_an_authority():
    trusted = pki.organisation()
    as_authority = authority.Authority(trusted.certificate, trusted.key, "x")
    below = pki.organisation("below", issuer=as_authority)
    material = TrustMaterial((trusted.der,), (), (pki.crl(as_authority),))
    assert found(validate(trusted, material)) == ("TOTAL-PASSED", None)
    assert found(validate(below, material)) == ("INDETERMINATE", "CHAIN_CONSTRAINTS_FAILURE")
