"""What templates write of a verdict is what would be written of it as a whole."""

import json
from datetime import UTC, datetime, timedelta, timezone

import orjson
from hypothesis import given
from hypothesis import strategies as st

from signing import written_verdicts
from signing.certificates import CertificateSummary
from signing.verdict import Check, DocumentVerdict, Indication, SignatureVerdict

ZONES = st.sampled_from([UTC, timezone(timedelta(hours=7))])
TIMES = st.integers(0, 7_000_000_000_000_000).flatmap(
    lambda moment: ZONES.map(lambda zone: datetime.fromtimestamp(moment / 1_000_000, zone))
)
HOLE = written_verdicts._HOLE
TEXTS = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=12), st.sampled_from(['"', "\\", HOLE.isoformat()])
)
CHECKS = st.builds(
    Check,
    st.integers(0, 7),
    st.sampled_from(["structure", "trusted-time", "claimed-time", "content-digest", "key"]),
    st.sampled_from(["passed", "failed", "unknown", "skipped"]),
    st.none() | TEXTS | TIMES | st.just(HOLE),
    st.none() | TEXTS,
)
CERTIFICATE = CertificateSummary(
    subject="CN=UBND tỉnh Vĩnh Phúc",
    issuer="CN=Axis",
    serial="1f",
    sha256="0" * 64,
    not_before=datetime(2019, 1, 1, tzinfo=UTC),
    not_after=datetime(2029, 1, 1, tzinfo=UTC),
)
SIGNATURES = st.builds(
    SignatureVerdict,
    indication=st.sampled_from(Indication),
    sub_indication=st.none(),
    format=st.sampled_from(["CMS", "CAdES", "PAdES"]),
    covers=st.sampled_from(["manifest", "attachment:a.pdf"]),
    kind=st.sampled_from([None, "organisation", "person"]),
    agency=st.none() | TEXTS,
    of_sender=st.booleans(),
    signer=st.none() | TEXTS,
    certificate=st.sampled_from([None, CERTIFICATE]),
    chain=st.sampled_from([(), ("0" * 64, "1" * 64)]),
    claimed_time=st.none() | TIMES | st.just(HOLE),
    trusted_time=TIMES | st.just(HOLE),
    time_source=st.sampled_from(["acceptance", "rfc3161"]),
    algorithms=st.sampled_from([None, "ecdsa-p256-sha256"]),
    checks=st.lists(CHECKS, max_size=6).map(tuple),
    policy=st.just("axis-2019"),
    params=st.just(()),
    material=st.sampled_from([None, (), (("crl", "2" * 64),)]),
    tokens=st.just(()),
)


def verdict_of(*signatures: SignatureVerdict) -> DocumentVerdict:
    return DocumentVerdict(Indication.TOTAL_PASSED, None, "organisation", signatures, "axis-2019", "3" * 64)


@given(st.lists(SIGNATURES, max_size=3))
def test_templates_write_what_is_written_as_a_whole(signatures: list[SignatureVerdict]) -> None:
    verdict = verdict_of(*signatures)
    for language in ("en", "vi"):
        assert verdict.to_written(language) == orjson.dumps(verdict.to_json(language))
    read = DocumentVerdict.from_stored(verdict.to_stored())
    assert read == verdict


def test_the_second_signature_by_a_certificate_has_its_own_times_and_digest() -> None:
    at = datetime(2026, 6, 3, 2, 11, 9, tzinfo=UTC)

    def signature(second: int, digest: str) -> SignatureVerdict:
        moment = at + timedelta(seconds=second)
        checks = (Check(1, "trusted-time", "passed", moment), Check(2, "content-digest", "passed", digest))
        return SignatureVerdict(
            Indication.TOTAL_PASSED, None, "CMS", "manifest", "organisation", "000.00.00.H62", True, "UBND",
            CERTIFICATE, (), moment, moment, "acceptance", None, checks, "axis-2019",
        )  # fmt: skip

    verdict_of(signature(0, "a" * 64)).to_written("en")
    (written,) = json.loads(verdict_of(signature(1, "b" * 64)).to_written("en"))["signatures"]
    assert written["claimed_time"] == written["trusted_time"] == "2026-06-03T02:11:10Z"
    assert [check["found"] for check in written["checks"]] == ["2026-06-03T02:11:10Z", "b" * 64]


def test_a_text_that_is_no_utf_8_is_written_all_the_same() -> None:
    half = Check(6, "owner", "failed", "\ud800", None)
    checked = SignatureVerdict(
        Indication.INDETERMINATE, None, "CMS", "manifest", None, None, False, "\ud800", None, (), None,
        datetime(2026, 6, 3, tzinfo=UTC), "acceptance", None, (half,), "axis-2019",
    )  # fmt: skip
    verdict = verdict_of(checked)
    assert DocumentVerdict.from_stored(verdict.to_stored()) == verdict
    assert json.loads(verdict.to_written("en")) == verdict.to_json("en")
