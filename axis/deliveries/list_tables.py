"""The list of deliveries as a table: its columns, and what a row is."""

from typing import Final

from axis.csv_and_xlsx import columns
from axis.documents.list_tables import OF_DOCUMENT
from axis.problems import Language
from axis.table_http import Table

_COLUMNS: Final = columns(
    id="text",
    document="text",
    from_="text",
    to="text",
    **OF_DOCUMENT,
    indication="text",
    sub_indication="text",
    signed_by="text",
    state="text",
    status="text",
    status_at="time",
    by="text",
    note="text",
    request="text",
    request_action="text",
    answer_due="time",
    answered_at="time",
    expired_at="time",
)
DELIVERIES: Final[dict[Language, Table]] = {
    "en": Table(
        "deliveries",
        _COLUMNS,
        "A row for each recipient of each document, where the delivery passes the filter and the caller may "
        "see it. `state` is the column of the exchange statistics in which it counts.",
    ),
    "vi": Table(
        "deliveries",
        _COLUMNS,
        "Mỗi dòng là một nơi nhận của một văn bản, thoả bộ lọc và người hỏi được xem. `state` là cột của "
        "thống kê gửi, nhận mà lượt gửi được tính vào.",
    ),
}
