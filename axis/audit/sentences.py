"""Sums up an audit's outcome in one sentence, in Vietnamese and in English; and the labels of its report."""

from typing import Final, Literal

from axis.audit.procedure import Outcome

Language = Literal["vi", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("en", "vi")

LABELS: Final[dict[Language, dict[str, str]]] = {
    "en": {
        "title": "Audit of a document exchange axis",
        "hub": "Hub",
        "ledger": "Ledger",
        "keys": "Keys of the ledger that were believed",
        "given": "given by the auditor",
        "roots": "Roots that signatures were judged by",
        "roots-taken": "the hub's own authority, as the hub publishes it: name others with --trust",
        "taken": "taken from the hub itself at the first visit: compare it with one obtained otherwise",
        "before": "Last visit",
        "first": "none: this is the first",
        "now": "This visit",
        "broken": "the ledger is not what it was",
        "entries": "Entries",
        "moved": "of them under a moved clock",
        "old": "of version 1",
        "unknown": "of events that this program does not know",
        "rows": "Rows of statistics compared",
        "signed": "Documents counted as signed",
        "verified": "of them verified",
        "made": "Made at",
        "differences": "What differs",
        "more": "and more, which are counted but not named",
        "none": "Nothing differs.",
        "kind": "Kind",
        "where": "Where",
        "found": "Found",
        "expected": "Expected",
        "fork": "rewritten ledger",
        "rewind": "rewound ledger",
        "key": "unknown key",
        "tile": "wrong tile",
        "entry": "entry that does not hash",
        "event": "odd entry",
        "figure": "wrong figure",
        "list": "list of documents",
        "document": "not as counted",
        "receipt": "wrong receipt",
        "unproven": "not proven",
        "happened": "list of events",
        "unread": "not read",
        "gone": "acknowledged and gone",
        "restored": "Entries that were seen before the hub was restored and are gone",
        "restored-documents": "documents among them",
        "restored-again": "accepted again",
        "restored-receipts": "receipts handed in",
        "authority": "What an audit cannot see: whoever holds the authority that issues certificates to "
        "agencies can sign in an agency's name. Only the agency itself can say that it did not sign.",
    },
    "vi": {
        "title": "Kiểm toán trục liên thông văn bản",
        "hub": "Trục",
        "ledger": "Sổ cái",
        "keys": "Khóa sổ cái được tin cậy",
        "given": "do kiểm toán viên cung cấp",
        "roots": "Gốc tin cậy dùng để xác thực chữ ký",
        "roots-taken": "cơ quan chứng thực của chính trục, do trục công bố: chỉ định gốc khác bằng --trust",
        "taken": "lấy từ chính trục ở lần kiểm toán đầu tiên: cần đối chiếu với khóa nhận được qua kênh khác",
        "before": "Lần trước",
        "first": "chưa có: đây là lần đầu",
        "now": "Lần này",
        "broken": "sổ cái không còn như trước",
        "entries": "Số bản ghi",
        "moved": "trong đó ghi khi đồng hồ bị dời",
        "old": "thuộc phiên bản 1",
        "unknown": "thuộc loại sự kiện mà chương trình này không biết",
        "rows": "Số dòng thống kê đã đối chiếu",
        "signed": "Văn bản được tính là đã ký số",
        "verified": "trong đó đã kiểm tra",
        "made": "Lập lúc",
        "differences": "Những điểm sai khác",
        "more": "và những điểm khác, có đếm nhưng không liệt kê",
        "none": "Không có sai khác.",
        "kind": "Loại",
        "where": "Ở đâu",
        "found": "Thấy",
        "expected": "Lẽ ra",
        "fork": "sổ cái bị viết lại",
        "rewind": "sổ cái bị lùi lại",
        "key": "khóa lạ",
        "tile": "ô băm sai",
        "entry": "bản ghi không khớp mã băm",
        "event": "bản ghi bất thường",
        "figure": "số liệu sai",
        "list": "danh sách văn bản",
        "document": "không đúng như đã tính",
        "receipt": "biên nhận sai",
        "unproven": "chưa chứng minh được",
        "happened": "danh sách sự kiện",
        "unread": "không được đọc",
        "gone": "đã xác nhận nhưng không còn",
        "restored": "Số bản ghi đã thấy trước khi trục được phục hồi và nay không còn",
        "restored-documents": "trong đó là văn bản",
        "restored-again": "đã được chấp nhận lại",
        "restored-receipts": "biên nhận đã nộp lại",
        "authority": "Điều mà kiểm toán không thấy được: ai nắm giữ cơ quan cấp chứng thư số cho các đơn vị "
        "thì có thể ký thay đơn vị. Chỉ chính đơn vị đó mới nói được là mình không ký.",
    },
}


def sentence(outcome: Outcome, language: Language) -> str:
    """Say in one sentence whether the hub's figures are true."""
    parts = _VI if language == "vi" else _EN
    if outcome.is_broken:
        finding = outcome.findings.named[-1]
        return parts["broken"].format(
            kind=LABELS[language][finding.kind], where=finding.where, found=finding.found
        )
    assert outcome.now is not None
    head = parts["true"] if outcome.is_true else parts["false"]
    return head.format(
        differences=_counted(parts, "differences", outcome.findings.total),
        entries=_counted(parts, "entries", outcome.now.size),
        since=_since(outcome, parts),
        rows=_counted(parts, "rows", outcome.rows),
        documents=_documents(outcome, parts)
        + (_counted(parts, "unread", outcome.unread) if outcome.unread else ""),
    )


def _since(outcome: Outcome, parts: dict[str, str]) -> str:
    """Say where the last visit ended, and what a restored hub has lost of what was seen then."""
    since = "" if outcome.before is None else parts["since"].format(size=outcome.before.size)
    gone = outcome.gone
    if gone.entries:
        since += _counted(parts, "gone", gone.entries, documents=gone.documents, again=gone.again)
    return since


def _counted(parts: dict[str, str], part: str, number: int, **more: object) -> str:
    """Fill in a part by its form for none or for one, where the language has one."""
    form = {0: f"{part}, none", 1: f"{part}, one"}.get(number, part)
    return parts.get(form, parts[part]).format(number=number, **more)


def _documents(outcome: Outcome, parts: dict[str, str]) -> str:
    if outcome.sample is None or outcome.verified == outcome.signed:
        return _counted(parts, "all", outcome.signed)
    share = f"{100 * outcome.verified / outcome.signed:.1f}"
    more = {"signed": outcome.signed, "share": share, "missed": outcome.may_miss}
    return _counted(parts, "sample", outcome.verified, **more)


_EN: Final = {
    "true": "True: {entries}{since}, {rows}, and {documents}.",
    "false": "Not true: {differences}; {entries}{since}; its statistics, documents and receipts were held "
    "against the ledger, and {documents}.",
    "broken": "Not true: {kind} ({where}: {found}); nothing that the hub says of it can be relied on.",
    "differences": "{number} differences",
    "differences, one": "1 difference",
    "entries": "the {number} entries of the ledger are what the hub signed",
    "entries, one": "the 1 entry of the ledger is what the hub signed",
    "since": ", following on from the {size} of the last visit",
    "gone": ", the hub was restored since, and {number} entries that were seen before are gone ({again} of "
    "{documents} documents among them were accepted again)",
    "gone, one": ", the hub was restored since, and 1 entry that was seen before is gone ({again} of "
    "{documents} documents were accepted again)",
    "rows": "all {number} rows of its statistics are what these entries give",
    "rows, none": "its statistics have no row, as the entries have it",
    "rows, one": "the 1 row of its statistics is what the ledger gives",
    "all": "all {number} documents that are counted as signed were fetched and verified",
    "all, none": "no document is counted as signed",
    "all, one": "the 1 document that is counted as signed was fetched and verified",
    "unread": ", but for the files of {number} messages, which their parties alone read",
    "unread, one": ", but for the files of 1 message, which its parties alone read",
    "sample": "{number} of the {signed} documents that are counted as signed were verified ({share} %, "
    "drawn by chance; up to {missed} false ones could stay unseen with a likelihood of 5 % or more)",
    "sample, one": "1 of the {signed} documents that are counted as signed was verified ({share} %, "
    "drawn by chance; up to {missed} false ones could stay unseen with a likelihood of 5 % or more)",
}
_VI: Final = {
    "true": "Đúng: {entries}{since}, {rows}, và {documents}.",
    "false": "Không đúng: {differences}; {entries}{since}; thống kê, văn bản và biên nhận đã được đối chiếu "
    "với sổ cái, và {documents}.",
    "broken": "Không đúng: {kind} ({where}: {found}); không thể tin những gì trục nói dựa trên sổ cái này.",
    "differences": "có {number} điểm sai khác",
    "entries": "{number} bản ghi của sổ cái khớp với chữ ký của trục",
    "since": ", nối tiếp {size} bản ghi của lần trước",
    "gone": ", trục đã được phục hồi sau đó, và {number} bản ghi từng thấy nay không còn ({again} trong "
    "{documents} văn bản ở đó đã được chấp nhận lại)",
    "rows": "cả {number} dòng thống kê đều bằng kết quả đếm lại từ các bản ghi",
    "rows, none": "thống kê không có dòng nào, đúng như các bản ghi",
    "rows, one": "dòng thống kê duy nhất bằng kết quả đếm lại từ các bản ghi",
    "all": "toàn bộ {number} văn bản được tính là đã ký số đã được tải về và kiểm tra",
    "all, none": "không có văn bản nào được tính là đã ký số",
    "all, one": "văn bản duy nhất được tính là đã ký số đã được tải về và kiểm tra",
    "unread": ", trừ tệp của {number} thông điệp mà chỉ các bên gửi, nhận được đọc",
    "sample": "{number} trong {signed} văn bản được tính là đã ký số đã được kiểm tra ({share} %, chọn "
    "ngẫu nhiên; vẫn có thể sót tới {missed} văn bản sai với xác suất từ 5 % trở lên)",
}
