"""Several entries about one certificate, entries nobody understands, and what stands around them."""

from datetime import timedelta
from itertools import permutations

import pytest
from asn1crypto import ocsp as asn1_ocsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from support import pki
from support.revocation_lists import AT, DAY, answer, entry, keeper, make_list, respond, with_point

from signing.certificates import to_der
from signing.paths.revocation_list_entries import deciding, find_entries
from signing.paths.validation import Enclosed, TrustMaterial, validate_path

OK = ("TOTAL-PASSED", None)
REVOKED = ("TOTAL-FAILED", "REVOKED")
LATER = ("INDETERMINATE", "TRY_LATER")
BEFORE, EARLIER, AFTER = AT - 2 * DAY, AT - 3 * DAY, AT + DAY
ROOT, ISSUING = to_der(pki.root().certificate), to_der(pki.issuing().certificate)


def judge(*lists, ocsps=(), signer=None, known=(ISSUING,)):
    material = TrustMaterial((ROOT,), known, lists, tuple(ocsps))
    return validate_path((signer or pki.organisation()).der, Enclosed(), material, AT)


def found(*lists, **more):
    outcome = judge(*lists, **more)
    return outcome.indication.value, outcome.sub_indication and outcome.sub_indication.value


def raw(at, *extensions, serial=10):
    """An entry with extensions as they are given: identifier, value, whether critical."""
    line = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at)
    for identifier, value, critical in extensions:
        extension = x509.UnrecognizedExtension(x509.ObjectIdentifier(identifier), value)
        line = line.add_extension(extension, critical=critical)
    return line.build()


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([(AFTER, "superseded"), (BEFORE, "keyCompromise")], REVOKED),
        ([(AFTER, "superseded"), (AFTER, "keyCompromise")], OK),
        ([(BEFORE, "certificateHold"), (BEFORE, "keyCompromise")], REVOKED),
        ([(BEFORE, "removeFromCRL"), (EARLIER, "keyCompromise")], REVOKED),
        ([(EARLIER, "certificateHold"), (BEFORE, "removeFromCRL"), (BEFORE, None)], REVOKED),
        ([(EARLIER, "certificateHold"), (BEFORE, "removeFromCRL")], OK),
        ([(EARLIER, "removeFromCRL"), (BEFORE, "certificateHold")], LATER),
        ([(BEFORE, "certificateHold"), (AFTER, "keyCompromise")], LATER),
    ],
)
def test_of_several_entries_in_any_order_the_earliest_irrevocable_one_decides(entries, expected):
    for order in permutations(entries):
        assert found(make_list(*[entry(10, *each) for each in order])) == expected


def test_the_earliest_revocation_is_the_one_that_is_told():
    told = [(BEFORE, "superseded"), (EARLIER, "keyCompromise")]
    for order in permutations(told):
        params = dict(judge(make_list(*[entry(10, *each) for each in order])).params)
        assert params["revocation_reason"] == "keyCompromise"
    later = respond(answer("revoked", revoked_at=BEFORE, reason="superseded"))
    params = dict(judge(make_list(entry(10, EARLIER, "keyCompromise")), ocsps=[later]).params)
    assert params["revocation_reason"] == "keyCompromise"


@pytest.mark.parametrize("in_delta", [[(AFTER, "superseded"), (BEFORE, "keyCompromise")], [(BEFORE, None)]])
def test_a_delta_with_several_entries_is_read_as_a_list_is(in_delta):
    base = make_list(entry(10, EARLIER, "certificateHold"), freshest=True)
    for order in permutations([*in_delta, (BEFORE, "removeFromCRL")]):
        delta = make_list(*[entry(10, *each) for each in order], number=7, base=5)
        assert found(base, delta) == REVOKED


def with_keeper():
    """A signer whose revocations an authority for lists tells of."""
    by = keeper()
    return by, with_point(by.certificate.subject)


def test_an_indirect_list_with_several_entries_is_read_as_a_list_is():
    by, signer = with_keeper()
    scope = {"indirect_crl": True, "full_name": [x509.UniformResourceIdentifier("http://example.test/list")]}
    issuer, own = pki.issuing().certificate.subject, make_list(by=pki.root())
    known = (ISSUING, to_der(by.certificate))

    def judged(*lists):
        return found(*lists, own, signer=signer, known=known)

    def indirect(*entries, **more):
        return make_list(*[entry(10, *each) for each in entries], by=by, scope=scope, **more)

    pair = [(AFTER, "superseded", issuer), (BEFORE, "keyCompromise", issuer)]
    for order in permutations(pair):
        assert judged(indirect(*order)) == REVOKED
    assert (
        judged(indirect((AFTER, "superseded", issuer), (BEFORE, "keyCompromise"))) == REVOKED
    )  # stays in force
    assert (
        judged(indirect((BEFORE, "keyCompromise"), (AFTER, "superseded", issuer))) == OK
    )  # the keeper's own
    older = indirect(pair[1], this_update=BEFORE, number=4)
    assert judged(older, indirect()) == REVOKED
    assert judged(indirect(), older) == REVOKED


@pytest.mark.parametrize(
    "extensions",
    [
        [("2.5.29.21", b"\x0a\x01\x07", False)],
        [("2.5.29.21", b"\x0a\x01\x63", False)],
        [("2.5.29.21", b"\x0a\x02\x01\x00", False)],
        [("2.5.29.21", b"", False)],
        [("2.5.29.21", b"junk", False)],
        [("2.5.29.21", b"\x0a\x01\x07", True)],
        [("2.5.29.24", b"junk", False)],
        [("2.5.29.23", b"junk", False)],
        [("1.2.3.4", b"junk", False)],
        [("2.5.29.24", b"junk", False), ("1.2.3.4", b"", False)],
    ],
)
def test_an_entry_with_an_unknown_reason_or_malformed_extras_is_a_revocation(extensions):
    told = raw(BEFORE, *extensions)
    assert found(make_list(told)) == REVOKED
    assert found(make_list(freshest=True), make_list(told, number=7, base=5)) == REVOKED
    assert found(make_list(raw(AFTER, *extensions))) == OK
    assert found(make_list(raw(BEFORE, *extensions, serial=11))) == OK  # another's
    by, signer = with_keeper()
    scope = {"indirect_crl": True, "full_name": [x509.UniformResourceIdentifier("http://example.test/list")]}
    first = entry(9, BEFORE, None, pki.issuing().certificate.subject)
    lists = (make_list(first, told, by=by, scope=scope), make_list(by=pki.root()))
    assert found(*lists, signer=signer, known=(ISSUING, to_der(by.certificate))) == REVOKED


def test_an_entry_with_something_critical_that_nobody_understands_leaves_undecided():
    unclear = raw(BEFORE, ("1.2.3.4", b"\x05\x00", True))
    older = make_list(this_update=EARLIER, number=4)
    assert found(make_list(unclear), older) == LATER
    assert found(make_list(unclear, entry(10, BEFORE, "keyCompromise"))) == REVOKED
    assert found(make_list(raw(BEFORE, ("1.2.3.4", b"\x05\x00", True), serial=11))) == OK


def test_an_ocsp_answer_with_an_unknown_reason_is_a_revocation():
    response = respond(answer("revoked", revoked_at=BEFORE, reason="keyCompromise"))
    place = response.index(b"\xa0\x03\x0a\x01\x01")  # inside of what is signed: the responder signs anew
    for code in (7, 11, 99):
        assert found(make_list(), ocsps=[resigned(response, place + 4, code)]) == REVOKED
    assert found(make_list(), ocsps=[resigned(response, place + 4, 6)]) == LATER


def resigned(response, place, value):
    """The response with one octet of its signed part changed, signed again by the responder."""
    altered = bytearray(response)
    altered[place] = value
    read = asn1_ocsp.OCSPResponse.load(bytes(altered))
    basic = read.basic_ocsp_response
    signed = basic["tbs_response_data"].dump()
    basic["signature"] = pki.key("responder").sign(signed, ec.ECDSA(hashes.SHA256()))
    read["response_bytes"]["response"] = basic
    return read.dump(force=False)


def test_every_entry_with_a_number_is_found_and_no_other():
    many = [entry(serial, BEFORE - serial * timedelta(minutes=1)) for serial in range(1, 300)]
    body = x509.load_der_x509_crl(make_list(*many, entry(10, AFTER))).tbs_certlist_bytes
    assert [each.at for each in find_entries(body, 10)] == [BEFORE - timedelta(minutes=10), AFTER]
    assert len(find_entries(body, 299)) == 1
    assert find_entries(body, 300) == ()
    assert find_entries(x509.load_der_x509_crl(make_list()).tbs_certlist_bytes, 10) == ()


def test_what_cannot_be_followed_is_not_understood():
    (unclear,) = find_entries(b"\x30\x05\x02\x01\x0a\x30\x7f", 10)
    assert not unclear.is_understood
    assert deciding([unclear], AT) is unclear
