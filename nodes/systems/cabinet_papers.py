"""The papers of an e-cabinet as PDFs: the draft that is put to the vote, and the resolution that follows.

The same words give the same bytes. The layout follows Decree 30/2020 in outline.
"""

from datetime import date
from typing import Final

from nodes.invented_texts import Signer, wrapped
from nodes.multipart import Attachment
from nodes.pdf import Line, write_pdf

_NOTE: Final = "Văn bản này do hệ thống mô phỏng tạo ra, không có giá trị pháp lý."
_HEAD: Final = (
    Line("CHÍNH PHỦ", 12, bold=True),
    Line("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 12, bold=True, indent=150),
    Line("Độc lập - Tự do - Hạnh phúc", 12, bold=True, indent=185),
    Line(""),
)


def draft_paper(ballot: str, question: str, day: date) -> Attachment:
    """Write the draft that a ballot asks about, as it was drawn up on a day."""
    lines = [
        *_HEAD,
        Line("DỰ THẢO NGHỊ QUYẾT", 14, bold=True, indent=130),
        Line(""),
        *(Line(text, bold=True) for text in wrapped(question)),
        Line(""),
        *(
            Line(text)
            for text in wrapped(f"Trình các thành viên Chính phủ biểu quyết theo phiếu {ballot}. {_NOTE}")
        ),
    ]
    content = write_pdf(f"Dự thảo {ballot}: {question}", lines, day=day.isoformat())
    return Attachment(f"du-thao-{ballot}.pdf", content, "application/pdf")


def resolution_paper(
    number: str, question: str, votes: tuple[int, int], signer: Signer, day: date
) -> Attachment:
    """Write the resolution; `votes`: members in favour, and all members."""
    agree, members = votes
    texts = (
        f"Căn cứ kết quả biểu quyết: {agree} trên tổng số {members} thành viên Chính phủ đồng ý;",
        f"Điều 1. Chính phủ thống nhất thông qua nội dung: {question}.",
        "Điều 2. Các Bộ, cơ quan ngang Bộ chịu trách nhiệm thi hành Nghị quyết này.",
        _NOTE,
    )
    lines = [
        *_HEAD,
        Line(f"Số: {number}"),
        Line(f"Hà Nội, ngày {day:%d} tháng {day:%m} năm {day:%Y}", indent=200),
        Line(""),
        Line("NGHỊ QUYẾT", 14, bold=True, indent=180),
        *(Line(text, bold=True) for text in wrapped(question)),
        Line(""),
        *(Line(line) for text in texts for line in wrapped(text)),
        Line(""),
        Line("TM. CHÍNH PHỦ", bold=True, indent=230),
        Line(signer.title.upper(), bold=True, indent=230),
        Line(signer.name, bold=True, indent=250),
    ]
    content = write_pdf(f"{number}: {question}", lines, day=day.isoformat())
    return Attachment(f"{number.replace('/', '-')}.pdf", content, "application/pdf")
