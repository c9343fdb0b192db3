"""What the face's pages say, in Vietnamese and English."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from signing.verdict_sentences import Language

_TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    "in": ("Văn bản đến", "Incoming"),
    "out": ("Văn bản đi", "Outgoing"),
    "send": ("Gửi văn bản", "Send a document"),
    "hub": ("Trục liên thông", "Axis"),
    "number": ("Số, ký hiệu", "Number"),
    "subject": ("Trích yếu", "Subject"),
    "from": ("Nơi gửi", "From"),
    "to": ("Nơi nhận", "To"),
    "to_hint": ("Mã cơ quan, cách nhau bằng dấu phẩy: G22, H23", "Codes, with commas between: G22, H23"),
    "accepted": ("Thời điểm tiếp nhận", "Accepted"),
    "verdict": ("Chữ ký", "Signature"),
    "status": ("Trạng thái", "Status"),
    "no_status": ("Chưa phản hồi", "Not answered yet"),
    "type": ("Loại văn bản", "Kind"),
    "priority": ("Độ khẩn", "Priority"),
    "signed_by": ("Ký số", "Signed by"),
    "both": ("Cá nhân và cơ quan", "Person and organisation"),
    "organisation": ("Cơ quan", "Organisation"),
    "person": ("Cá nhân", "Person"),
    "none": ("Không ký", "Nobody"),
    "normal": ("Thường", "Normal"),
    "urgent": ("Khẩn", "Urgent"),
    "very_urgent": ("Thượng khẩn", "Very urgent"),
    "express": ("Hỏa tốc", "Express"),
    "express_timed": ("Hỏa tốc hẹn giờ", "Express by a set hour"),
    "nothing": ("Chưa có văn bản nào.", "There is no document yet."),
    "left_out": ("Các văn bản cũ hơn, không hiển thị ở đây", "Older ones, not shown here"),
    "answer": ("Phản hồi", "Answer"),
    "note": ("Ghi chú", "Note"),
    "note_hint": ("Cần có khi từ chối (02, 16)", "Needed for a refusal (02, 16)"),
    "give": ("Gửi phản hồi", "Give this status"),
    "no_answer": ("Không còn phản hồi nào có thể gửi.", "There is no status to give any more."),
    "recall": ("Thu hồi văn bản", "Ask it back"),
    "recall_hint": (
        "Gửi văn bản thu hồi tới nơi nhận này; nơi nhận trả lời 15 (đồng ý) hoặc 16 (từ chối).",
        "A document of its own asks this recipient to give it back, who agrees (15) or does not (16).",
    ),
    "history": ("Quá trình xử lý", "What happened"),
    "files": ("Tệp đính kèm", "Files"),
    "sent": ("Trục đã tiếp nhận văn bản.", "The axis accepted the document."),
    "refused": ("Trục đã từ chối", "The axis refused this"),
    "unreachable": ("Không kết nối được với trục", "The axis cannot be reached"),
    "wrong_form": (
        "Biểu mẫu này không thuộc trang hiện tại. Hãy mở lại trang.",
        "This form is not of a page of this system. Open the page again.",
    ),
    "not_found": ("Không có trang này.", "There is no such page."),
    "back": ("Quay lại", "Back"),
    "TOTAL-PASSED": ("Hợp lệ", "Valid"),
    "TOTAL-FAILED": ("Không hợp lệ", "Invalid"),
    "INDETERMINATE": ("Chưa xác định", "Undecided"),
    "NONE": ("Không ký", "Not signed"),
    "demonstration": (
        "Hệ thống quản lý văn bản để trình diễn. Ai mở được trang này đều hành động thay cơ quan.",
        "A document system for demonstrations. Whoever reaches this page acts for the agency.",
    ),
}


def texts_of(language: Language) -> Mapping[str, str]:
    """Return all texts of a language by their names."""
    place = 0 if language == "vi" else 1
    return MappingProxyType({name: both[place] for name, both in _TEXTS.items()})
