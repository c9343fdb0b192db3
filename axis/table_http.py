"""Answers lists and statistics as CSV or XLSX over HTTP, asked for by `format` or `Accept`.

A table is written to a file before its answer begins, so that an incomplete one is refused and not sent.
Larger tables are exports (`axis.exports`). The formats are in `axis.csv_and_xlsx`.
"""

import io
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any, Final, Literal, TypeVar

from fastapi import Request, Response
from starlette.responses import StreamingResponse

from axis.clock import VIET_NAM, parse_rfc3339, real_now, to_datetime
from axis.csv_and_xlsx import Column, Row, Sheets, write_csv, write_xlsx
from axis.protocol.errors import Overloaded, Place, QueryInvalid, TooManyRows, shorten

Form = Literal["csv", "xlsx"]
FormatName = Literal["json", "csv", "xlsx"]
Item = Mapping[str, Any]
Found = TypeVar("Found")

MOST_ROWS: Final = 100_000
"""The rows of a table; what has more is refused and fits an export."""
PAGE: Final = 1_000
"""Rows that are read at once."""
AT_ONCE: Final = 2
"""Tables that a process writes at once, since each takes a processor for seconds."""
MEDIA_TYPES: Final[Mapping[Form, str]] = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
TABLES: Final = {
    "text/csv": {"schema": {"type": "string"}},
    MEDIA_TYPES["xlsx"]: {"schema": {"type": "string", "format": "binary"}},
}
"""What OpenAPI says of a table beside the JSON answer of a route."""
DESCRIPTION: Final = (
    f"`csv` or `xlsx`: the whole list as a table of at most {MOST_ROWS} rows, without `after` and `limit`. "
    "`Accept` asks for the same."
)
_IN_MEMORY: Final = 1024 * 1024
_PIECE: Final = 64 * 1024
_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "private, no-cache",
    "Vary": "Accept, Accept-Language",
}
_SHEETS: Final = {"en": Sheets("Data", "About"), "vi": Sheets("Dữ liệu", "Giải thích")}
_NOTES: Final = {
    "en": ("filter", "made at (Viet Nam)", "rows", "times", "definition", "everything"),
    "vi": ("bộ lọc", "lập lúc (giờ Việt Nam)", "số dòng", "thời gian", "định nghĩa", "tất cả"),
}
_ZONE: Final = {"en": "Viet Nam's, UTC+07:00", "vi": "giờ Việt Nam, UTC+07:00"}
_places = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Table:
    """A list or a statistic as a table. Columns name members of its items."""

    name: str
    columns: Sequence[Column]
    definition: str
    """What a row and its figures mean, in the caller's language."""


def whole_list(
    read: Callable[[str | None, int], Sequence[Found]], cursor: Callable[[Found], str]
) -> Iterator[Sequence[Found]]:
    """Yield every page of a list, to its end.

    `read` returns rows after a cursor, at most so many; `cursor` names a row.
    """
    after: str | None = None
    while page := read(after, PAGE):
        yield page
        if len(page) < PAGE:
            return
        after = cursor(page[-1])


def form_asked(request: Request, named: FormatName | None) -> Form | None:
    """Return the form of table that a request asks for; None for JSON, which is answered in doubt.

    Raises:
        QueryInvalid: when it asks for a page of a table.

    """
    form = _preferred(request.headers.getlist("accept")) if named is None else named
    if form == "json":
        return None
    paging = [name for name in ("after", "limit") if name in request.query_params]
    if paging:
        found = shorten(request.query_params[paging[0]])
        raise QueryInvalid(Place(f"query:{paging[0]}", found, f"nothing, since {form} is the whole list"))
    return form


def answer_table(
    request: Request, form: Form, table: Table, language: str, pages: Iterable[Sequence[Item]]
) -> Response:
    """Answer with all items as a table.

    Raises:
        TooManyRows: when there are more than `MOST_ROWS`.
        Overloaded: when as many tables are being written as may be.

    """
    if not _places.acquire(blocking=False):
        raise Overloaded(retry_after_seconds=5)
    file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - it is closed when it has been sent
    try:
        _write(request, form, table, language, pages, file)
        size = file.tell()
        file.seek(0)
    except BaseException:
        file.close()
        raise
    finally:
        _places.release()
    headers = {
        **_HEADERS,
        "Content-Disposition": f'attachment; filename="{table.name}.{form}"',
        "Content-Length": str(size),
        "Content-Language": language,
    }
    media_type = MEDIA_TYPES[form] + ("; charset=utf-8" if form == "csv" else "")
    return StreamingResponse(_pieces(file), 200, headers, media_type)


def _write(
    request: Request,
    form: Form,
    table: Table,
    language: str,
    pages: Iterable[Sequence[Item]],
    file: IO[bytes],
) -> None:
    rows = _Rows(form, table.columns)
    if form == "csv":
        text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        write_csv(text, table.columns, rows.batches(pages))
        text.detach()
        return
    names = _NOTES[language]
    asked = " · ".join(
        f"{name}={value}" for name, value in request.query_params.multi_items() if name != "format"
    )
    made_at = to_datetime(real_now()).astimezone(VIET_NAM).strftime("%Y-%m-%d %H:%M:%S")
    notes = [
        (table.name, request.url.path),
        (names[0], asked or names[5]),
        (names[1], made_at),
        (names[3], _ZONE[language]),
        (names[4], table.definition),
    ]
    write_xlsx(file, table.columns, rows.batches(pages), notes, _SHEETS[language])


class _Rows:
    """Counts rows while they are made of items."""

    def __init__(self, form: Form, columns: Sequence[Column]) -> None:
        self._form = form
        self._columns = columns
        self._count = 0

    def batches(self, pages: Iterable[Sequence[Item]]) -> Iterator[list[Row]]:
        """Yield the rows of each page."""
        for page in pages:
            self._count += len(page)
            if self._count > MOST_ROWS:
                raise too_many_rows(self._form, "a narrower filter")
            yield [[_value(column, item.get(column.name)) for column in self._columns] for item in page]


def too_many_rows(form: Form, narrower: str) -> TooManyRows:
    """Return the refusal of a table with more rows than it may have; `narrower`: what else has fewer."""
    fitting = "POST /v1/exports"
    place = Place("query:format", f"more than {MOST_ROWS} rows", f"{narrower}, or {fitting}")
    return TooManyRows(place, format=form, limit=MOST_ROWS, fitting=fitting)


def _value(column: Column, value: Any) -> Any:
    if column.kind == "time" and isinstance(value, str):
        return parse_rfc3339(value)
    return value


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


def _preferred(accepted: Sequence[str]) -> FormatName:
    """Return the form that `Accept` likes best. Whoever likes JSON as well gets JSON (RFC 9110, 12.5.1)."""
    likes: dict[str, float] = {}
    for part in ",".join(accepted).split(",")[:32]:
        media_type, _, parameters = part.partition(";")
        likes.setdefault(media_type.strip().lower(), _quality(parameters))
    json = max((likes.get(name, 0.0) for name in ("application/json", "application/*", "*/*")), default=0.0)
    best: FormatName = "json"
    for form, media_type in MEDIA_TYPES.items():
        if likes.get(media_type, 0.0) > json:
            best, json = form, likes[media_type]
    return best


def _quality(parameters: str) -> float:
    for parameter in parameters.split(";"):
        name, _, value = parameter.strip().partition("=")
        if name.strip().lower() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
