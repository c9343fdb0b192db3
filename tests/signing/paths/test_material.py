"""Lists and OCSP responses that came along count as far as they are signed, and hide nothing."""

import pytest
from support import pki
from support.revocation_lists import AT, DAY, answer, entry, make_list, respond

from signing.authority import Authority
from signing.certificates import to_der
from signing.paths.validation import Enclosed, TrustMaterial, validate_path
from signing.policy import DEFAULT

OK = ("TOTAL-PASSED", None)
REVOKED = ("TOTAL-FAILED", "REVOKED")
LATER = ("INDETERMINATE", "TRY_LATER")
GOOD = answer()
IMPOSTOR = Authority(pki.issuing().certificate, pki.key("impostor"), "issuing")


def found(crls=(), ocsps=(), at_hand=(), answers=()):
    material = TrustMaterial(
        (to_der(pki.root().certificate),),
        (to_der(pki.issuing().certificate),),
        tuple(at_hand),
        tuple(answers),
    )
    enclosed = Enclosed((), tuple(crls), tuple(ocsps))
    outcome = validate_path(pki.organisation().der, enclosed, material, AT)
    return outcome.indication.value, outcome.sub_indication and outcome.sub_indication.value


def test_a_list_or_an_answer_that_came_along_is_enough():
    assert found() == LATER
    assert found(crls=[make_list()]) == OK
    assert found(ocsps=[respond(GOOD)]) == OK


def test_a_revocation_that_came_along_counts_beside_a_list_at_hand():
    revoked = entry(10, AT - DAY, "keyCompromise")
    assert found(crls=[make_list(revoked)], at_hand=[make_list()]) == REVOKED
    told = answer("revoked", revoked_at=AT - DAY, reason="keyCompromise")
    assert found(ocsps=[respond(told)], at_hand=[make_list()]) == REVOKED


def test_what_nobody_known_signed_says_nothing():
    assert found(crls=[make_list(by=IMPOSTOR)]) == LATER
    assert found(ocsps=[respond(GOOD, by=IMPOSTOR)]) == LATER
    forged = make_list(entry(10, AT - DAY, "keyCompromise"), by=IMPOSTOR)
    assert found(crls=[forged], at_hand=[make_list()]) == OK
    assert found(crls=[b"junk"], ocsps=[b"junk"], at_hand=[make_list()]) == OK


@pytest.mark.parametrize(("reason", "expected"), [("keyCompromise", REVOKED), ("certificateHold", LATER)])
def test_what_came_along_hides_no_revocation_that_is_told_at_hand(reason, expected):
    told = make_list(entry(10, AT - 2 * DAY, reason), this_update=AT - 2 * DAY, number=4)
    newer = make_list(number=9)
    assert found(crls=[newer], at_hand=[told]) == expected
    assert found(ocsps=[respond(GOOD)], at_hand=[told]) == expected
    answered = answer("revoked", revoked_at=AT - 2 * DAY, reason=reason, this_update=AT - DAY / 2)
    assert found(ocsps=[respond(GOOD)], answers=[respond(answered)]) == expected


def test_more_and_larger_ones_than_the_policy_admits_are_left_out():
    junk = [b"junk"] * DEFAULT.max_enclosed_lists
    assert found(crls=[*junk[1:], make_list()]) == OK
    assert found(crls=[*junk, make_list()]) == LATER
    assert found(ocsps=[*junk[1:], respond(GOOD)]) == OK
    assert found(ocsps=[*junk, respond(GOOD)]) == LATER
    many = [entry(number, AT - DAY) for number in range(100, 100 + 13_000)]
    large = make_list(*many)
    assert len(large) > DEFAULT.max_enclosed_bytes
    assert found(crls=[large]) == LATER
