"""Step 5 names what it rested on by digest: lists, OCSP responses, and certificates besides the path's."""

import hashlib

from cryptography import x509
from support import pki, tsa
from support.revocation_lists import AT, DAY, answer, entry, keeper, make_list, respond, with_point

from signing import authority, cms
from signing.authority import Authority
from signing.certificates import to_der
from signing.conclusion import conclude
from signing.paths.validation import Enclosed, TrustMaterial, validate_path
from signing.policy import DEFAULT
from signing.timestamps.attach import signature_value, with_signature_timestamp
from signing.verdict import DocumentVerdict

ROOT, ISSUING = to_der(pki.root().certificate), to_der(pki.issuing().certificate)
LEAF = pki.organisation().der


def sha256(der):
    return hashlib.sha256(der).hexdigest()


def validate(*crls, ocsps=(), enclosed=None, signer=LEAF, intermediates=(ISSUING,)):
    material = TrustMaterial((ROOT,), tuple(intermediates), crls, tuple(ocsps))
    return validate_path(signer, enclosed or Enclosed(), material, AT)


def test_a_passed_path_names_its_certificates_and_the_lists_about_them():
    of_issuer, of_root, strange = make_list(), make_list(by=pki.root()), make_list(by=keeper())
    known = (ISSUING, to_der(keeper().certificate))
    outcome = validate(strange, of_issuer, of_root, intermediates=known)
    assert outcome.indication == "TOTAL-PASSED"
    assert outcome.chain == tuple(sha256(each) for each in (LEAF, ISSUING, ROOT))
    assert outcome.material[:3] == tuple(("certificate", each) for each in outcome.chain)
    assert set(outcome.material[3:]) == {("crl", sha256(of_issuer)), ("crl", sha256(of_root))}
    assert set(outcome.rested_on) == {sha256(of_issuer), sha256(of_root)}


def test_a_response_is_named_and_a_list_that_was_not_needed_is_not():
    good, needless = respond(answer()), make_list()
    outcome = validate(needless, ocsps=[good])
    assert outcome.material[3:] == (("ocsp", sha256(good)),)


def test_of_several_lists_only_the_newest_is_named_and_never_a_forged_one():
    newest, older = make_list(), make_list(this_update=AT - 2 * DAY, number=4)
    impostor = authority.Authority(pki.issuing().certificate, pki.key("impostor"), "issuing")
    forged = make_list(by=impostor, this_update=AT - DAY / 2)
    assert validate(older, forged, newest).rested_on == (sha256(newest),)


def test_a_revocation_names_the_list_or_response_that_tells_of_it():
    told = make_list(entry(10, AT - DAY, "keyCompromise"), this_update=AT - 9 * DAY, next_update=AT - 8 * DAY)
    assert validate(told, make_list()).rested_on == (sha256(told),)
    response = respond(answer("revoked", revoked_at=AT - DAY, reason="keyCompromise"))
    assert validate(make_list(), ocsps=[response]).rested_on == (sha256(response),)
    assert validate().rested_on == ()


def test_who_signed_a_list_for_others_is_named_with_it_and_with_the_list_about_it():
    by = keeper()
    signer = with_point(by.certificate.subject).der
    scope = {"indirect_crl": True, "full_name": [x509.UniformResourceIdentifier("http://example.test/list")]}
    indirect, own = make_list(by=by, scope=scope), make_list(by=pki.root())
    keeps = to_der(by.certificate)
    outcome = validate(indirect, own, signer=signer, intermediates=(ISSUING, keeps))
    assert outcome.indication == "TOTAL-PASSED"
    assert set(outcome.material[3:]) == {
        ("crl", sha256(indirect)),
        ("crl", sha256(own)),
        ("certificate", sha256(keeps)),
    }


def test_a_certificate_without_a_path_is_named_alone():
    outcome = validate(intermediates=())
    assert (outcome.chain, outcome.material) == ((), (("certificate", sha256(LEAF)),))


def stamped():
    signer = pki.organisation()
    signature = cms.sign(pki.CONTENT, signer.certificate, signer.key, chain=signer.chain)
    token = tsa.token(data=signature_value(signature))
    return with_signature_timestamp(signature, token), token


def test_a_verdict_names_the_path_then_the_time_stamp_and_what_that_rested_on():
    signature, token = stamped()
    material = pki.trust()
    verdict = pki.judge(signature, material=material, at=AT + DAY)
    assert (verdict.indication, verdict.time_source) == ("TOTAL-PASSED", "rfc3161")
    assert verdict.material[:3] == tuple(("certificate", each) for each in verdict.chain)
    assert ("timestamp", sha256(token)) in verdict.material
    assert ("crl", sha256(material.crls[0])) in verdict.material
    assert ("certificate", sha256(tsa.stamper().der)) in verdict.material
    assert len(set(verdict.material)) == len(verdict.material)


def test_a_kept_verdict_still_names_it_and_an_older_one_says_that_it_is_not_kept():
    verdict = conclude(pki.judge_all(stamped()[0]), DEFAULT, pki.trust().digest)
    assert DocumentVerdict.from_stored(verdict.to_stored()) == verdict
    (shown,) = verdict.to_json()["signatures"]
    assert shown["material"][0] == {"kind": "certificate", "sha256": sha256(LEAF)}
    text = verdict.to_stored()
    begin = text.index(',"material":')
    older = text[:begin] + text[text.index("]]", begin) + 2 :]
    (signature,) = DocumentVerdict.from_stored(older).signatures
    assert signature.material is None
    assert signature.to_json()["material"] == "not kept"
    assert DocumentVerdict.from_stored(DocumentVerdict.from_stored(older).to_stored()).signatures == (
        signature,
    )


def test_a_list_that_ran_out_is_named_with_its_end_and_where_it_came_from():
    old = pki.crl(this_update=AT - 40 * DAY, next_update=AT - 10 * DAY)
    older = pki.crl(this_update=AT - 50 * DAY, next_update=AT - 45 * DAY)
    coming = pki.crl(this_update=AT + DAY, next_update=AT + 2 * DAY)
    forged = make_list(by=Authority(pki.issuing().certificate, pki.key("x"), "x"), next_update=AT - DAY)
    names = {old: "issuing.crl", older: "older.crl"}
    roots, known = pki.trust().roots, pki.trust().intermediates
    material = TrustMaterial(roots, known, (older, old, forged), names=names)
    outcome = validate_path(pki.organisation().der, Enclosed(), material, AT)
    params = dict(outcome.params)
    assert outcome.sub_indication == "TRY_LATER"
    assert (params["reason"], params["source"]) == ("list-ran-out", "issuing.crl")
    assert params["next_update"] == (AT - 10 * DAY).isoformat().replace("+00:00", "Z")
    assert "Issuing" in params["issuer"]
    nameless = TrustMaterial(roots, known, (old,))
    told = dict(validate_path(pki.organisation().der, Enclosed(), nameless, AT).params)["source"]
    assert told.startswith("SHA-256 " + hashlib.sha256(old).hexdigest()[:16])
    for others in ((), (forged,), (coming,)):
        material = TrustMaterial(roots, known, others)
        assert (
            not {"reason", "source"}
            & dict(validate_path(pki.organisation().der, Enclosed(), material, AT).params).keys()
        )
    sentence = pki.judge(
        cms.sign(pki.CONTENT, pki.organisation().certificate, pki.organisation().key),
        material=TrustMaterial(roots, known, (old,), names=names),
    ).to_json()["sentence"]
    assert "(issuing.crl; " in sentence
    assert params["next_update"] in sentence
