"""The settings alone decide whether a verdict refuses a document."""

from dataclasses import replace
from typing import Any

import pytest

from axis.intake.verdict_policy import decide
from axis.protocol.errors import IndeterminateRejected, SignatureRejected, UnsignedRejected
from axis.settings import Settings
from signing.verdict import DocumentVerdict
from signing.verdict_vocabulary import Indication, SubIndication

UNSIGNED = DocumentVerdict(None, None, "none", (), "test-policy", "material")
PASSED = replace(UNSIGNED, indication=Indication.TOTAL_PASSED)
FAILED = replace(
    UNSIGNED, indication=Indication.TOTAL_FAILED, sub_indication=SubIndication.SIG_CRYPTO_FAILURE
)
OPEN = replace(UNSIGNED, indication=Indication.INDETERMINATE, sub_indication=SubIndication.TRY_LATER)


@pytest.mark.parametrize(
    ("setting", "verdict", "refusal"),
    [
        ("unsigned", UNSIGNED, UnsignedRejected),
        ("invalid", FAILED, SignatureRejected),
        ("indeterminate", OPEN, IndeterminateRejected),
    ],
)
def test_each_setting_decides_about_its_verdict_alone(setting: str, verdict: Any, refusal: Any) -> None:
    everything = {"unsigned": "accept", "invalid": "accept", "indeterminate": "accept"}
    strict: Any = everything | {setting: "reject"}
    with pytest.raises(refusal) as refused:
        decide(verdict, Settings(**strict))
    assert refused.value.params["verdict"] is verdict
    admitting: Any = everything
    decide(verdict, Settings(**admitting))


def test_a_document_that_passed_is_never_refused() -> None:
    decide(PASSED, Settings(unsigned="reject", invalid="reject", indeterminate="reject"))
