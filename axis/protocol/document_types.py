"""The 29 kinds of administrative document, by their slugs.

It holds no legal documents (laws, decrees, circulars), which are not sent as such. Source: Decree
30/2020/NĐ-CP, article 7, with the abbreviations of its annex III; two kinds of letter have none.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DocumentType:
    """A kind of document: its slug, its names, and the abbreviation used in document numbers."""

    slug: str
    vi: str
    en: str
    abbreviation: str | None


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
    )
}
"""Every kind by its slug, in the decree's order."""
