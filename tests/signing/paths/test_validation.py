"""Steps 4 and 5: the path to a trusted root and revocation, at a time, and how long the answer holds."""

import pickle
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtendedKeyUsageOID
from support import pki

from signing import authority
from signing.authority import Revocation
from signing.certificate_subjects import authority_subject, organisation_subject
from signing.certificates import fingerprint, to_der
from signing.paths.material import admitted, read_material
from signing.paths.signatures import Links
from signing.paths.validation import Enclosed, PathOutcome, TrustMaterial, abandoned, validate_path
from signing.policy import DEFAULT

SECOND = timedelta(seconds=1)
MICROSECOND = timedelta(microseconds=1)
NEXT_UPDATE = pki.AT + timedelta(days=29)


def validate(signer, material=None, at=pki.AT, extra=()):
    return validate_path(signer.der, Enclosed(tuple(extra)), material or pki.trust(), at)


def found(outcome):
    return outcome.indication.value, outcome.sub_indication and outcome.sub_indication.value


def other_certificate(*, usage=None, purposes=None, algorithm=None, key="other", issuer=None):
    """A certificate of our issuing authority that differs in one thing."""
    by = issuer or pki.issuing()
    builder = (
        x509.CertificateBuilder()
        .issuer_name(by.certificate.subject)
        .subject_name(organisation_subject(pki.NAME, pki.SENDER))
        .public_key(pki.key(key).public_key())
        .serial_number(77)
        .not_valid_before(pki.BEGIN)
        .not_valid_after(pki.END)
    )
    if usage is not None:
        builder = builder.add_extension(usage, critical=True)
    if purposes is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
    certificate = builder.sign(by.key, algorithm or hashes.SHA256())
    return pki.Signer(certificate, pki.key(key))


def usage_of(name):
    names = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{each: each == name for each in names})


def test_a_good_certificate_passes_and_its_chain_is_told():
    outcome = validate(pki.organisation())
    assert found(outcome) == ("TOTAL-PASSED", None)
    certificates = (pki.organisation().certificate, pki.issuing().certificate, pki.root().certificate)
    assert outcome.chain == tuple(fingerprint(each) for each in certificates)


def test_the_answer_holds_from_the_first_to_the_last_moment_at_which_it_is_the_same():
    outcome = validate(pki.organisation())
    assert outcome.valid_from <= pki.AT < outcome.valid_until
    assert outcome.valid_until == NEXT_UPDATE.replace(microsecond=0) + MICROSECOND
    assert outcome.holds_at(outcome.valid_from)
    assert not outcome.holds_at(outcome.valid_until)
    assert found(validate(pki.organisation(), at=outcome.valid_until - MICROSECOND)) == ("TOTAL-PASSED", None)
    assert found(validate(pki.organisation(), at=outcome.valid_until)) == ("INDETERMINATE", "TRY_LATER")


def test_without_a_revocation_list_it_is_to_be_tried_later():
    material = TrustMaterial((to_der(pki.root().certificate),), (to_der(pki.issuing().certificate),))
    assert found(validate(pki.organisation(), material)) == ("INDETERMINATE", "TRY_LATER")


def test_a_list_of_another_issuer_or_signed_by_another_key_does_not_count():
    impostor = authority.Authority(pki.issuing().certificate, pki.key("impostor"), "issuing")
    for wrong in (pki.crl(pki.root()), pki.crl(impostor)):
        assert found(validate(pki.organisation(), pki.trust(wrong))) == ("INDETERMINATE", "TRY_LATER")


def test_a_stale_list_does_not_count():
    stale = pki.crl(next_update=pki.AT - SECOND)
    assert found(validate(pki.organisation(), pki.trust(stale))) == ("INDETERMINATE", "TRY_LATER")


def test_a_list_that_cannot_be_read_is_as_good_as_missing_and_the_others_count():
    assert found(validate(pki.organisation(), pki.trust(b"junk", pki.crl()))) == ("TOTAL-PASSED", None)


@pytest.mark.parametrize(
    ("revoked_at", "expected"),
    [
        (pki.AT - timedelta(days=1), ("TOTAL-FAILED", "REVOKED")),
        (pki.AT.replace(microsecond=0), ("TOTAL-FAILED", "REVOKED")),
        (pki.AT.replace(microsecond=0) + SECOND, ("TOTAL-PASSED", None)),
        (pki.AT + timedelta(days=1), ("TOTAL-PASSED", None)),
    ],
)
def test_only_a_revocation_up_to_the_trusted_time_counts(revoked_at, expected):
    listed = pki.crl(revoked=[Revocation(10, revoked_at, "keyCompromise"), Revocation(11, pki.BEGIN)])
    outcome = validate(pki.organisation(), pki.trust(listed))
    assert found(outcome) == expected


def test_a_revocation_at_exactly_the_trusted_time_counts():
    at = pki.AT.replace(microsecond=0)
    listed = pki.crl(revoked=[Revocation(10, at)], this_update=at)
    assert found(validate(pki.organisation(), pki.trust(listed), at)) == ("TOTAL-FAILED", "REVOKED")
    assert found(validate(pki.organisation(), pki.trust(listed), at - MICROSECOND)) == ("TOTAL-PASSED", None)


def test_the_answer_ends_where_a_later_revocation_begins():
    revoked_at = pki.AT.replace(microsecond=0) + timedelta(days=1)
    material = pki.trust(pki.crl(revoked=[Revocation(10, revoked_at)]))
    before = validate(pki.organisation(), material)
    assert before.valid_until == revoked_at
    after = validate(pki.organisation(), material, revoked_at)
    assert found(after) == ("TOTAL-FAILED", "REVOKED")
    assert after.valid_from == revoked_at
    assert dict(after.params)["revoked_at"] == "2019-06-04T02:11:09Z"


def test_a_later_list_speaks_about_an_earlier_time():
    later = pki.crl(this_update=pki.AT + timedelta(days=300), next_update=pki.AT + timedelta(days=330))
    assert found(validate(pki.organisation(), pki.trust(later))) == ("TOTAL-PASSED", None)
    revoked = pki.crl(
        revoked=[Revocation(10, pki.AT - SECOND)],
        this_update=pki.AT + timedelta(days=300),
        next_update=pki.AT + timedelta(days=330),
    )
    assert found(validate(pki.organisation(), pki.trust(revoked))) == ("TOTAL-FAILED", "REVOKED")


def test_a_list_from_after_the_certificate_expired_counts_only_if_it_keeps_expired_ones():
    signer = pki.organisation(end=pki.AT + timedelta(days=10))
    late = {"this_update": pki.AT + timedelta(days=20), "next_update": pki.AT + timedelta(days=50)}
    keeps = pki.crl(**late)
    drops = pki.crl(**late, keeps_expired_since=pki.AT + timedelta(days=15))
    assert found(validate(signer, pki.trust(keeps))) == ("TOTAL-PASSED", None)
    assert found(validate(signer, pki.trust(drops))) == ("INDETERMINATE", "TRY_LATER")


def test_the_newest_list_decides():
    old = pki.crl(this_update=pki.AT - timedelta(days=3))
    new = pki.crl(
        revoked=[Revocation(10, pki.AT - timedelta(days=2))], this_update=pki.AT - timedelta(days=1)
    )
    for lists in ((old, new), (new, old)):
        assert found(validate(pki.organisation(), pki.trust(*lists))) == ("TOTAL-FAILED", "REVOKED")


def test_a_revoked_issuing_authority_leaves_undecided():
    lists = (pki.crl(), pki.crl(pki.root(), [Revocation(2, pki.AT - SECOND)]))
    assert found(validate(pki.organisation(), pki.trust(*lists))) == ("INDETERMINATE", "REVOKED_CA_NO_POE")


def test_an_authority_that_names_its_list_is_asked_for_it():
    by = pki.issuing(pki.terms(3, crl_urls=("http://example.test/root.crl",)))
    signer = pki.organisation(issuer=by)
    known = [to_der(by.certificate)]
    assert found(validate(signer, pki.trust(pki.crl(by), intermediates=known))) == (
        "INDETERMINATE",
        "TRY_LATER",
    )
    both = pki.trust(pki.crl(by), pki.crl(pki.root()), intermediates=known)
    assert found(validate(signer, both)) == ("TOTAL-PASSED", None)


def test_validity_is_inclusive_at_both_ends():
    begin, end = pki.AT.replace(microsecond=0), pki.AT.replace(microsecond=0) + timedelta(days=1)
    signer = pki.organisation(begin=begin, end=end)
    assert found(validate(signer, at=begin)) == ("TOTAL-PASSED", None)
    assert found(validate(signer, at=end)) == ("TOTAL-PASSED", None)
    assert found(validate(signer, at=begin - MICROSECOND)) == ("TOTAL-FAILED", "NOT_YET_VALID")
    assert found(validate(signer, at=end + MICROSECOND)) == ("TOTAL-FAILED", "EXPIRED")


def test_an_expired_certificate_is_called_so_even_without_a_list():
    signer = pki.organisation(end=pki.AT - SECOND)
    material = TrustMaterial((to_der(pki.root().certificate),), (to_der(pki.issuing().certificate),))
    assert found(validate(signer, material)) == ("TOTAL-FAILED", "EXPIRED")


def test_an_expired_certificate_that_had_been_revoked_is_told_to_be_both():
    signer = pki.organisation(end=pki.AT - timedelta(days=1))
    outcome = validate(signer, pki.trust(pki.crl(revoked=[Revocation(10, pki.AT - timedelta(days=9))])))
    assert found(outcome) == ("TOTAL-FAILED", "EXPIRED")
    assert [each.outcome for each in outcome.checks] == ["failed", "passed", "failed"]


@pytest.mark.parametrize("at", [pki.BEGIN - timedelta(days=2), pki.END + timedelta(days=2)])
def test_an_authority_out_of_its_time_breaks_the_path(at):
    subject = organisation_subject(pki.NAME, pki.SENDER)
    terms = pki.terms(5, pki.BEGIN.replace(year=2010), pki.BEGIN.replace(year=2030))
    certificate = authority.issue(pki.issuing(), pki.key("o").public_key(), subject, terms)
    outcome = validate(pki.Signer(certificate, pki.key("o")), at=at)
    assert found(outcome) == ("INDETERMINATE", "CERTIFICATE_CHAIN_GENERAL_FAILURE")


def test_an_unknown_issuer_gives_no_path_for_ever():
    outcome = validate(pki.organisation(), TrustMaterial((), ()))
    assert found(outcome) == ("INDETERMINATE", "NO_CERTIFICATE_CHAIN_FOUND")


def test_the_issuer_may_come_along():
    material = pki.trust(intermediates=())
    assert found(validate(pki.organisation(), material)) == ("INDETERMINATE", "NO_CERTIFICATE_CHAIN_FOUND")
    extra = (to_der(pki.issuing().certificate),)
    assert found(validate(pki.organisation(), material, extra=extra)) == ("TOTAL-PASSED", None)


def test_a_root_that_comes_along_is_not_trusted():
    material = TrustMaterial((to_der(pki.organisation("someone").certificate),), (), (pki.crl(),))
    extra = (to_der(pki.issuing().certificate), to_der(pki.root().certificate))
    outcome = validate(pki.organisation(), material, extra=extra)
    assert found(outcome) == ("INDETERMINATE", "NO_CERTIFICATE_CHAIN_FOUND")


def test_a_forged_certificate_under_a_trusted_name_breaks_the_path():
    forger = authority.Authority(pki.issuing().certificate, pki.key("forger"), "issuing")
    outcome = validate(pki.organisation(issuer=forger))
    assert found(outcome) == ("INDETERMINATE", "CERTIFICATE_CHAIN_GENERAL_FAILURE")


def test_a_forged_authority_under_a_trusted_name_breaks_the_path():
    forger = authority.Authority(pki.root().certificate, pki.key("forger"), "root")
    forged = authority.create_issuing(
        forger, pki.key("forged"), authority_subject("Forged", "X"), pki.terms(9)
    )
    outcome = validate(pki.organisation(issuer=forged), extra=(to_der(forged.certificate),))
    assert found(outcome) == ("INDETERMINATE", "CERTIFICATE_CHAIN_GENERAL_FAILURE")


def test_a_signer_may_not_act_as_an_authority():
    signer = pki.organisation()
    as_authority = authority.Authority(signer.certificate, signer.key, "x")
    outcome = validate(pki.organisation("below", issuer=as_authority), extra=(signer.der,))
    assert found(outcome) == ("INDETERMINATE", "CHAIN_CONSTRAINTS_FAILURE")


def test_an_authority_below_its_issuers_path_length_is_refused():
    below = authority.create_issuing(
        pki.issuing(), pki.key("below"), authority_subject("Below", "X"), pki.terms(9)
    )
    outcome = validate(pki.organisation(issuer=below), extra=(to_der(below.certificate),))
    assert found(outcome) == ("INDETERMINATE", "CHAIN_CONSTRAINTS_FAILURE")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "TOTAL-PASSED"),
        ({"algorithm": hashes.SHA512()}, "TOTAL-PASSED"),
        ({"usage": usage_of("digital_signature")}, "TOTAL-PASSED"),
        ({"usage": usage_of("content_commitment")}, "TOTAL-PASSED"),
        ({"usage": usage_of("key_encipherment")}, "INDETERMINATE"),
        ({"usage": usage_of("key_cert_sign")}, "INDETERMINATE"),
        ({"purposes": [ExtendedKeyUsageOID.EMAIL_PROTECTION]}, "TOTAL-PASSED"),
        ({"purposes": [ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE]}, "TOTAL-PASSED"),
        ({"purposes": [ExtendedKeyUsageOID.SERVER_AUTH]}, "INDETERMINATE"),
        (
            {"purposes": [ExtendedKeyUsageOID.OCSP_SIGNING, ExtendedKeyUsageOID.TIME_STAMPING]},
            "INDETERMINATE",
        ),
    ],
)
def test_a_certificate_must_be_for_signing(changes, expected):
    outcome = validate(other_certificate(**changes))
    assert outcome.indication == expected
    assert outcome.sub_indication in {None, "CHAIN_CONSTRAINTS_FAILURE"}


def test_a_certificate_signed_with_sha1_is_not_admitted(tmp_path):
    pki.Signer(pki.issuing().certificate, pki.issuing().key).write(tmp_path)
    pki.openssl(
        tmp_path, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/O=Old",
        "-keyout", "old.pem", "-out", "old.csr",
    )  # fmt: skip
    pki.openssl(
        tmp_path, "x509", "-req", "-in", "old.csr", "-CA", "cert.pem", "-CAkey", "key.pem", "-sha1",
        "-set_serial", "9", "-days", "1000", "-outform", "DER", "-out", "old.der",
    )  # fmt: skip
    der = (tmp_path / "old.der").read_bytes()
    now = x509.load_der_x509_certificate(der).not_valid_before_utc
    root = TrustMaterial((to_der(pki.issuing().certificate),))
    assert found(validate_path(der, Enclosed(), root, now)) == ("INDETERMINATE", "CRYPTO_CONSTRAINTS_FAILURE")


def test_a_root_that_signs_documents_itself_is_held_to_its_dates():
    subject = organisation_subject(pki.NAME, pki.SENDER)
    own = authority.Authority(x509_self_signed(subject), pki.key("self"), "self")
    material = TrustMaterial((to_der(own.certificate),))
    signer = pki.Signer(own.certificate, own.key)
    assert found(validate(signer, material)) == ("TOTAL-PASSED", None)
    assert found(validate(signer, material, pki.END + SECOND)) == ("TOTAL-FAILED", "EXPIRED")
    assert found(validate(signer, material, pki.BEGIN - SECOND)) == ("TOTAL-FAILED", "NOT_YET_VALID")


def x509_self_signed(subject):
    key = pki.key("self")
    builder = x509.CertificateBuilder().issuer_name(subject).subject_name(subject).serial_number(1)
    builder = builder.public_key(key.public_key()).not_valid_before(pki.BEGIN).not_valid_after(pki.END)
    return builder.sign(key, hashes.SHA256())


def test_an_authority_that_signs_documents_with_its_own_key_is_refused():
    signer = pki.Signer(pki.root().certificate, pki.root().key)
    assert found(validate(signer)) == ("INDETERMINATE", "CHAIN_CONSTRAINTS_FAILURE")


@pytest.mark.parametrize("der", [b"", b"junk", b"\x30\x03\x02\x01\x05", pki.organisation().der[:-1]])
def test_a_certificate_that_cannot_be_read_gets_an_outcome(der):
    outcome = validate_path(der, Enclosed((der,)), pki.trust(), pki.AT)
    assert found(outcome) == ("INDETERMINATE", "CERTIFICATE_CHAIN_GENERAL_FAILURE")


def test_crafted_certificates_do_not_make_path_building_explode():
    # Without an authority's key: each vouches for each by name, in one of two names, and none by signature.
    names = [authority_subject(name, "X") for name in ("One", "Two")]
    crafted = []
    for number in range(8):
        builder = (
            x509.CertificateBuilder()
            .serial_number(500 + number)
            .public_key(pki.key(f"k{number}").public_key())
        )
        builder = builder.subject_name(names[number % 2]).issuer_name(names[(number + 1) % 2])
        builder = builder.not_valid_before(pki.BEGIN).not_valid_after(pki.END)
        crafted.append(to_der(builder.sign(pki.key("x"), hashes.SHA256())))
    known = read_material(pki.trust().roots, pki.trust().intermediates, ())
    assert admitted(crafted, known, DEFAULT, Links()) == ()
    outcome = validate_path(crafted[0], Enclosed(tuple(crafted[1:])), pki.trust(), pki.AT)
    assert found(outcome) == ("INDETERMINATE", "NO_CERTIFICATE_CHAIN_FOUND")


def test_certificates_that_a_known_one_signed_are_admitted_in_any_order():
    below = authority.create_issuing(
        pki.issuing(), pki.key("below"), authority_subject("Below", "X"), pki.terms(9)
    )
    brought = [to_der(below.certificate), to_der(pki.issuing().certificate)]
    known = read_material(pki.trust().roots, (), ())
    for order in (brought, brought[::-1]):
        assert {each.dump() for each in admitted(order, known, DEFAULT, Links())} == set(brought)


def test_no_more_than_the_admitted_number_of_certificates_is_looked_at():
    extra = (
        *[pki.organisation(serial=600 + number).der for number in range(8)],
        to_der(pki.issuing().certificate),
    )
    outcome = validate(pki.organisation(), pki.trust(intermediates=()), extra=extra)
    assert found(outcome) == ("INDETERMINATE", "NO_CERTIFICATE_CHAIN_FOUND")


def test_material_and_outcome_can_be_pickled_for_a_process_that_may_be_killed():
    material = pickle.loads(pickle.dumps(pki.trust()))
    assert material == pki.trust()
    assert material.digest == pki.trust().digest
    outcome = validate(pki.organisation(), material)
    assert pickle.loads(pickle.dumps(outcome)) == outcome
    assert pickle.loads(pickle.dumps(validate_path)) is validate_path


def test_the_digest_names_the_parts_and_not_their_order():
    first, second = pki.crl(), pki.crl(pki.root())
    assert pki.trust(first, second).digest == pki.trust(second, first).digest
    assert pki.trust(first).digest != pki.trust(second).digest
    der = to_der(pki.root().certificate)
    assert TrustMaterial((der,), ()).digest != TrustMaterial((), (der,)).digest


def test_an_abandoned_validation_leaves_undecided_and_says_nothing_of_another_time():
    outcome = abandoned(pki.AT)
    assert isinstance(outcome, PathOutcome)
    assert found(outcome) == ("INDETERMINATE", "GENERIC")
    assert outcome.is_stopped
    assert outcome.holds_at(pki.AT)
    assert not outcome.holds_at(pki.AT + MICROSECOND)
