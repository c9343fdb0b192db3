"""What the signatures of a document come to together, and how it is kept and told."""

import json

import pytest
from support import pki

from signing import cms
from signing.certificates import to_der
from signing.conclusion import conclude
from signing.errors import UnreadableVerdict
from signing.paths.validation import TrustMaterial
from signing.policy import DEFAULT
from signing.verdict import DocumentVerdict
from signing.verdict_schema import VERDICT_SCHEMA


def verdict_of(signer, content=pki.CONTENT, **more):
    signature = cms.sign(pki.CONTENT, signer.certificate, signer.key, signing_time=pki.AT)
    return pki.judge(signature, content, **more)


PASSED = verdict_of(pki.organisation())
BY_PERSON = verdict_of(pki.person())
FAILED = verdict_of(pki.organisation(), b"other")
OF_ANOTHER = verdict_of(pki.organisation(agency="000.00.00.H26"))
UNDECIDED = verdict_of(
    pki.person(),
    material=TrustMaterial((to_der(pki.root().certificate),), (to_der(pki.issuing().certificate),)),
)


def concluded(*signatures, **more):
    return conclude(signatures, DEFAULT, "d" * 64, **more)


@pytest.mark.parametrize(
    ("signatures", "indication", "sub_indication", "signed_by"),
    [
        ((), None, None, "none"),
        ((PASSED,), "TOTAL-PASSED", None, "organisation"),
        ((BY_PERSON,), "TOTAL-PASSED", None, "person"),
        ((BY_PERSON, PASSED), "TOTAL-PASSED", None, "both"),
        ((FAILED, PASSED), "TOTAL-PASSED", None, "organisation"),
        ((UNDECIDED, FAILED), "TOTAL-FAILED", "HASH_FAILURE", "none"),
        ((UNDECIDED,), "INDETERMINATE", "TRY_LATER", "none"),
        ((OF_ANOTHER, UNDECIDED), "INDETERMINATE", "SIG_CONSTRAINTS_FAILURE", "none"),
        ((OF_ANOTHER, BY_PERSON), "TOTAL-PASSED", None, "person"),
    ],
)
def test_the_best_signature_over_the_manifest_decides(signatures, indication, sub_indication, signed_by):
    verdict = concluded(*signatures)
    assert (verdict.indication, verdict.sub_indication) == (indication, sub_indication)
    assert verdict.signed_by == signed_by
    assert (verdict.policy, verdict.trust) == (DEFAULT.name, "d" * 64)


def over(covers, verdict):
    return verdict._replace(covers=covers)


def test_signatures_over_the_main_attachment_decide_only_where_the_manifest_has_none():
    on_main = over("attachment:a.pdf", PASSED)
    assert concluded(on_main, main="attachment:a.pdf").signed_by == "organisation"
    both = concluded(over("attachment:a.pdf", FAILED), BY_PERSON, main="attachment:a.pdf")
    assert (both.indication, both.signed_by) == ("TOTAL-PASSED", "person")


@pytest.mark.parametrize(
    ("on_manifest", "indication", "signed_by"),
    [(BY_PERSON, "TOTAL-PASSED", "both"), (FAILED, "TOTAL-FAILED", "organisation")],
)
def test_who_signed_is_told_of_the_main_attachment_beside_the_manifest(on_manifest, indication, signed_by):
    verdict = concluded(on_manifest, over("attachment:a.pdf", PASSED), main="attachment:a.pdf")
    assert (verdict.indication, verdict.signed_by) == (indication, signed_by)


def test_signatures_of_others_and_over_other_attachments_only_are_reported():
    reported = (over("attachment:a.pdf", OF_ANOTHER), over("attachment:b.pdf", FAILED))
    verdict = concluded(*reported, main="attachment:a.pdf")
    assert (verdict.indication, verdict.signed_by) == (None, "none")
    assert verdict.signatures == reported


@pytest.mark.parametrize("signatures", [(), (PASSED, BY_PERSON), (FAILED,), (UNDECIDED, OF_ANOTHER)])
def test_a_verdict_is_the_same_after_it_was_kept(signatures):
    verdict = concluded(*signatures)
    again = DocumentVerdict.from_stored(verdict.to_stored())
    assert again == verdict
    assert again.to_json("vi") == verdict.to_json("vi")


def test_a_name_that_no_encoding_can_write_is_kept_all_the_same():
    verdict = concluded(PASSED._replace(signer="UBND \ud800"))
    assert DocumentVerdict.from_stored(verdict.to_stored()) == verdict


def test_what_is_told_of_one_verdict_may_be_changed_without_changing_the_next():
    told = PASSED.to_json()
    told["checks"][0]["outcome"] = "changed"
    assert PASSED.to_json()["checks"][0]["outcome"] == "passed"


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"v":2}', '{"v":1}', "null", '{"v":1,"indication":"MAYBE"}']
)
def test_a_stored_form_that_is_none_is_refused_by_name(text):
    with pytest.raises(UnreadableVerdict):
        DocumentVerdict.from_stored(text)


def test_a_verdict_says_in_both_languages_who_signed():
    told = {language: concluded(PASSED, BY_PERSON).to_json(language)["sentence"] for language in ("vi", "en")}
    assert told == {
        "vi": "Văn bản có chữ ký của cơ quan và của cá nhân thuộc 000.00.00.H24.",
        "en": "The document is signed by the organisation and by a person of 000.00.00.H24.",
    }
    assert concluded().to_json("en")["sentence"] == "The document carries no signature."


@pytest.mark.parametrize("signatures", [(), (PASSED,), (FAILED, UNDECIDED)])
def test_the_json_is_what_its_schema_says(signatures):
    jsonschema = pytest.importorskip("jsonschema_rs")
    shown = json.loads(json.dumps(concluded(*signatures).to_json("vi")))
    jsonschema.validator_for(VERDICT_SCHEMA).validate(shown)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validator_for(VERDICT_SCHEMA).validate({**shown, "signed_by": "somebody"})
