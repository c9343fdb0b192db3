"""Across modules: what a signer permits (DocMDP) or locks (FieldMDP) is obeyed; `allowed_changes` decides."""

import pytest
from pyhanko.sign.fields import (
    FieldMDPAction,
    FieldMDPSpec,
    MDPPerm,
    SigFieldSpec,
)
from support import pdfs, pki
from support.pyhanko_signatures import filled, sign_theirs, with_field


def test_a_signer_who_allowed_no_changes_is_obeyed():
    certified = sign_theirs(
        pdfs.form(), pki.person(), "Certified", certify=True, docmdp_permissions=MDPPerm.NO_CHANGES
    )
    assert pdfs.words(certified) == ["passed"]
    (verdict,) = pdfs.judge(filled(certified))
    assert verdict.sub_indication == "HASH_FAILURE"
    assert pki.check(verdict, "later-changes").found == "not-permitted"


def test_a_signer_who_allowed_filling_in_is_obeyed_as_well():
    certified = sign_theirs(
        pdfs.form(), pki.person(), "Certified", certify=True, docmdp_permissions=MDPPerm.FILL_FORMS
    )
    # Allowed by the signer, but signed by nobody: neither can be said.
    assert pdfs.words(filled(certified)) == ["GENERIC"]
    # pyHanko is stricter than viewers here: a new field is more than filling in to it.
    both = pdfs.sign(certified, "organisation")
    assert pdfs.words(both) == ["passed", "passed"]
    assert pdfs.words(pdfs.sign(filled(certified), "organisation")) == ["passed", "passed"]


def test_who_allows_filling_in_does_not_allow_a_strangers_mark():
    certified = sign_theirs(
        pdfs.form(), pki.person(), "Certified", certify=True, docmdp_permissions=MDPPerm.FILL_FORMS
    )
    stranger = pki.organisation("stranger", agency="000.00.00.H26", serial=30)
    assert pdfs.words(pdfs.sign(certified, "organisation", stranger))[0] == "HASH_FAILURE"
    assert pdfs.words(with_field(certified, SigFieldSpec("Empty", box=(245, 712, 500, 738)))) == [
        "HASH_FAILURE"
    ]


@pytest.mark.parametrize(
    ("action", "fields", "expected"),
    [
        (FieldMDPAction.ALL, None, "HASH_FAILURE"),
        (FieldMDPAction.INCLUDE, ["Text"], "HASH_FAILURE"),
        (FieldMDPAction.INCLUDE, ["Other"], "passed"),
        (FieldMDPAction.EXCLUDE, ["Other"], "HASH_FAILURE"),
        (FieldMDPAction.EXCLUDE, ["Text", "OrganisationSeal"], "passed"),
    ],
    ids=str,
)
def test_a_field_that_the_signer_locked_is_changed_by_nobody(action, fields, expected):
    lock = SigFieldSpec("Locks", field_mdp_spec=FieldMDPSpec(action, fields=fields))
    signed = sign_theirs(with_field(pdfs.form(), lock), pki.person(), "Locks")
    assert pdfs.words(signed) == ["passed"]
    assert pdfs.words(filled(signed)) == ["HASH_FAILURE"]
    assert pdfs.words(pdfs.sign(filled(signed), "organisation")) == [expected, "passed"]
