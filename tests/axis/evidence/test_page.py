"""The page of an evidence archive: the same for ever for the same parts, and safe whatever they hold."""

import hashlib
import json
from datetime import UTC, datetime

import pytest

from axis.evidence.page import PAGE_VERSION, evidence_page, is_of_this_version
from axis.protocol.manifest import parse_manifest
from signing.certificates import CertificateSummary
from signing.pages.formats import shown_day, shown_time
from signing.verdict import DocumentVerdict, SignatureVerdict
from signing.verdict_vocabulary import Check, Indication

KNOWN = {3: "729f435c9d45e0f71176cdeff7c09b671c86dee12d7cee8107a0773e41caf9b9"}
"""The page of these parts by version. What changes the page raises the version."""

AT = datetime(2019, 6, 3, 2, 11, 9, tzinfo=UTC)
SIGNATURE = SignatureVerdict(
    indication=Indication.TOTAL_PASSED,
    sub_indication=None,
    format="CMS",
    covers="manifest",
    kind="organisation",
    agency="000.00.00.H24",
    of_sender=True,
    signer="UBND thành phố Hải Phòng",
    certificate=CertificateSummary("CN=a", "CN=b", "1f", "ab" * 32, AT, AT),
    chain=("ab" * 32, "cd" * 32),
    claimed_time=AT,
    trusted_time=AT,
    time_source="acceptance",
    algorithms="ecdsa-p256-sha256",
    checks=(Check(1, "trusted-time", "passed", AT, "acceptance"), Check(3, "signature-value", "passed")),
    policy="axis-2019",
    material=(("certificate", "ab" * 32),),
)


def manifest(**members):
    return parse_manifest(
        json.dumps(
            {
                "from": "000.00.00.H24",
                "to": ["000.00.00.G22", "000.00.00.H05"],
                "number": "123/UBND-VX",
                "issued_on": "2019-06-03",
                "type": "cong-van",
                "subject": "V/v báo cáo",
                "refers_to": [{"from": "H05", "number": "7/VP", "issued_on": "2019-06-01"}],
                "signer": {"name": "Nguyễn Văn An", "position": "Chủ tịch"},
                "attachments": [
                    {"name": "a.pdf", "media_type": "application/pdf", "size": 3, "sha256": "ef" * 32}
                ],
            }
            | members
        ).encode()
    )


def worded(members):
    """Replace the sentences, which stand in the part itself and change with the judging program."""
    for each in (members, *members["signatures"]):
        each.update(sentence="A sentence.", remedy="What to do.")
    for signature in members["signatures"]:
        for check in signature["checks"]:
            check["title"] = "A title"
    return members


def verdicts():
    given = [
        DocumentVerdict(None, None, "none", (), "axis-2019", "00" * 32),
        DocumentVerdict(Indication.TOTAL_PASSED, None, "organisation", (SIGNATURE,), "axis-2019", "00" * 32),
    ]
    items = [
        {
            "sequence": sequence,
            "at": "2019-06-03T02:11:09Z",
            "position": 4 + sequence,
            **worded(verdict.to_json("en")),
            "vi": worded(verdict.to_json("vi")),
        }
        for sequence, verdict in enumerate(given)
    ]
    return {"document": "d", "items": items}


def statuses(note="Đã vào sổ"):
    event = {"position": 9, "kind": "status", "at": "2019-06-03T03:00:00Z", "note": note}
    asked = {**event, "code": "13", "by": "000.00.00.H24", "request": "recall"}
    return {
        "document": "d",
        "position": 4,
        "accepted_at": "2019-06-03T02:11:09Z",
        "from": {"code": "000.00.00.H24", "name": "UBND thành phố Hải Phòng"},
        "complete": True,
        "deliveries": [
            {
                "id": "d.0",
                "to": "000.00.00.G22",
                "name": "Văn phòng Chính phủ",
                "events": [{**event, "code": "03", "by": "000.00.00.G22"}, asked],
            },
            {"id": "d.1", "to": "000.00.00.H05", "name": None, "events": []},
        ],
    }


def test_the_page_of_the_same_parts_changes_only_with_its_version():
    page = evidence_page(manifest(), verdicts(), statuses()).encode()
    assert hashlib.sha256(page).hexdigest() == KNOWN[PAGE_VERSION]
    assert is_of_this_version(page)
    assert not is_of_this_version(page.replace(b"evidence page 3", b"evidence page 2"))


def test_what_strangers_wrote_stays_text():
    page = evidence_page(
        manifest(subject="<script>alert(1)</script>"), verdicts(), statuses("<img src=x onerror=1>")
    )
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("word", ["new", "recall", "update", "replace"])
def test_each_action_has_its_words(word):
    asks = {"refers_to": [{"from": "H24", "number": "7/VP", "issued_on": "2019-06-01"}]}
    assert evidence_page(manifest(action=word, **asks), verdicts(), statuses())


@pytest.mark.parametrize("word", ["normal", "urgent", "very_urgent", "express", "express_timed"])
def test_each_priority_has_its_words(word):
    assert evidence_page(manifest(priority=word), verdicts(), statuses())


def test_a_recipients_page_says_that_it_is_not_everything():
    own = {**statuses(), "complete": False}
    page = evidence_page(manifest(), verdicts(), own)
    assert "chỉ gồm diễn biến tại cơ quan đó" in page
    assert "that recipient&#x27;s deliveries alone" in page or "that recipient's deliveries alone" in page


@pytest.mark.parametrize(
    ("text", "vi", "en"),
    [
        (
            "2019-06-02T17:00:00.5Z",
            "00:00:00 ngày 03/06/2019 (giờ Việt Nam)",
            "2019-06-03 00:00:00 (Viet Nam's time, UTC+07:00)",
        ),
        ("acceptance", "acceptance", "acceptance"),
        ("9999-99-99T99:99:99Z", "9999-99-99T99:99:99Z", "9999-99-99T99:99:99Z"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
    ],
)
def test_times_are_viet_nams_and_other_texts_stay(text, vi, en):
    assert shown_time(text, "vi") == vi
    assert shown_time(text, "en") == en


def test_days_are_written_as_each_language_does():
    assert shown_day("2019-06-03", "vi") == "03/06/2019"
    assert shown_day("2019-06-03", "en") == "2019-06-03"
