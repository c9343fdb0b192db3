"""Over HTTP: lists and statistics as tables, by `format` and by `Accept`, complete or refused."""

import csv
import io
import zipfile

import pytest
from support.exchange import AUDITOR, MONDAY, UNDER_A, A, B, C, speaking_for
from support.stored_documents import Reader, refuse

from axis import table_http
from axis.agencies import routes as agencies
from axis.agencies.directory_changes import AgencyEntry, put_agencies
from axis.compliance import routes as statistics
from axis.compliance import statistics as counted
from axis.compliance import target_routes, verdict_routes
from axis.compliance import verdict_statistics as counted_by_verdict
from axis.compliance.targets import Target, set_target
from axis.deliveries import list_routes
from axis.documents import filters
from axis.documents import routes as documents
from axis.jobs import routes as jobs
from axis.jobs.job_queue import submit
from axis.protocol.errors import NumberTaken, Overloaded

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SUBJECT = "=HYPERLINK(1)"
PATHS = (
    "/v1/documents",
    "/v1/deliveries",
    "/v1/refusals",
    "/v1/statistics/signatures",
    "/v1/statistics/exchange",
    "/v1/statistics/verdicts",
    "/v1/agencies",
    "/v1/targets",
    "/v1/jobs",
    "/v1/documents/{}/verdicts",
)


@pytest.fixture
def reader(exchange):
    for signed in ("both", "unsigned", "unsigned"):
        exchange.send(A, (B, C), signed=signed, subject=SUBJECT)
    refuse(exchange.database, 9, NumberTaken(), sender=A)
    exchange.database.write(lambda tx: set_target(tx, Target(2019, 0.9, A), MONDAY))
    exchange.database.write(lambda tx: submit(tx, "export", {}, owner="token", request_id="r", most=9))
    routers = (documents, list_routes, statistics, verdict_routes, agencies, target_routes, jobs)
    return Reader(exchange.database, *(each.router for each in routers))


def rows(response):
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-length"] == str(len(response.content))
    assert response.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("path", PATHS)
def test_a_table_has_every_item_of_the_list_with_its_members(reader, path, monkeypatch):
    monkeypatch.setattr(filters, "LIMIT_MOST", 2)  # more than one page
    monkeypatch.setattr(table_http, "PAGE", 2)
    query = "?by=agency,month" if "statistics" in path else "?"
    path = path.format(reader.ids(AUDITOR)[0])
    items = reader.get(AUDITOR, path + query).json()["items"]
    table = rows(reader.get(AUDITOR, f"{path}{query}&format=csv"))
    assert len(table) == len(items) > 0
    for row, item in zip(table, items, strict=True):
        assert {name for name in item if name not in {"superseded_by", "problem", "verdict"}} <= row.keys()
        for name, text in row.items():
            if name in item and name not in {"subject", "signatures"}:
                value = int(item[name]) if isinstance(item[name], bool) else item[name]
                assert text == (
                    "" if value is None else " ".join(value) if isinstance(value, list) else str(value)
                )
        assert row.get("subject", f"'{SUBJECT}") == f"'{SUBJECT}"


def test_filters_and_callers_narrow_a_table_as_they_narrow_the_list(reader):
    assert len(rows(reader.get(AUDITOR, "/v1/documents?format=csv&indication=none"))) == 2
    assert len(rows(reader.get(speaking_for(B), "/v1/deliveries?format=csv"))) == 3
    assert rows(reader.get(AUDITOR, "/v1/deliveries?format=csv&state=refused")) == []
    assert (
        rows(reader.get(AUDITOR, "/v1/statistics/signatures?format=csv&from=2018-01-01&to=2018-01-01&by=day"))
        == []
    )


def test_a_workbook_says_what_it_is_and_types_its_figures(reader):
    answer = reader.get(
        AUDITOR, "/v1/statistics/signatures?by=agency&format=xlsx", headers={"accept-language": "vi"}
    )
    assert answer.headers["content-type"] == XLSX
    assert answer.headers["content-disposition"] == 'attachment; filename="signatures.xlsx"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        figures, about = (book.read(f"xl/worksheets/sheet{n}.xml").decode() for n in (1, 2))
    assert "<v>0.3333333333333333</v>" in figures
    assert "frozen" in figures
    for text in ("by=agency", "bộ lọc", "giờ Việt Nam", "Văn bản gửi đi là văn bản mới"):
        assert text in about


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("text/csv", "text/csv; charset=utf-8"),
        (XLSX, XLSX),
        (f"text/csv;q=0.5, {XLSX};q=0.9", XLSX),
        ("text/csv;q=0.9, */*;q=0.8", "text/csv; charset=utf-8"),
        ("text/csv, */*", "application/json"),
        ("text/csv;q=0", "application/json"),
        ("text/csv;q=nonsense", "application/json"),
        ("text/html,*/*;q=0.8", "application/json"),
        ("image/png", "application/json"),
        ("", "application/json"),
    ],
)
def test_accept_asks_for_a_table_too(reader, accept, expected):
    for path in ("/v1/deliveries", "/v1/statistics/exchange"):
        answer = reader.get(AUDITOR, path, headers={"accept": accept})
        assert (answer.status_code, answer.headers["content-type"]) == (200, expected)


def test_the_format_named_in_the_query_wins(reader):
    answer = reader.get(AUDITOR, "/v1/deliveries?format=json", headers={"accept": "text/csv"})
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("query", ["format=csv&limit=10", "format=xlsx&after=3", "format=pdf"])
def test_a_page_of_a_table_and_another_format_are_refused(reader, query):
    answer = reader.get(AUDITOR, f"/v1/deliveries?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "query-invalid")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_has_too_many_rows_is_refused_and_names_the_export(reader, form, monkeypatch):
    monkeypatch.setattr(table_http, "MOST_ROWS", 6)
    assert reader.get(AUDITOR, f"/v1/deliveries?format={form}").status_code == 200
    monkeypatch.setattr(table_http, "MOST_ROWS", 5)
    answer = reader.get(AUDITOR, f"/v1/deliveries?format={form}")
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["limit"]) == (413, "too-many-rows", 5)
    assert "POST /v1/exports" in problem["detail"]


def test_a_statistic_with_too_many_rows_is_too_large_for_a_table_and_a_question_too_wide_for_json(
    reader, monkeypatch
):
    for module in (counted, counted_by_verdict):
        monkeypatch.setattr(module, "ITEMS", 0)
    for kind in ("signatures", "exchange", "verdicts"):
        path = f"/v1/statistics/{kind}?by=day"
        assert (reader.get(AUDITOR, path).status_code, reader.get(AUDITOR, path).json()["code"]) == (
            422,
            "query-invalid",
        )
        for form in ("csv", "xlsx"):
            problem = reader.get(AUDITOR, f"{path}&format={form}").json()
            assert (problem["status"], problem["code"], problem["format"]) == (413, "too-many-rows", form)
            assert "POST /v1/exports" in problem["detail"]


def test_formulas_in_the_directory_are_text(reader, exchange):
    entry = AgencyEntry(UNDER_A, "=1+2")
    exchange.database.write(lambda tx: put_agencies(tx, [entry], MONDAY))
    (row,) = [
        each for each in rows(reader.get(AUDITOR, "/v1/agencies?format=csv")) if each["code"] == UNDER_A
    ]
    assert row["name"] == "'=1+2"
    assert len(rows(reader.get(AUDITOR, "/v1/agencies?format=csv&q=h26"))) == 1


def test_no_more_tables_are_written_at_once_than_may_be_and_each_gives_its_place_back(reader, monkeypatch):
    monkeypatch.setattr(table_http, "MOST_ROWS", 5)
    for _ in range(table_http.AT_ONCE + 1):
        assert reader.get(AUDITOR, "/v1/deliveries?format=csv").status_code == 413
    assert reader.get(AUDITOR, "/v1/documents?format=csv").status_code == 200
    taken = [table_http._places.acquire(blocking=False) for _ in range(table_http.AT_ONCE)]
    try:
        answer = reader.get(AUDITOR, "/v1/documents?format=csv")
        assert (answer.status_code, answer.json()["code"]) == (503, Overloaded.code)
    finally:
        for _ in taken:
            table_http._places.release()


def test_pages_of_json_go_on_as_they_were(reader):
    page = reader.get(AUDITOR, "/v1/documents?limit=1").json()
    assert len(page["items"]) == 1
    assert page["next"] is not None
