"""The words of an evidence archive's page, in Vietnamese and English."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_EN: Final = {
    "title": "Evidence of a document",
    "purpose": (
        "This page says in words what the other parts of the archive prove. The program of the axis makes it "
        "again from them and compares; README.txt says how to check them without it."
    ),
    "document": "The document",
    "number": "Number",
    "issued_on": "Issued on",
    "type": "Kind",
    "subject": "Subject",
    "action": "Action",
    "new": "a new document",
    "recall": "recalls earlier documents",
    "update": "updates earlier documents",
    "replace": "replaces earlier documents",
    "priority": "Priority",
    "normal": "normal",
    "urgent": "urgent",
    "very_urgent": "very urgent",
    "express": "express",
    "express_timed": "express, at a set time",
    "from": "Sent by",
    "to": "Sent to",
    "signer": "Signer, as the document says",
    "refers_to": "Refers to",
    "accepted": "Accepted by the axis",
    "id": "Id on this axis",
    "files": "Files",
    "name": "Name",
    "bytes": "Bytes",
    "manifest": "the manifest, which was signed",
    "verdicts": "Signatures, and what each check found",
    "at-acceptance": "When it was accepted",
    "later": "Judged again",
    "unsigned": "It was not signed.",
    "since": "What happened to it since",
    "recipient": "Recipient",
    "time": "Time",
    "event": "Status",
    "by": "Given by",
    "note": "Note",
    "nothing": "no status yet",
    "own": "This archive was given to a recipient: it holds that recipient's deliveries alone.",
    "request": "about a request to",
    "request-recall": "recall",
    "request-update": "update",
    "request-replace": "replace",
    "proof": "Proof",
    "position": "Position in the ledger",
    "receipts": (
        "The receipts prove that acceptance, statuses and verdicts stand in the ledger, and since when. They "
        "prove nothing about what the axis was not told."
    ),
    "policy": "Policy",
}
_VI: Final = {
    "title": "Hồ sơ chứng cứ của văn bản",
    "purpose": (
        "Trang này diễn giải bằng lời những gì các phần khác của hồ sơ chứng minh. "
        "Phần mềm của trục tạo lại trang này từ các phần đó để so sánh; README.txt hướng dẫn kiểm tra mà "
        "không cần phần mềm của trục."
    ),
    "document": "Văn bản",
    "number": "Số, ký hiệu",
    "issued_on": "Ngày ban hành",
    "type": "Loại văn bản",
    "subject": "Trích yếu",
    "action": "Nghiệp vụ",
    "new": "văn bản mới",
    "recall": "thu hồi văn bản đã gửi",
    "update": "cập nhật văn bản đã gửi",
    "replace": "thay thế văn bản đã gửi",
    "priority": "Độ khẩn",
    "normal": "thường",
    "urgent": "khẩn",
    "very_urgent": "thượng khẩn",
    "express": "hỏa tốc",
    "express_timed": "hỏa tốc hẹn giờ",
    "from": "Cơ quan gửi",
    "to": "Cơ quan nhận",
    "signer": "Người ký (theo văn bản)",
    "refers_to": "Liên quan đến",
    "accepted": "Trục tiếp nhận lúc",
    "id": "Mã trên trục",
    "files": "Các tệp",
    "name": "Tên tệp",
    "bytes": "Dung lượng (byte)",
    "manifest": "bản kê đã được ký",
    "verdicts": "Chữ ký số và kết quả từng bước kiểm tra",
    "at-acceptance": "Khi tiếp nhận",
    "later": "Xét lại",
    "unsigned": "Văn bản không được ký số.",
    "since": "Diễn biến sau đó",
    "recipient": "Cơ quan nhận",
    "time": "Thời gian",
    "event": "Trạng thái",
    "by": "Cơ quan cập nhật",
    "note": "Ghi chú",
    "nothing": "chưa có trạng thái",
    "own": "Hồ sơ này được cấp cho một cơ quan nhận: chỉ gồm diễn biến tại cơ quan đó.",
    "request": "về yêu cầu",
    "request-recall": "thu hồi",
    "request-update": "cập nhật",
    "request-replace": "thay thế",
    "proof": "Chứng cứ",
    "position": "Vị trí trong sổ cái",
    "receipts": (
        "Các biên nhận chứng minh việc tiếp nhận, các trạng thái và các kết quả xác thực đã được ghi vào sổ "
        "cái, và ghi từ khi nào. Biên nhận không chứng minh điều gì mà trục không được báo."
    ),
    "policy": "Chính sách",
}
WORDS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType({"vi": _VI, "en": _EN})
