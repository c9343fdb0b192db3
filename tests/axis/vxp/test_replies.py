"""Replies of the old protocol: texts that its clients can decode, and one mapping of refusals to codes."""

import json

import pytest

from axis.problems import CATALOGUE
from axis.protocol import errors
from axis.protocol.errors import Place
from axis.vxp.replies import Code, failed, fine, plain, refused_by
from signing.verdict import DocumentVerdict, Indication, SubIndication


def read(response):
    return json.loads(response.body.decode("ascii"))


def test_success_is_said_in_three_texts_and_what_the_operation_adds():
    assert read(fine(count=3)) == {"status": "OK", "ErrorCode": "0", "ErrorDesc": "Success", "count": 3}
    assert fine().headers["content-type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Quyết định “số 1” của Đắk Lắk", 'Quyet dinh "so 1" cua Dak Lak'),
        ("a \u2013 b … c", "a - b ... c"),
        ("two\r\nlines\x00and\ttabs", "two lines?and tabs"),
        ("漢字 and ﬁ", "? and fi"),
    ],
)
def test_descriptions_are_plain(text, shown):
    assert plain(text) == shown


def test_a_description_is_cut_and_one_that_names_recipients_much_later():
    said = read(failed(Code.SYSTEM_ERROR, "x" * 5_000))["ErrorDesc"]
    assert (len(said), said[-3:]) == (1_000, "...")
    codes = [f"000.00.{number // 100:02}.{number % 100:02}.H{number % 90 + 10}" for number in range(1_000)]
    error = errors.UnknownRecipient(*(Place(f"/to/{at}", code) for at, code in enumerate(codes)))
    refused = refused_by(error)
    said = read(failed(refused.code, refused.description))["ErrorDesc"]
    assert all(code in said for code in codes)


def test_a_refused_signature_says_what_is_wrong_with_it():
    failed_one = DocumentVerdict(
        Indication.TOTAL_FAILED, SubIndication.HASH_FAILURE, "none", (), "test-policy", "00" * 32
    )
    refused = refused_by(errors.SignatureRejected(verdict=failed_one, sub_indication="HASH_FAILURE"))
    assert refused.code == "10"
    assert failed_one.to_json("en")["sentence"] in refused.description


@pytest.mark.parametrize("kind", errors.ALL, ids=lambda kind: kind.code)
def test_every_refusal_has_a_code_and_a_sentence(kind):
    refused = refused_by(CATALOGUE[kind.code].example)
    assert refused.code in Code
    assert refused.code is not Code.FINE
    assert plain(refused.description).isascii()
    assert refused.description


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (errors.NotAuthenticated, "15"),
        (errors.UnknownRecipient, "18"),
        (errors.RecipientLocked, "23"),
        (errors.NotYourAgency, "19"),
        (errors.NotPermitted, "19"),
        (errors.SignatureRejected, "10"),
        (errors.TooLarge, "10"),
        (errors.DigestMismatch, "10"),
        (errors.ManifestInvalid, "22"),
        (errors.StatusNotAllowed, "22"),
        (errors.ReferenceUnknown, "22"),
        (errors.Overloaded, "20"),
        (errors.InternalError, "20"),
        (errors.NotFound, "20"),
    ],
)
def test_refusals_get_the_codes_that_integrators_know(kind, code):
    assert refused_by(kind()).code == code


def test_a_sentence_names_each_place_with_what_was_found_and_expected():
    error = errors.ManifestInvalid(
        Place("edxml:12/DocumentId", "nothing", "an id"), Place("edxml:14/To", None, "at least one")
    )
    said = plain(refused_by(error).description)
    assert "edxml:12/DocumentId: found nothing, expected an id." in said
    assert "edxml:14/To: expected at least one." in said


def test_who_was_not_authenticated_is_not_told_why():
    told = refused_by(errors.NotAuthenticated(Place("header:Authorization", "no valid token", "a token")))
    assert "token" not in told.description
