"""A signature beyond a limit is not judged, and is not called wrong; one at the limit is judged."""

import pytest
from support import pki, raw_cms

GOOD = [raw_cms.content_type(), raw_cms.message_digest()]


def beyond(verdict):
    assert (verdict.indication, verdict.sub_indication) == ("INDETERMINATE", "GENERIC"), verdict
    return dict(verdict.params)["reason"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"0" * 300_000, "too-large"),
        (b"\x30\x80" * 1000, "nested-too-deep"),
        (b"\x30\x83\x01\x86\xa0" + b"\x05\x00" * 50_000, "too-many-values"),
    ],
)
def test_what_is_beyond_the_limits_was_not_judged_and_is_not_called_wrong(data, expected):
    verdict = pki.judge(data)
    assert beyond(verdict) == expected
    assert pki.check(verdict, "structure").outcome == "unknown"
    for language in ("vi", "en"):
        assert "?" not in verdict.to_json(language)["sentence"]


def test_nine_certificates_are_not_judged_and_eight_are():
    others = [pki.organisation(serial=100 + number).der for number in range(8)]
    info = raw_cms.signer_info(pki.organisation(), GOOD)
    eight = raw_cms.signed_data(info, certificates=[pki.organisation().der, *others[:7]])
    nine = raw_cms.signed_data(info, certificates=[pki.organisation().der, *others])
    assert pki.judge(eight).indication == "TOTAL-PASSED"
    assert beyond(pki.judge(nine)) == "too-many-certificates"


def test_nine_signers_are_not_judged_and_eight_are():
    info = raw_cms.signer_info(pki.organisation(), GOOD)
    carried = [pki.organisation().der]
    assert len(pki.judge_all(raw_cms.signed_data(*[info] * 8, certificates=carried))) == 8
    assert beyond(pki.judge(raw_cms.signed_data(*[info] * 9, certificates=carried))) == "too-many-signers"
