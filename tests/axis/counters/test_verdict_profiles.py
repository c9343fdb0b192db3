"""Documents that are signed alike have one profile, and its digest says what it holds."""

from support.found_verdicts import FOUND, ISSUER, P256, RSA, document, signature

from axis.counters.verdict_profiles import SignatureFacts, VerdictProfile, digest_of, profile_from, profile_of


def test_signatures_are_in_the_profile_once_and_in_order() -> None:
    both = profile_of(FOUND["two signatures"])
    assert both == VerdictProfile(
        "TOTAL-PASSED",
        None,
        "both",
        (SignatureFacts("organisation", P256, ISSUER), SignatureFacts("person", RSA, ISSUER)),
    )
    other_way_round = document(*reversed(FOUND["two signatures"].signatures), signed_by="both")
    assert profile_of(other_way_round) == both
    assert profile_of(FOUND["signed twice alike"]) == profile_of(FOUND["passed"])
    assert profile_of(FOUND["unsigned"]) == VerdictProfile(None, None, "none")


def test_what_nothing_says_is_told_from_an_empty_text() -> None:
    nothing, empty = (
        profile_from(None, None, "none", [SignatureFacts(None, None, each)]) for each in (None, "")
    )
    assert digest_of(nothing) != digest_of(empty)
    pair = [SignatureFacts(None, None, None), SignatureFacts(None, None, "")]
    assert profile_from(None, None, "none", pair) == profile_from(None, None, "none", pair[::-1])


def test_each_profile_has_a_digest_of_its_own() -> None:
    profiles = {profile_of(verdict) for verdict in FOUND.values()}
    assert len({digest_of(each) for each in profiles}) == len(profiles) == len(FOUND) - 1
    assert digest_of(profile_of(document(signature(), signed_by="organisation"))) == digest_of(
        profile_of(FOUND["passed"])
    )
