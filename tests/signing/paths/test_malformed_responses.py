"""Across modules: malformed OCSP responses; no revocation is lost for what stands beside it."""

import pytest
from support import pki, raw_certificates
from support import raw_revocation as raw
from support.raw_cms import seq, tlv
from support.revocation_lists import AT

from signing.certificates import to_der
from signing.ocsp import read_response
from signing.paths.validation import Enclosed, TrustMaterial, validate_path

OK, REVOKED, LATER = None, "REVOKED", "TRY_LATER"
GOOD, REVOKED_ANSWER = raw.answer(), raw.answer(status=raw.revoked())


def found(*ocsps, crls=()):
    roots, known = (to_der(pki.root().certificate),), (to_der(pki.issuing().certificate),)
    return validate_path(
        pki.organisation().der, Enclosed(), TrustMaterial(roots, known, crls, ocsps), AT
    ).sub_indication


@pytest.mark.parametrize("reason", [None, b"\x01", b"\x07", b"\x63", b"\xff", b"", b"\x00\x06", b"\x00\x08"])
def test_a_certificate_is_revoked_for_whatever_reason(reason):
    response = raw.raw_response(raw.answer(status=raw.revoked(reason)))
    assert found(response) == REVOKED
    assert found(response, crls=(pki.crl(),)) == REVOKED


@pytest.mark.parametrize(
    "more",
    [
        raw.extension(raw.UNKNOWN, b"junk"),
        raw.extension(raw.UNKNOWN, b"junk", is_critical=False),
        raw.extension(raw.ARCHIVE_CUTOFF, b"junk"),
        raw.extension(raw.REASON, b"\x0a\x01\x63"),
    ],
)
def test_malformed_extras_that_are_not_critical_change_nothing(more):
    for response, expected in (
        (raw.raw_response(raw.answer(more)), OK),
        (raw.raw_response(raw.answer(more, status=raw.revoked())), REVOKED),
        (raw.raw_response(GOOD, extensions=[more]), OK),
        (raw.raw_response(REVOKED_ANSWER, extensions=[more]), REVOKED),
    ):
        assert found(response) == expected


@pytest.mark.parametrize(
    "more",
    [
        raw.extension(raw.UNKNOWN, b"junk", is_critical=True),
        raw.extension(raw.ARCHIVE_CUTOFF, b"junk", is_critical=True),
        seq(bytes.fromhex(raw.UNKNOWN)),
    ],
)
def test_what_is_critical_and_not_understood_leaves_undecided(more):
    for response in (
        raw.raw_response(raw.answer(more, status=raw.revoked())),
        raw.raw_response(REVOKED_ANSWER, extensions=[more]),
        raw.raw_response(raw.answer(status=raw.revoked(at=tlv(0x18, b"junk")))),
    ):
        assert found(response) == LATER
        assert found(response, crls=(pki.crl(),)) == LATER
    good = raw.raw_response(raw.answer(more))
    assert found(good) == LATER
    assert found(good, crls=(pki.crl(),)) == OK


@pytest.mark.parametrize(
    "beside",
    [
        seq(seq(bytes.fromhex(raw.UNKNOWN)), b"\x80\x00"),
        raw.answer(serial=11)[:-2] + b"\xff\xff",
        tlv(5),
    ],
)
def test_an_answer_is_read_whatever_stands_beside_it(beside):
    assert found(raw.raw_response(beside, REVOKED_ANSWER)) == REVOKED
    assert found(raw.raw_response(GOOD, beside)) == OK
    assert found(raw.raw_response(GOOD, certificates=[seq(b"\x02\x01\x05")])) == OK


@pytest.mark.parametrize("text", [raw_certificates.LATIN_1, b"", b"\xff\xfe"])
@pytest.mark.parametrize("tag", [raw_certificates.TELETEX, raw_certificates.UTF8])
def test_a_responder_may_bear_a_name_in_latin_1_or_without_letters(tag, text):
    root = raw_certificates.root(text, tag)
    by = root.subject, root.key
    response = raw.raw_response(raw.answer(by=by), by=by, responder=tlv(0xA1, root.subject))
    assert read_response(response).responder_name == root.subject
    signer = raw_certificates.signer(root)
    trust = TrustMaterial((root.der,), (), (), (response,))
    assert pki.judge(signer.sign(), material=trust).indication == "TOTAL-PASSED"
