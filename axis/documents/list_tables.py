"""The lists of documents, verdicts and refusals as tables: their columns, and what a row is."""

from collections.abc import Mapping
from typing import Final

from axis.csv_and_xlsx import Kind, columns
from axis.problems import Language
from axis.table_http import Table

OF_DOCUMENT: Final[Mapping[str, Kind]] = {
    "number": "text",
    "issued_on": "day",
    "type": "text",
    "subject": "text",
    "priority": "text",
    "action": "text",
    "accepted_at": "time",
}
"""Columns of a document that lists and exports of documents and deliveries share, in this order."""

_DOCUMENT_COLUMNS: Final = columns(
    id="text",
    from_="text",
    to="texts",
    **OF_DOCUMENT,
    indication="text",
    sub_indication="text",
    signed_by="text",
    attachments="integer",
    signed_on="day",
    send_due="time",
)
_REFUSAL_COLUMNS: Final = columns(
    id="text",
    at="time",
    from_="text",
    number="text",
    code="text",
    detail="text",
    indication="text",
    sub_indication="text",
    manifest_sha256="text",
    request_id="text",
)

DOCUMENTS: Final[dict[Language, Table]] = {
    "en": Table(
        "documents",
        _DOCUMENT_COLUMNS,
        "A row for each accepted document that passes the filter and that the caller may see. `indication` "
        "and `signed_by` are of its newest verdict under the hub's standing policy.",
    ),
    "vi": Table(
        "documents",
        _DOCUMENT_COLUMNS,
        "Mỗi dòng là một văn bản đã được tiếp nhận, thoả bộ lọc và người hỏi được xem. `indication` và "
        "`signed_by` theo kết quả xác thực mới nhất, chính sách hiện hành của trục.",
    ),
}
_VERDICT_COLUMNS: Final = columns(
    document="text",
    sequence="integer",
    at="time",
    policy="text",
    trust="text",
    indication="text",
    sub_indication="text",
    signed_by="text",
    signatures="integer",
    sentence="text",
    remedy="text",
)
VERDICTS: Final[dict[Language, Table]] = {
    "en": Table(
        "verdicts",
        _VERDICT_COLUMNS,
        "A row for each verdict ever given on the document, oldest first; the last one stands. `signatures` "
        "counts those that it judged.",
    ),
    "vi": Table(
        "verdicts",
        _VERDICT_COLUMNS,
        "Mỗi dòng là một kết quả xác thực từng có của văn bản, cũ nhất trước; dòng cuối là kết quả hiện "
        "hành. `signatures` là số chữ ký đã kiểm tra.",
    ),
}
REFUSALS: Final[dict[Language, Table]] = {
    "en": Table(
        "refusals",
        _REFUSAL_COLUMNS,
        "A row for each refused document that passes the filter and that the caller may see. `indication` is "
        "that of its verdict, where its signatures were judged.",
    ),
    "vi": Table(
        "refusals",
        _REFUSAL_COLUMNS,
        "Mỗi dòng là một văn bản bị từ chối, thoả bộ lọc và người hỏi được xem. `indication` là kết quả xác "
        "thực, nếu chữ ký đã được kiểm tra.",
    ),
}
