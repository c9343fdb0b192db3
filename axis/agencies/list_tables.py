"""The directory as a table: its columns, and what a row is."""

from typing import Final

from axis.csv_and_xlsx import columns
from axis.problems import Language
from axis.table_http import Table

_COLUMNS: Final = columns(
    code="text",
    short_code="text",
    name="text",
    parent="text",
    level="integer",
    locked="integer",
    mail="text",
    mobile="text",
    fax="text",
    via="text",
    last_seen="time",
)
AGENCIES: Final[dict[Language, Table]] = {
    "en": Table(
        "agencies",
        _COLUMNS,
        "A row for each agency of the directory that passes the filter. `via`: the relay that reaches it on "
        "another hub.",
    ),
    "vi": Table(
        "agencies",
        _COLUMNS,
        "Mỗi dòng là một cơ quan trong danh mục, thoả bộ lọc. `via`: đầu mối chuyển tiếp đến cơ quan trên "
        "trục khác.",
    ),
}
