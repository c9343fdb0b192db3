"""Steps 1 to 3, 6 and 7, and the verdict over all of them."""

import json
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from support import pki, raw_cms

from signing import cms
from signing.authority import Revocation
from signing.certificates import to_der
from signing.paths.validation import Enclosed, TrustMaterial
from signing.policy import DEFAULT, Policy

STEPS = [
    "structure", "signed-attributes", "signer-certificate", "trusted-time", "claimed-time", "content-digest",
    "encapsulated-content", "certificate-reference", "signature-value", "certificate-path",
    "certificate-usage", "revocation", "owner", "digest-algorithm", "signature-algorithm", "key",
]  # fmt: skip


def sign(signer, content=pki.CONTENT, **more):
    return cms.sign(content, signer.certificate, signer.key, chain=signer.chain, signing_time=pki.AT, **more)


def found(verdict):
    return verdict.indication.value, verdict.sub_indication and verdict.sub_indication.value


@pytest.mark.parametrize("signed_attributes", [True, False])
@pytest.mark.parametrize("kind", ["p256", "rsa-2048", "rsa-3072"])
def test_what_we_sign_passes_with_every_check_in_order(kind, signed_attributes):
    verdict = pki.judge(sign(pki.organisation(kind), signed_attributes=signed_attributes))
    assert found(verdict) == ("TOTAL-PASSED", None)
    assert [check.name for check in verdict.checks] == STEPS
    assert [check.step for check in verdict.checks] == sorted(check.step for check in verdict.checks)
    assert {check.outcome for check in verdict.checks} <= {"passed", "skipped"}


def test_the_same_arguments_give_the_same_signature():
    assert sign(pki.organisation()) == sign(pki.organisation())
    assert sign(pki.organisation("rsa-2048")) == sign(pki.organisation("rsa-2048"))


def test_signer_kind_agency_and_time_are_told():
    verdict = pki.judge(sign(pki.person()))
    assert (verdict.kind, verdict.agency, verdict.signer) == ("person", pki.SENDER, "Nguyễn Văn An")
    assert verdict.of_sender
    assert verdict.claimed_time == pki.AT.replace(microsecond=0)
    assert (verdict.trusted_time, verdict.time_source) == (pki.AT, "acceptance")
    assert verdict.algorithms == "ecdsa-p256-sha256"
    assert len(verdict.chain) == 3


def test_a_claimed_time_in_the_future_is_remarked_upon_and_fails_nobody():
    signer = pki.organisation()
    late = cms.sign(pki.CONTENT, signer.certificate, signer.key, signing_time=pki.AT + timedelta(days=1))
    verdict = pki.judge(late)
    assert found(verdict) == ("TOTAL-PASSED", None)
    assert pki.check(verdict, "claimed-time").outcome == "unknown"
    within = cms.sign(pki.CONTENT, signer.certificate, signer.key, signing_time=pki.AT + DEFAULT.clock_skew)
    assert pki.check(pki.judge(within), "claimed-time").outcome == "passed"


def test_ed25519_passes():
    private = ed25519.Ed25519PrivateKey.generate()
    signer = pki.with_key(private)
    method = bytes.fromhex("300506032b6570")
    attributes = [raw_cms.content_type(), raw_cms.message_digest()]
    value = private.sign(raw_cms.tlv(0x31, *attributes))
    verdict = pki.judge(raw_cms.signature(signer, attributes, method=method, value=value))
    assert (found(verdict), verdict.algorithms) == (("TOTAL-PASSED", None), "ed25519")


def test_all_that_is_wrong_is_shown_and_what_comes_first_names_the_verdict():
    signer = pki.organisation(agency="000.00.00.H26", end=pki.AT - timedelta(days=1))
    verdict = pki.judge(sign(signer), b"other", policy=Policy(name="strict", curves=frozenset()))
    assert found(verdict) == ("TOTAL-FAILED", "HASH_FAILURE")
    failed = {check.name for check in verdict.checks if check.outcome == "failed"}
    assert failed == {"content-digest", "certificate-path", "owner", "key"}
    assert pki.check(verdict, "signature-value").outcome == "passed"


def test_to_try_later_is_promised_only_where_nothing_else_is_wrong():
    without_list = TrustMaterial((to_der(pki.root().certificate),), (to_der(pki.issuing().certificate),))
    assert found(pki.judge(sign(pki.organisation()), material=without_list))[1] == "TRY_LATER"
    other = sign(pki.organisation(agency="000.00.00.H26"))
    assert found(pki.judge(other, material=without_list))[1] == "SIG_CONSTRAINTS_FAILURE"


def test_the_path_reaches_the_verdict():
    revoked = pki.trust(pki.crl(revoked=[Revocation(10, pki.AT - timedelta(days=1))]))
    verdict = pki.judge(sign(pki.organisation()), material=revoked)
    assert found(verdict) == ("TOTAL-FAILED", "REVOKED")
    assert "2019-06-02T02:11:09Z" in verdict.to_json("vi")["sentence"]
    assert found(pki.judge(sign(pki.organisation()), at=pki.END))[1] == "EXPIRED"
    assert found(pki.judge(sign(pki.organisation(begin=pki.AT + timedelta(1)))))[1] == "NOT_YET_VALID"


def test_what_the_path_judge_raises_passes_through():
    class NotCachedError(Exception):
        pass

    def not_cached(*_arguments):
        raise NotCachedError

    with pytest.raises(NotCachedError):
        pki.judge(sign(pki.organisation()), paths=not_cached)


def test_the_path_judge_gets_the_other_certificates_and_the_time():
    asked = []

    def remember(certificate, enclosed, at):
        asked.append((certificate, enclosed, at))
        raise LookupError

    signer = pki.organisation()
    with pytest.raises(LookupError):
        pki.judge(sign(signer), paths=remember)
    assert asked == [(signer.der, Enclosed((to_der(pki.issuing().certificate),)), pki.AT)]


def test_the_json_has_the_members_of_the_contract():
    shown = pki.judge(sign(pki.organisation())).to_json("en")
    assert json.loads(json.dumps(shown)) == shown
    members = (
        "indication sub_indication format covers kind signer certificate claimed_time trusted_time "
        "time_source algorithm checks sentence remedy material"
    )
    assert set(members.split()) <= set(shown)
    assert set(shown["certificate"]) == {"subject", "issuer", "serial", "sha256", "not_before", "not_after"}
    assert shown["trusted_time"] == "2019-06-03T02:11:09.123456Z"
    assert shown["certificate"]["not_before"] == "2019-01-01T00:00:00Z"
    assert {"name", "outcome", "found", "expected"} <= set(shown["checks"][0])
