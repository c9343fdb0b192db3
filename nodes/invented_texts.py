"""Invented words of official documents: subjects, kinds, signers and sentences to fill a page.

The layout follows Decree 30/2020 in outline.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from axis.protocol.document_types import DOCUMENT_TYPES
from nodes.known_agencies import Agency
from nodes.pdf import Line

_WIDE = 84  # characters of 12-point Times that surely fit the page


@dataclass(frozen=True, slots=True)
class Matter:
    """What a document may be about."""

    type: str
    """Slug of the kind, `cong-van`."""
    notation: str
    """The unit that drafted it, after the agency in the number: `VX` in `123/UBND-VX`."""
    subject: str


MATTERS = (
    Matter("cong-van", "VX", "V/v tăng cường công tác phòng, chống dịch bệnh trên địa bàn"),
    Matter("cong-van", "TH", "V/v triển khai gửi, nhận văn bản điện tử giữa các hệ thống quản lý văn bản"),
    Matter("cong-van", "KT", "V/v đẩy nhanh tiến độ giải ngân vốn đầu tư công năm 2019"),
    Matter("cong-van", "NN", "V/v triển khai các biện pháp phòng, chống bệnh dịch tả lợn châu Phi"),
    Matter("cong-van", "TNMT", "V/v xử lý kiến nghị của công dân về môi trường khu công nghiệp"),
    Matter("cong-van", "KSTT", "V/v cập nhật thủ tục hành chính trên cơ sở dữ liệu quốc gia"),
    Matter("bao-cao", "TH", "Báo cáo tình hình kinh tế - xã hội tháng và nhiệm vụ trọng tâm tháng tới"),
    Matter("bao-cao", "NC", "Báo cáo kết quả công tác tiếp công dân, giải quyết khiếu nại, tố cáo"),
    Matter("bao-cao", "HCC", "Báo cáo kết quả thực hiện cơ chế một cửa, một cửa liên thông"),
    Matter("to-trinh", "XD", "Tờ trình về việc điều chỉnh quy hoạch chung xây dựng"),
    Matter("thong-bao", "TH", "Thông báo kết luận tại cuộc họp giao ban công tác tháng"),
    Matter("giay-moi", "VP", "Giấy mời họp trực tuyến về xây dựng Chính phủ điện tử"),
    Matter("ke-hoach", "CNTT", "Kế hoạch ứng dụng công nghệ thông tin trong hoạt động của cơ quan nhà nước"),
    Matter("quyet-dinh", "NC", "Quyết định ban hành quy chế tiếp nhận, xử lý văn bản điện tử"),
)

NOT_OURS = "Văn bản gửi không đúng thẩm quyền giải quyết của cơ quan."
REASONS_TO_REFUSE = (
    NOT_OURS,
    "Tệp đính kèm thiếu phụ lục nêu trong văn bản.",
    "Văn bản trùng nội dung với văn bản đã nhận trước đó.",
)

_ABOUT = {"recall": "thu hồi", "update": "cập nhật", "replace": "thay thế"}


def matter_of(kind: str, rng: Random) -> Matter:
    """Choose what a document of a kind is about."""
    known = [matter for matter in MATTERS if matter.type == kind]
    if known:
        return rng.choice(known)
    return Matter(kind, "VP", f"{DOCUMENT_TYPES[kind].vi} về công tác chỉ đạo, điều hành của cơ quan")


def following_subject(action: str, number: str, day: str) -> str:
    """Say which document is recalled, updated or replaced; `day` as `2019-06-03`."""
    return f"V/v {_ABOUT[action]} văn bản số {number} ngày {'/'.join(reversed(day.split('-')))}"


_SURNAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô", "Dương", "Lý")
_MIDDLE = ("Văn", "Thị", "Đức", "Minh", "Quang", "Hữu", "Thanh", "Ngọc", "Xuân", "Hồng")
_OF_DEPARTMENTS = {"VP": "Phó Chánh Văn phòng", "TTr": "Phó Chánh Thanh tra"}
_GIVEN = ("An", "Bình", "Cường", "Dũng", "Hà", "Hải", "Hương", "Lan", "Long", "Nam", "Phúc", "Sơn", "Thủy")


@dataclass(frozen=True, slots=True)
class Signer:
    """The person who signs for an agency."""

    name: str
    """Full name, surname first."""
    title: str


def citizen_of(rng: Random) -> tuple[str, str]:
    """Invent a person who hands something in: a name, and twelve digits that begin as no real number does."""
    return invented_name(rng), f"000{rng.randrange(10**9):09d}"


def invented_name(rng: Random) -> str:
    """Invent a person's full name, surname first."""
    return f"{rng.choice(_SURNAMES)} {rng.choice(_MIDDLE)} {rng.choice(_GIVEN)}"


def signer_of(agency: Agency, rng: Random) -> Signer:
    """Invent the person who signs for `agency`."""
    titles = {"ministry": "Thứ trưởng", "government_office": "Phó Chủ nhiệm"}
    name = invented_name(rng)
    if agency.kind == "department":
        return Signer(name, _OF_DEPARTMENTS.get(agency.notation, "Phó Giám đốc"))
    return Signer(name, titles.get(agency.kind, "Phó Chủ tịch Ủy ban nhân dân"))


def page(
    sender: Agency, recipients: Sequence[Agency], number: str, day: str, subject: str, signer: Signer | None
) -> list[Line]:
    """Lay out the one page of a document."""
    year, month, date = day.split("-")
    named = ", ".join(agency.name for agency in recipients[:3])
    if len(recipients) > 3:  # noqa: PLR2004 - as many as fit two lines
        named += f" và {len(recipients) - 3} cơ quan khác"
    body = (
        f"{sender.name} gửi quý cơ quan văn bản này để biết, chỉ đạo và phối hợp thực hiện; kết quả đề nghị "
        "phản hồi trên trục liên thông văn bản quốc gia. Văn bản này do hệ thống mô phỏng tạo ra, "
        "không có giá trị pháp lý."
    )
    lines = [
        Line(sender.name.upper(), 12, bold=True),
        Line("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 12, bold=True, indent=150),
        Line("Độc lập - Tự do - Hạnh phúc", 12, bold=True, indent=185),
        Line(""),
        Line(f"Số: {number}"),
        Line(f"{sender.place}, ngày {date} tháng {month} năm {year}", indent=200),
        Line(""),
        *(Line(text, 12, bold=True) for text in wrapped(subject)),
        Line(""),
        *(Line(text, indent=20) for text in wrapped(f"Kính gửi: {named}")),
        Line(""),
        *(Line(text) for text in wrapped(body)),
        Line(""),
    ]
    if signer is not None:
        lines += [Line(signer.title.upper(), bold=True, indent=230), Line(signer.name, bold=True, indent=250)]
    return lines


def further_page(number: int) -> list[Line]:
    """Lay out one more page of text, which begins on a sheet of its own."""
    text = (
        "Các cơ quan, đơn vị căn cứ chức năng, nhiệm vụ được giao tổ chức thực hiện; kịp thời báo cáo "
        "khó khăn, vướng mắc để được xem xét, giải quyết theo quy định. "
    )
    return [
        Line(f"{number}", indent=220, starts_page=True),
        Line(""),
        *(Line(line) for line in wrapped(text * 14)),
    ]


def wrapped(text: str) -> list[str]:
    """Break a text into lines that fit the page."""
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + 1 + len(word) > _WIDE:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
