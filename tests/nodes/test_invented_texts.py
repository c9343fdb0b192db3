"""Invented words of documents."""

from random import Random

import pytest

from axis.protocol.document_types import DOCUMENT_TYPES
from nodes.invented_texts import MATTERS, following_subject, further_page, matter_of, page, signer_of
from nodes.known_agencies import agency


@pytest.mark.parametrize("kind", [slug for slug, kind in DOCUMENT_TYPES.items() if not kind.is_message])
def test_there_is_a_matter_for_each_kind(kind):
    matter = matter_of(kind, Random(1))
    assert matter.type == kind
    assert matter.subject
    assert matter in MATTERS or matter.subject.startswith(DOCUMENT_TYPES[kind].vi)


def test_a_recall_says_what_it_recalls():
    assert (
        following_subject("recall", "12/UBND-VX", "2019-06-03")
        == "V/v thu hồi văn bản số 12/UBND-VX ngày 03/06/2019"
    )


def test_a_page_tells_number_day_recipients_and_signer_in_lines_that_fit():
    sender, recipients = agency("H26.31.01"), [agency("G22"), agency("H62")]
    signer = signer_of(sender, Random(1))
    lines = page(sender, recipients, "12/UBND-VX", "2019-06-03", "V/v thử", signer) + further_page(2)
    texts = [line.text for line in lines]
    assert "Số: 12/UBND-VX" in texts
    assert "Phúc Xá, ngày 03 tháng 06 năm 2019" in texts
    assert "Kính gửi: Văn phòng Chính phủ, UBND tỉnh Vĩnh Phúc" in texts
    assert signer.name in texts
    assert max(map(len, texts)) <= 84
    assert [line.starts_page for line in lines].count(True) == 1
