"""A signature in a container is judged as any other, once it covers every file."""

from datetime import timedelta

from support import pki
from support.containers import (
    FILES,
    asic_e,
    cms,
    judge,
    judge_all,
    manifest,
    pack,
)

from signing.verdict_vocabulary import SubIndication


def test_two_signers_of_the_same_files_both_pass():
    second = manifest(FILES, "META-INF/signature002.p7s")
    files = {
        **asic_e(),
        "META-INF/ASiCManifest002.xml": second,
        "META-INF/signature002.p7s": cms(second, pki.person()),
    }
    verdicts = judge_all(pack(files))
    assert {each.kind: each.sub_indication for each in verdicts} == {"organisation": None, "person": None}


def test_a_signature_by_another_agency_is_not_the_senders():
    other = pki.organisation("other", agency="000.00.00.H26")
    verdict = judge(pack(asic_e(signer=other)))
    assert (verdict.sub_indication, verdict.of_sender) == (SubIndication.SIG_CONSTRAINTS_FAILURE, False)


def test_an_expired_certificate_fails_as_in_any_format():
    assert judge(pack(asic_e()), at=pki.END - timedelta(hours=1)).sub_indication is SubIndication.EXPIRED
