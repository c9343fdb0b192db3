"""The kinds of document that agencies send each other, by their slugs: administrative, legal, messages."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

# Sources: Decree 30/2020/NĐ-CP, article 7, with the abbreviations of its annex III, for the 29 administrative
# kinds (two kinds of letter have no abbreviation); Circular 01/2011/TT-BNV, article 4, for four kinds that
# the decree dropped and older messages have; Law 80/2015/QH13, article 4, for the legal ones. Resolutions and
# decisions are of both sorts, and listed once. `thong-diep` is of no law: it marks typed messages.


@dataclass(frozen=True, slots=True)
class DocumentType:
    """A kind of document: its slug, its names, and the abbreviation used in document numbers."""

    slug: str
    vi: str
    en: str
    abbreviation: str | None
    is_legal: bool = False
    """A legal document by Law 80/2015/QH13 that is not also an administrative kind."""
    is_message: bool = False
    """A typed message between two systems, which the old protocol does not know."""


DOCUMENT_TYPES: dict[str, DocumentType] = {
    kind.slug: kind
    for kind in (
        DocumentType("nghi-quyet", "Nghị quyết", "resolution", "NQ"),
        DocumentType("quyet-dinh", "Quyết định", "decision", "QĐ"),
        DocumentType("chi-thi", "Chỉ thị", "directive", "CT"),
        DocumentType("quy-che", "Quy chế", "statute", "QC"),
        DocumentType("quy-dinh", "Quy định", "regulation", "QyĐ"),
        DocumentType("thong-cao", "Thông cáo", "communiqué", "TC"),
        DocumentType("thong-bao", "Thông báo", "notice", "TB"),
        DocumentType("huong-dan", "Hướng dẫn", "guidance", "HD"),
        DocumentType("chuong-trinh", "Chương trình", "programme", "CTr"),
        DocumentType("ke-hoach", "Kế hoạch", "plan", "KH"),
        DocumentType("phuong-an", "Phương án", "course of action", "PA"),
        DocumentType("de-an", "Đề án", "scheme", "ĐA"),
        DocumentType("du-an", "Dự án", "project", "DA"),
        DocumentType("bao-cao", "Báo cáo", "report", "BC"),
        DocumentType("bien-ban", "Biên bản", "minutes", "BB"),
        DocumentType("to-trinh", "Tờ trình", "submission", "TTr"),
        DocumentType("hop-dong", "Hợp đồng", "contract", "HĐ"),
        DocumentType("cong-van", "Công văn", "official letter", None),
        DocumentType("cong-dien", "Công điện", "official telegram", "CĐ"),
        DocumentType("ban-ghi-nho", "Bản ghi nhớ", "memorandum", "BGN"),
        DocumentType("ban-thoa-thuan", "Bản thỏa thuận", "agreement", "BTT"),
        DocumentType("giay-uy-quyen", "Giấy ủy quyền", "letter of authorisation", "GUQ"),
        DocumentType("giay-moi", "Giấy mời", "invitation", "GM"),
        DocumentType("giay-gioi-thieu", "Giấy giới thiệu", "letter of introduction", "GGT"),
        DocumentType("giay-nghi-phep", "Giấy nghỉ phép", "leave permit", "GNP"),
        DocumentType("phieu-gui", "Phiếu gửi", "dispatch slip", "PG"),
        DocumentType("phieu-chuyen", "Phiếu chuyển", "forwarding slip", "PC"),
        DocumentType("phieu-bao", "Phiếu báo", "notification slip", "PB"),
        DocumentType("thu-cong", "Thư công", "formal letter", None),
        DocumentType("ban-cam-ket", "Bản cam kết", "undertaking", "BCK"),
        DocumentType("giay-chung-nhan", "Giấy chứng nhận", "certificate", "GCN"),
        DocumentType("giay-di-duong", "Giấy đi đường", "travel order", "GĐĐ"),
        DocumentType("giay-bien-nhan-ho-so", "Giấy biên nhận hồ sơ", "receipt for a dossier", "GBN"),
        DocumentType("hien-phap", "Hiến pháp", "constitution", None, is_legal=True),
        DocumentType("bo-luat", "Bộ luật", "code of law", None, is_legal=True),
        DocumentType("luat", "Luật", "law", None, is_legal=True),
        DocumentType("phap-lenh", "Pháp lệnh", "ordinance", "PL", is_legal=True),
        DocumentType("lenh", "Lệnh", "order", "L", is_legal=True),
        DocumentType("nghi-dinh", "Nghị định", "decree", "NĐ", is_legal=True),
        DocumentType(
            "nghi-quyet-lien-tich", "Nghị quyết liên tịch", "joint resolution", "NQLT", is_legal=True
        ),
        DocumentType("thong-tu", "Thông tư", "circular", "TT", is_legal=True),
        DocumentType("thong-tu-lien-tich", "Thông tư liên tịch", "joint circular", "TTLT", is_legal=True),
        DocumentType("thong-diep", "Thông điệp dữ liệu", "typed message", None, is_message=True),
    )
}
"""Every kind by its slug, in the order of the sources."""

MESSAGE = "thong-diep"
"""The type of documents that carry a typed message: JSON, the main attachment."""
MESSAGE_MEDIA_TYPE = r"^application/vnd\.axis\.[a-z0-9]+(-[a-z0-9]+)*\.v1\+json$"
"""The media type of the main attachment. What stands before `.v1` is the kind of message."""
KIND_CHARACTERS = 31
"""The longest kind. Counters keep it with a mark before it where other documents have their type."""
_MEDIA_TYPE = re.compile(MESSAGE_MEDIA_TYPE)
_BEFORE, _AFTER = "application/vnd.axis.", ".v1+json"
MESSAGE_MEDIA_TYPE_CHARACTERS = len(_BEFORE) + KIND_CHARACTERS + len(_AFTER)


def message_kind(document_type: str, media_types: Sequence[str]) -> str | None:
    """Return what a message is about, as the media type of its main attachment says; None for others."""
    if document_type != MESSAGE or not media_types or not is_message_media_type(media_types[0]):
        return None
    return media_types[0].removeprefix(_BEFORE).removesuffix(_AFTER)


def is_message_media_type(media_type: str) -> bool:
    """Tell whether the main attachment of a message may have this media type."""
    return len(media_type) <= MESSAGE_MEDIA_TYPE_CHARACTERS and bool(_MEDIA_TYPE.fullmatch(media_type))
