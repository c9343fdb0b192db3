"""Step 5 by OCSP: who may answer, for how long an answer stands, and what it means at another time."""

from datetime import timedelta
from itertools import permutations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given, settings
from hypothesis import strategies as st
from support import pki
from support.effort import times
from support.revocation_lists import AT, DAY, answer, entry, make_list, respond, responder

from signing import ocsp
from signing.authority import Authority
from signing.certificate_subjects import authority_subject
from signing.certificates import to_der
from signing.paths.validation import Enclosed, TrustMaterial, validate_path

OK = ("TOTAL-PASSED", None)
REVOKED = ("TOTAL-FAILED", "REVOKED")
LATER = ("INDETERMINATE", "TRY_LATER")
MICROSECOND = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
GOOD = answer()


def material(*ocsps, crls=(), known=None):
    intermediates = (to_der(pki.issuing().certificate),) if known is None else known
    return TrustMaterial((to_der(pki.root().certificate),), tuple(intermediates), tuple(crls), tuple(ocsps))


def found(*ocsps, signer=None, at=AT, **more):
    outcome = validate_path((signer or pki.organisation()).der, Enclosed(), material(*ocsps, **more), at)
    return outcome.indication.value, outcome.sub_indication and outcome.sub_indication.value


def revoked(at=AT - DAY, reason="keyCompromise", **more):
    return answer("revoked", revoked_at=at, reason=reason, **more)


def other_responder(*, purposes=(ExtendedKeyUsageOID.OCSP_SIGNING,), nocheck=True, extra=None, urls=()):
    """A responder's certificate that differs from ours in one thing."""
    key = pki.key("responder")
    builder = (
        x509.CertificateBuilder()
        .issuer_name(pki.issuing().certificate.subject)
        .subject_name(authority_subject("Responder", "X"))
        .public_key(key.public_key())
        .serial_number(41)
        .not_valid_before(pki.BEGIN)
        .not_valid_after(pki.END)
    )
    if purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
    if nocheck:
        builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
    if extra is not None:
        builder = builder.add_extension(extra, critical=True)
    if urls:
        points = [
            x509.DistributionPoint([x509.UniformResourceIdentifier(url)], None, None, None) for url in urls
        ]
        builder = builder.add_extension(x509.CRLDistributionPoints(points), critical=False)
    return Authority(builder.sign(pki.issuing().key, hashes.SHA256()), key, "responder")


@pytest.mark.parametrize("digest", ["sha1", "sha256", "sha384", "sha512"])
def test_a_good_answer_of_a_delegated_responder_is_enough(digest):
    assert found(respond(answer(digest=digest))) == OK


def test_the_issuer_may_answer_itself():
    assert found(respond(GOOD, by=pki.issuing(), certificates=[])) == OK


def test_an_answer_about_another_certificate_or_issuer_says_nothing():
    assert found(respond(answer(serial=11))) == LATER
    assert found(respond(answer(issuer=pki.root()))) == LATER
    assert found(respond(answer(serial=11), answer())) == OK


def test_unknown_says_nothing_and_lists_are_asked():
    assert found(respond(answer("unknown"))) == LATER
    assert found(respond(answer("unknown")), crls=[pki.crl()]) == OK


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (revoked(), REVOKED),
        (revoked(reason=None), REVOKED),
        (revoked(at=AT), REVOKED),
        (revoked(at=AT + HOUR), OK),
        (revoked(reason="certificateHold"), LATER),
        (revoked(at=AT + HOUR, reason="certificateHold"), OK),
    ],
)
def test_only_a_revocation_up_to_the_trusted_time_counts(told, expected):
    assert found(respond(told)) == expected


def test_a_revocation_counts_whoever_tells_of_it():
    assert found(respond(GOOD), crls=[make_list(entry(10, AT - DAY, "superseded"))]) == REVOKED
    assert found(respond(revoked()), crls=[pki.crl()]) == REVOKED


def test_the_newest_answer_decides_about_a_hold():
    older = respond(revoked(reason="certificateHold", this_update=AT - 3 * HOUR))
    assert found(older, respond(GOOD)) == OK
    assert found(respond(GOOD), older) == OK
    newer = respond(revoked(reason="certificateHold", this_update=AT - timedelta(minutes=5)))
    assert found(newer, respond(GOOD)) == LATER


def test_an_answer_stands_until_its_next_update():
    told = respond(answer(next_update=AT + HOUR))
    assert found(told, at=AT + HOUR) == OK
    assert found(told, at=AT + HOUR + MICROSECOND) == LATER


def test_an_answer_without_a_next_update_stands_for_half_an_hour():
    told = respond(answer(this_update=AT - 2 * HOUR, next_update=None))
    assert found(told, at=AT - 2 * HOUR + timedelta(minutes=30)) == OK
    assert found(told) == LATER


def test_a_stale_answer_still_tells_of_a_revocation_for_good():
    stale = {"this_update": AT - 3 * DAY, "next_update": AT - 2 * DAY}
    assert found(respond(revoked(at=AT - 4 * DAY, **stale))) == REVOKED
    assert found(respond(revoked(at=AT - 4 * DAY, reason="certificateHold", **stale))) == LATER


def test_a_later_answer_speaks_about_an_earlier_time():
    later = {"this_update": AT + 300 * DAY, "next_update": AT + 301 * DAY}
    by = responder(begin=AT + 299 * DAY, end=AT + 310 * DAY)  # not valid yet at the time asked about
    produced_at = AT + 300 * DAY
    assert found(respond(answer(**later), by=by, produced_at=produced_at)) == OK
    told = revoked(at=AT + DAY, **later)
    assert found(respond(told, by=by, produced_at=produced_at)) == OK
    assert found(respond(told, by=by, produced_at=produced_at), at=AT + 2 * DAY) == REVOKED


def test_an_answer_after_the_certificate_expired_counts_only_if_the_responder_still_keeps_it():
    signer = pki.organisation(end=AT + 10 * DAY)
    by = responder(end=AT + 99 * DAY)
    late = {"this_update": AT + 20 * DAY, "next_update": AT + 21 * DAY}

    def judged(**more):
        told = respond(answer(**late, **more), by=by, produced_at=AT + 20 * DAY)
        return found(told, signer=signer)

    assert judged() == LATER
    assert judged(archive_cutoff=AT + 9 * DAY) == OK
    assert judged(archive_cutoff=AT + 11 * DAY) == LATER


@pytest.mark.parametrize(
    "by",
    [
        responder(end=AT - 2 * HOUR),
        responder(begin=AT - 2 * HOUR, end=AT - HOUR - timedelta(seconds=1)),
        responder(issuer=pki.root()),
        pki.root(),
        Authority(pki.person().certificate, pki.key("person"), "x"),
        other_responder(purposes=()),
        other_responder(purposes=[ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE]),
        other_responder(extra=x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")),
        Authority(responder().certificate, pki.key("impostor"), "x"),
        responder(issuer=Authority(pki.issuing().certificate, pki.key("impostor"), "x")),
    ],
    ids=[
        "expired", "just expired", "of another authority", "the root", "a person", "without the task",
        "for anything", "with an unknown critical extension", "by another key", "forged",
    ],
)  # fmt: skip
def test_a_response_by_somebody_who_may_not_answer_is_not_believed(by):
    assert found(respond(GOOD, by=by)) == LATER
    assert found(respond(revoked(), by=by)) == LATER


def test_a_responder_that_may_be_revoked_is_looked_up():
    by = other_responder(nocheck=False)
    assert found(respond(GOOD, by=by)) == OK  # nothing says where to ask
    assert found(respond(GOOD, by=other_responder(nocheck=False, urls=["http://example.test/x"]))) == LATER
    assert found(respond(GOOD, by=by), crls=[make_list(entry(41, AT - DAY), entry(10, AT + DAY))]) == OK
    held = make_list(entry(41, AT - DAY), entry(10, AT - DAY, "certificateHold"))
    assert found(respond(GOOD, by=by), crls=[held]) == LATER
    assert found(respond(GOOD, by=other_responder()), crls=[held]) != REVOKED


def test_a_response_that_was_altered_or_carries_too_much_is_as_good_as_missing():
    der = bytearray(respond(GOOD))
    der[-300] ^= 1
    assert found(bytes(der)) == LATER
    crowd = [pki.organisation(serial=900 + number).certificate for number in range(9)]
    assert found(respond(GOOD, certificates=crowd)) == LATER
    assert found(b"junk", respond(GOOD)) == OK


def test_an_authority_that_names_its_responder_is_asked_about():
    by = pki.issuing(pki.terms(3, crl_urls=("http://example.test/root.crl",)))
    signer = pki.organisation(issuer=by)
    known = [to_der(by.certificate)]
    about_signer = respond(answer(issuer=by), by=by, certificates=[])
    assert found(about_signer, signer=signer, known=known) == LATER

    def both(told):
        return found(about_signer, respond(told, by=pki.root(), certificates=[]), signer=signer, known=known)

    assert both(answer(serial=3, issuer=pki.root())) == OK
    told = answer("revoked", serial=3, issuer=pki.root(), revoked_at=AT - DAY, reason="cACompromise")
    assert both(told) == ("INDETERMINATE", "REVOKED_CA_NO_POE")
    mixed = found(about_signer, signer=signer, known=known, crls=[make_list(by=pki.root())])
    assert mixed == OK


def test_the_answer_holds_as_long_as_the_response_does():
    outcome = validate_path(pki.organisation().der, Enclosed(), material(respond(revoked(at=AT + HOUR))), AT)
    assert outcome.valid_until == AT + HOUR
    outcome = validate_path(pki.organisation().der, Enclosed(), material(respond(GOOD)), AT)
    assert outcome.valid_until == AT + DAY + MICROSECOND


def test_the_digest_of_the_trust_names_responses_too():
    assert material(respond(GOOD)).digest != material().digest
    assert material(respond(GOOD)).digest != material(crls=[respond(GOOD)]).digest
    assert material().digest == TrustMaterial(material().roots, material().intermediates).digest


def test_one_malformed_response_or_list_spoils_nothing_beside_it():
    response, revocation_list = respond(GOOD), pki.crl()
    for place, change in ((575, 2), (40, 1), (len(response) // 2, 255)):
        altered = bytearray(response)
        altered[place] ^= change
        assert found(bytes(altered), crls=[revocation_list]) == OK
        assert found(bytes(altered), response) == OK
    for place in (1, 60, 198, len(revocation_list) // 2):
        altered = bytearray(revocation_list)
        altered[place] ^= 1
        assert found(response, crls=[bytes(altered)]) == OK
        assert found(crls=[bytes(altered), revocation_list]) == OK


@settings(max_examples=times(50))
@given(st.data())
def test_altered_responses_and_lists_never_raise_and_never_help(data):
    response, revocation_list = respond(GOOD), pki.crl()
    for der, judge, signed_part in (
        (response, found, signed_response),
        (revocation_list, lambda altered: found(crls=[altered]), signed_list),
    ):
        altered = altered_somewhere(data, der)
        outcome = judge(altered)
        assert outcome in {LATER, OK}
        if outcome == OK:  # only what stands outside of what is signed and of its value may be altered
            assert signed_part(altered) == signed_part(der)


def signed_response(der):
    read = ocsp.read_response(der)
    return read.signed, read.value


def signed_list(der):
    read = x509.load_der_x509_crl(der)
    return read.tbs_certlist_bytes, read.signature


@settings(max_examples=times(25))
@given(st.data())
def test_one_altered_item_of_the_material_spoils_no_good_path(data):
    response, revocation_list = respond(GOOD), pki.crl()
    issuer = to_der(pki.issuing().certificate)
    assert found(altered_somewhere(data, response), crls=[revocation_list]) == OK
    assert found(response, altered_somewhere(data, response)) == OK
    assert found(crls=[altered_somewhere(data, revocation_list), revocation_list]) == OK
    altered = altered_somewhere(data, issuer)
    for known in permutations([altered, issuer]):
        assert found(response, known=known) == OK
    assert found(response, known=[altered]) != OK


def altered_somewhere(data, der):
    place = data.draw(st.integers(0, len(der) - 1))
    altered = bytearray(der)
    altered[place] ^= data.draw(st.integers(1, 255))
    return bytes(altered)


@pytest.mark.parametrize("mask", [1, 2, 32, 255])
def test_no_altered_octet_that_once_spoiled_a_path_does_so_again(mask):
    """Places that a long run of the properties found: what a library reads late, and only then refuses."""
    response, issuer = respond(GOOD), to_der(pki.issuing().certificate)
    for place in (575, len(response) // 2):
        assert found(altered_at(response, place, mask), crls=[pki.crl()]) == OK
    body = len(x509.load_der_x509_certificate(issuer).tbs_certificate_bytes) + 4
    for place in (body, body + 12, 11, 16, 20):  # algorithm, value, serial number, algorithm within
        assert found(response, known=[altered_at(issuer, place, mask), issuer]) == OK


def altered_at(der, place, mask):
    return der[:place] + bytes([der[place] ^ mask]) + der[place + 1 :]


def test_signatures_are_whole_octets():
    response, revocation_list, issuer = respond(GOOD), pki.crl(), to_der(pki.issuing().certificate)
    for der, judge in (
        (revocation_list, lambda altered: found(crls=[altered])),
        (respond(GOOD, by=pki.issuing(), certificates=[]), found),
        (issuer, lambda altered: found(response, known=[altered])),
    ):
        place = unused_bits(der)
        assert judge(der) == OK
        for count in range(1, 8):
            assert judge(der[:place] + bytes([count]) + der[place + 1 :]) != OK


def unused_bits(der):
    """Where the signature says how many of its bits are unused: the last BIT STRING that has none."""
    return max(
        place + 2
        for place in range(len(der) - 3)
        if der[place] == 3 and der[place + 2 : place + 4] == b"\x00\x30"
    )
