"""Every alert there is: its name, the setting with its threshold, what it says, and what to do about it.

docs/alerts.md has the same as a table; a test compares the two.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

Language = Literal["vi", "en"]


@dataclass(frozen=True, slots=True)
class AlertKind:
    """One kind of alert. Sentences have places for the facts that a check found."""

    name: str
    setting: str
    """The setting that holds its threshold; 0 switches the alert off."""
    says: Mapping[Language, str]
    remedy: Mapping[Language, str]


_KINDS: Final = (
    AlertKind(
        "certificate-expiring",
        "AXIS_ALERT_CERTIFICATE_DAYS",
        {
            "en": "The certificate {subject} ({whose}) runs out on {day}.",
            "vi": "Chứng thư số {subject} ({whose}) hết hạn ngày {day}.",
        },
        {
            "en": "Have a new one issued, and registered where its subject does not name the agency, before "
            "that day.",
            "vi": "Đề nghị cấp chứng thư số mới trước ngày đó, và đăng ký nếu chủ thể không ghi mã cơ quan.",
        },
    ),
    AlertKind(
        "list-expiring",
        "AXIS_ALERT_LIST_HOURS",
        {
            "en": "The newest revocation list of {issuer} runs out at {at}.",
            "vi": "Danh sách thu hồi mới nhất của {issuer} hết hiệu lực lúc {at}.",
        },
        {
            "en": "Bring a newer list, or see why it is not fetched: past that time signatures below this "
            "issuer become INDETERMINATE.",
            "vi": "Bổ sung danh sách mới hơn, hoặc tìm lý do không tải được: sau lúc đó chữ ký do đơn vị này "
            "cấp chứng thư sẽ là INDETERMINATE.",
        },
    ),
    AlertKind(
        "revocation-source-down",
        "AXIS_ALERT_SOURCE_FAILURES",
        {
            "en": "{url} failed {failures} times in a row: {problem}",
            "vi": "{url} lỗi {failures} lần liên tiếp: {problem}",
        },
        {
            "en": "Ask the authority, and look at the network and at AXIS_REVOCATION_HOSTS. Documents go on; "
            "verdicts are given again when the data arrives.",
            "vi": "Hỏi tổ chức chứng thực, kiểm tra mạng và AXIS_REVOCATION_HOSTS. Văn bản vẫn được nhận; "
            "kết luận được xét lại khi có dữ liệu.",
        },
    ),
    AlertKind(
        "ledger-unwitnessed",
        "AXIS_ALERT_WITNESS_HOURS",
        {
            "en": "No witness has cosigned the ledger past size {cosigned}; it has {size} entries, the first "
            "of them without a witness since {since}.",
            "vi": "Chưa nhân chứng nào đồng ký sổ cái quá {cosigned} mục; sổ có {size} mục, "
            "mục đầu tiên chưa có nhân chứng từ {since}.",
        },
        {
            "en": "Have an auditor run axis audit, or ask the witness why it does not.",
            "vi": "Đề nghị thanh tra chạy axis audit, hoặc hỏi nhân chứng vì sao chưa chạy.",
        },
    ),
    AlertKind(
        "rate-below-target",
        "AXIS_ALERT_RATE_DOCUMENTS",
        {
            "en": "{agency} signed {rate} of the {sent} documents it sent in {year}; the target is {target}.",
            "vi": "{agency} ký số {rate} trong {sent} văn bản đã gửi năm {year}; chỉ tiêu là {target}.",
        },
        {
            "en": "See in the report which documents were not signed, and why, and help the agency to sign.",
            "vi": "Xem báo cáo để biết văn bản nào chưa ký số và vì sao, rồi hỗ trợ cơ quan ký.",
        },
    ),
    AlertKind(
        "refusals-rising",
        "AXIS_ALERT_REFUSALS",
        {
            "en": "{found} documents of {agency} were refused within a day; the week before it were "
            "{before} a day.",
            "vi": "{found} văn bản của {agency} bị từ chối trong một ngày; tuần trước trung bình {before} "
            "mỗi ngày.",
        },
        {
            "en": "See the refusals' codes: the usual reason is a certificate that ran out, or a new version "
            "of the agency's system.",
            "vi": "Xem mã từ chối: thường do chứng thư số hết hạn hoặc phần mềm của cơ quan vừa thay đổi.",
        },
    ),
    AlertKind(
        "deliveries-overdue",
        "AXIS_ALERT_OVERDUE",
        {
            "en": "{agency} has {found} deliveries that are past their time to answer.",
            "vi": "{agency} có {found} lượt nhận quá hạn trả lời.",
        },
        {
            "en": "Ask the agency: its system may have stopped, or its clerks do not answer in it.",
            "vi": "Liên hệ cơ quan: phần mềm có thể đã dừng, hoặc văn thư chưa trả lời trên phần mềm.",
        },
    ),
    AlertKind(
        "agency-silent",
        "AXIS_ALERT_SILENT_DAYS",
        {
            "en": "{agency} has not called since {since}.",
            "vi": "{agency} không gọi trục từ {since}.",
        },
        {
            "en": "Ask the agency whether its system runs and its token holds.",
            "vi": "Hỏi cơ quan xem phần mềm còn chạy và token còn hiệu lực không.",
        },
    ),
    AlertKind(
        "job-failed",
        "AXIS_ALERT_JOB_HOURS",
        {
            "en": "The job {subject} ({kind}) failed at {at}: {problem}",
            "vi": "Tác vụ {subject} ({kind}) thất bại lúc {at}: {problem}",
        },
        {
            "en": "Mend what its problem says and ask for it again.",
            "vi": "Khắc phục nguyên nhân nêu trong lỗi rồi yêu cầu lại.",
        },
    ),
    AlertKind(
        "store-filling",
        "AXIS_ALERT_STORE_FREE_PERCENT",
        {
            "en": "{subject}: {found}; the threshold is {threshold}.",
            "vi": "{subject}: {found}; ngưỡng là {threshold}.",
        },
        {
            "en": "Give it room, or move large contents to an object store, before the hub has to refuse "
            "documents.",
            "vi": "Bổ sung dung lượng, hoặc chuyển tệp lớn sang kho đối tượng, trước khi trục phải từ chối "
            "văn bản.",
        },
    ),
    AlertKind(
        "clock-off",
        "AXIS_ALERT_CLOCK_SECONDS",
        {
            "en": "The clock of {subject} is {seconds} seconds off.",
            "vi": "Đồng hồ của {subject} lệch {seconds} giây.",
        },
        {
            "en": "Have the machine keep its clock by NTP: times of acceptance and deadlines rest on it.",
            "vi": "Đồng bộ đồng hồ máy bằng NTP: thời điểm tiếp nhận và thời hạn dựa vào đó.",
        },
    ),
)
KINDS: Final[Mapping[str, AlertKind]] = {kind.name: kind for kind in _KINDS}
"""By name, in the order in which they are shown."""


def sentence(name: str, facts: Mapping[str, Any], language: Language) -> str:
    """Return what an alert says; a fact that is missing is shown as a question mark."""
    return KINDS[name].says[language].format_map(_Facts(facts))


class _Facts(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"
