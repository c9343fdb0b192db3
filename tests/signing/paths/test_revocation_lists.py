"""Step 5 by lists: complete, delta and indirect ones, stale ones, and what was taken back."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from support import pki
from support.revocation_lists import AT, DAY, entry, keeper, make_list, with_point

from signing import authority
from signing.certificates import to_der
from signing.paths.validation import Enclosed, validate_path
from signing.verdict_sentences import sentence_and_remedy

OK = ("TOTAL-PASSED", None)
REVOKED = ("TOTAL-FAILED", "REVOKED")
LATER = ("INDETERMINATE", "TRY_LATER")
BEFORE = AT - 2 * DAY


def found(*lists, signer=None, at=AT, intermediates=None):
    outcome = validate_path(
        (signer or pki.organisation()).der, Enclosed(), pki.trust(*lists, intermediates=intermediates), at
    )
    return outcome.indication.value, outcome.sub_indication and outcome.sub_indication.value


def test_a_stale_list_still_tells_of_a_revocation_for_good_and_of_nothing_else():
    stale = {"this_update": AT - 9 * DAY, "next_update": AT - DAY}
    assert found(make_list(entry(10, AT - 10 * DAY, "keyCompromise"), **stale)) == REVOKED
    assert found(make_list(entry(10, AT - 10 * DAY), **stale)) == REVOKED
    assert found(make_list(entry(10, AT - 10 * DAY, "certificateHold"), **stale)) == LATER
    assert found(make_list(entry(11, AT - 10 * DAY, "keyCompromise"), **stale)) == LATER
    assert found(make_list(entry(10, AT + DAY, "keyCompromise"), **stale)) == LATER


def test_what_a_stale_list_tells_must_be_signed_by_the_issuer():
    impostor = authority.Authority(pki.issuing().certificate, pki.key("impostor"), "issuing")
    stale = {"this_update": AT - 9 * DAY, "next_update": AT - DAY}
    assert found(make_list(entry(10, BEFORE, "keyCompromise"), by=impostor, **stale)) == LATER
    assert found(make_list(entry(10, BEFORE), by=impostor), make_list()) == OK


def test_a_certificate_on_hold_is_to_be_tried_later_and_the_reason_is_told():
    material = pki.trust(make_list(entry(10, BEFORE, "certificateHold")))
    outcome = validate_path(pki.organisation().der, Enclosed(), material, AT)
    assert outcome.sub_indication == "TRY_LATER"
    params = dict(outcome.params)
    assert params["revocation_reason"] == "certificateHold"
    for language, word in (("en", "suspended"), ("vi", "tạm dừng")):
        assert word in sentence_and_remedy("TRY_LATER", params, language)[0]
    assert found(make_list(entry(10, AT + DAY, "certificateHold"))) == OK


def test_the_reason_of_a_revocation_is_told():
    material = pki.trust(make_list(entry(10, BEFORE, "keyCompromise")))
    params = dict(validate_path(pki.organisation().der, Enclosed(), material, AT).params)
    assert params["revocation_reason"] == "keyCompromise"


def test_a_hold_that_a_newer_list_no_longer_tells_of_is_over():
    held = make_list(entry(10, BEFORE, "certificateHold"), this_update=AT - 2 * DAY, number=4)
    for lists in ((held, make_list()), (make_list(), held)):
        assert found(*lists) == OK


def test_a_revocation_for_good_counts_though_a_newer_list_leaves_it_out():
    old = make_list(entry(10, AT - 3 * DAY, "superseded"), this_update=AT - 2 * DAY, number=4)
    assert found(old, make_list()) == REVOKED


def test_a_forged_newer_list_hides_nothing():
    impostor = authority.Authority(pki.issuing().certificate, pki.key("impostor"), "issuing")
    forged = make_list(by=impostor, this_update=AT - timedelta(hours=1), number=9)
    held = make_list(entry(10, BEFORE, "certificateHold"))
    assert found(forged, held) == LATER
    assert found(forged, make_list()) == OK


SUPERSEDED_LATER = (AT + 2 * DAY, "superseded")
STOLEN_BEFORE = (BEFORE, "keyCompromise")
HELD_BEFORE = (AT - 3 * DAY, "certificateHold")
RELEASED = (AT - DAY, "removeFromCRL")


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ((SUPERSEDED_LATER, STOLEN_BEFORE), REVOKED),
        ((STOLEN_BEFORE, SUPERSEDED_LATER), REVOKED),
        ((HELD_BEFORE, STOLEN_BEFORE), REVOKED),
        ((STOLEN_BEFORE, HELD_BEFORE), REVOKED),
        ((STOLEN_BEFORE, RELEASED), REVOKED),
        ((HELD_BEFORE, STOLEN_BEFORE, RELEASED), REVOKED),
        ((RELEASED, HELD_BEFORE, SUPERSEDED_LATER, STOLEN_BEFORE), REVOKED),
        ((SUPERSEDED_LATER, HELD_BEFORE), LATER),
        ((HELD_BEFORE, SUPERSEDED_LATER), LATER),
        ((SUPERSEDED_LATER, SUPERSEDED_LATER), OK),
    ],
)
@pytest.mark.parametrize("kind", ["complete", "delta", "indirect"])
def test_of_several_entries_the_earliest_that_stands_for_good_decides(entries, expected, kind):
    lines = [entry(10, at, reason) for at, reason in entries]
    if kind == "delta":
        assert found(make_list(freshest=True), make_list(*lines, number=7, base=5)) == expected
    elif kind == "complete":
        assert found(make_list(*lines)) == expected
    else:
        scope = {
            "full_name": [x509.UniformResourceIdentifier("http://example.test/list")],
            "indirect_crl": True,
        }
        told = found(make_list(*lines, scope=scope))
        assert told == expected or (told == LATER and expected == OK)


def test_entries_of_several_lists_count_together():
    later, earlier = make_list(entry(10, *SUPERSEDED_LATER)), make_list(entry(10, *STOLEN_BEFORE), number=4)
    for lists in ((later, earlier), (earlier, later)):
        assert found(*lists) == REVOKED


def raw_entry(extension: x509.ObjectIdentifier, value: bytes, critical: bool = False):
    """An entry with an extension in any bytes."""
    line = x509.RevokedCertificateBuilder().serial_number(10).revocation_date(BEFORE)
    return line.add_extension(x509.UnrecognizedExtension(extension, value), critical=critical).build()


@pytest.mark.parametrize(
    ("extension", "value"),
    [
        ("2.5.29.21", b"\x0a\x01\x07"),  # a reason that there is not
        ("2.5.29.21", b"\x0a\x01\x63"),
        ("2.5.29.21", b"\x02\x01\x01"),  # no ENUMERATED
        ("2.5.29.21", b""),
        ("2.5.29.24", b"no time"),
        ("1.2.3.4", b"whatever"),
    ],
)
def test_what_is_malformed_beside_a_revocation_changes_nothing_of_it(extension, value):
    line = raw_entry(x509.ObjectIdentifier(extension), value)
    assert found(make_list(line)) == REVOKED
    assert found(make_list(freshest=True), make_list(line, number=7, base=5)) == REVOKED


def test_what_is_critical_and_unknown_in_an_entry_leaves_it_open():
    assert found(make_list(raw_entry(x509.ObjectIdentifier("1.2.3.4"), b"x", critical=True))) != OK


@pytest.mark.parametrize(
    ("in_base", "in_delta", "expected"),
    [
        (None, None, OK),
        (None, "keyCompromise", REVOKED),
        (None, "certificateHold", LATER),
        ("certificateHold", "removeFromCRL", OK),
        ("certificateHold", "keyCompromise", REVOKED),
        ("certificateHold", None, LATER),
    ],
)
def test_a_delta_adds_to_its_complete_list_and_takes_back_a_hold(in_base, in_delta, expected):
    base = make_list(*[entry(10, BEFORE, in_base)] if in_base else [], freshest=True)
    delta = make_list(*[entry(10, BEFORE, in_delta)] if in_delta else [], number=7, base=5)
    assert found(base, delta) == expected


def test_a_delta_that_the_complete_list_does_not_point_to_still_tells_of_a_revocation():
    delta = make_list(entry(10, BEFORE, "keyCompromise"), number=7, base=5)
    assert found(make_list(), delta) == REVOKED


@pytest.mark.parametrize(
    "numbers",
    [
        {"number": 9, "base": 6},  # begins after the complete list: what lies between is missing
        {"number": 4, "base": 3},  # older than the complete list: what it takes back may be revoked again
        {"number": None, "base": 5},
    ],
)
def test_a_delta_to_another_complete_list_takes_nothing_back(numbers):
    base = make_list(entry(10, BEFORE, "certificateHold"), freshest=True)
    delta = make_list(entry(10, BEFORE, "removeFromCRL"), **numbers)
    assert found(base, delta) == LATER


def test_a_complete_list_that_points_to_deltas_wants_one():
    assert found(make_list(freshest=True)) == LATER


def test_a_delta_alone_says_nothing_good():
    assert found(make_list(number=7, base=5)) == LATER


def test_a_list_signed_with_sha1_does_not_count(tmp_path):
    # The library signs no list with SHA-1, but openssl does.
    pki.Signer(pki.issuing().certificate, pki.issuing().key).write(tmp_path)
    (tmp_path / "index.txt").write_text("")
    (tmp_path / "ca.cnf").write_text("[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ndefault_crl_days=9999\n")
    made = {}
    for digest in ("sha1", "sha256"):
        pki.openssl(
            tmp_path, "ca", "-gencrl", "-config", "ca.cnf", "-cert", "cert.pem", "-keyfile", "key.pem",
            "-md", digest, "-out", "list.pem", "-crl_lastupdate", "20190601000000Z",
            "-crl_nextupdate", "20190701000000Z",
        )  # fmt: skip
        parsed = x509.load_pem_x509_crl((tmp_path / "list.pem").read_bytes())
        made[digest] = parsed.public_bytes(Encoding.DER)
    assert found(made["sha256"]) == OK
    assert found(made["sha1"]) == LATER


def test_an_indirect_list_tells_of_other_authorities_certificates():
    by = keeper()
    signer = with_point(by.certificate.subject)
    known = [to_der(each.certificate) for each in (pki.issuing(), by)]
    scope = {"indirect_crl": True, "full_name": [x509.UniformResourceIdentifier("http://example.test/list")]}
    issuer = pki.issuing().certificate.subject
    own = make_list(by=pki.root())  # about the keeper itself

    def judged(*entries, **more):
        listed = make_list(*entries, by=by, scope=scope, **more)
        return found(listed, own, signer=signer, intermediates=known)

    assert judged() == OK
    assert judged(entry(10, BEFORE, "keyCompromise", issuer)) == REVOKED
    assert judged(entry(10, BEFORE, "certificateHold", issuer)) == LATER
    assert judged(entry(10, BEFORE, "keyCompromise")) == OK  # the keeper's own number 10
    assert judged(entry(10, AT + DAY, "keyCompromise", issuer)) == OK
    assert found(own, signer=signer, intermediates=known) == LATER


def test_the_answer_ends_where_a_revocation_in_an_indirect_list_begins():
    by = keeper()
    signer = with_point(by.certificate.subject)
    scope = {"indirect_crl": True, "full_name": [x509.UniformResourceIdentifier("http://example.test/list")]}
    later = entry(10, AT + DAY, "keyCompromise", pki.issuing().certificate.subject)
    lists = (make_list(entry(10, BEFORE), later, by=by, scope=scope), make_list(by=pki.root()))
    known = [to_der(each.certificate) for each in (pki.issuing(), by)]
    material = pki.trust(*lists, intermediates=known)
    before = validate_path(signer.der, Enclosed(), material, AT)
    assert before.valid_until == AT + DAY
    assert validate_path(signer.der, Enclosed(), material, AT + DAY).sub_indication == "REVOKED"


def test_lists_for_some_reasons_count_together_and_one_alone_does_not():
    first = make_list(scope={"only_some_reasons": frozenset({x509.ReasonFlags.key_compromise})})
    rest = frozenset(x509.ReasonFlags) - {
        x509.ReasonFlags.key_compromise, x509.ReasonFlags.unspecified, x509.ReasonFlags.remove_from_crl,
    }  # fmt: skip
    second = make_list(scope={"only_some_reasons": rest})
    assert found(first) == LATER
    assert found(first, second) == OK


def test_a_list_about_authorities_alone_does_not_count_for_a_signer():
    assert found(make_list(scope={"only_contains_ca_certs": True})) == LATER
    assert found(make_list(scope={"only_contains_user_certs": True})) == OK
