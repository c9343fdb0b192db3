"""`axis report`: rates with their definition, as text, CSV and JSON."""

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest
from support.exchange import A, C

from axis.cli import main


@pytest.mark.usefixtures("used")
def test_the_report_shows_rates_and_what_they_mean(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--from", "2019-06-01", "--to", "2019-06-30"]) == 0
    text = capsys.readouterr().out
    assert "50.0 %" in text
    assert "100.0 %" in text
    assert "signed ÷ sent" in text
    assert main(["report", "--csv", "--recipient", "G22"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("\ufeffagency,agency_name,sent,signed,both,organisation,person,")
    (row,) = csv.DictReader(io.StringIO(printed.removeprefix("\ufeff")))
    assert (row["agency"], row["agency_name"], row["sent"], row["rate"]) == (A, f"Cơ quan {A}", "2", "0.5")
    assert main(["report", "--json", "--to", "2019-06-02"]) == 0
    assert json.loads(capsys.readouterr().out)["items"] == []


@pytest.mark.usefixtures("used")
def test_a_day_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--from", "2019-02-30"]) == 2
    assert "query:from" in capsys.readouterr().err


@pytest.mark.usefixtures("used")
def test_the_report_has_a_row_for_whatever_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "signatures", "--by", "month,agency", "--json", "--recipient", "G22"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["items"]
    assert (row["month"], row["agency"], row["agency_name"], row["sent"]) == ("2019-06", A, f"Cơ quan {A}", 2)
    assert main(["report", "--by", "day", "--csv"]) == 0
    assert capsys.readouterr().out.startswith("\ufeffday,sent,")
    with pytest.raises(SystemExit, match="2"):
        main(["report", "--by", "week"])
    assert "any of agency, month, day, type, level" in capsys.readouterr().err


@pytest.mark.usefixtures("used")
def test_the_report_is_written_as_page_markdown_and_workbook(tmp_path: Path) -> None:
    page, table, book = (tmp_path / f"report.{kind}" for kind in ("html", "md", "xlsx"))
    assert main(["report", "--html", "--language", "vi", "--out", str(page)]) == 0
    assert "50,0%" in page.read_text(encoding="utf-8")
    assert main(["report", "exchange", "--markdown", "--by", "month", "--out", str(table)]) == 0
    assert "| Month | Sent | Addressed |" in table.read_text(encoding="utf-8")
    assert main(["report", "--xlsx", "--agencies", "all", "--out", str(book)]) == 0
    assert zipfile.is_zipfile(book)


@pytest.mark.usefixtures("used")
def test_a_workbook_is_not_printed_and_a_file_that_cannot_be_written_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", "--xlsx"]) == 2
    assert "--out FILE" in capsys.readouterr().err
    for form in ("--html", "--xlsx"):
        assert main(["report", form, "--out", str(tmp_path / "missing" / "report")]) == 2
        assert "missing" in capsys.readouterr().err


@pytest.mark.usefixtures("used")
def test_the_report_narrows_to_a_sender(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--sender", A, "--json"]) == 0
    assert {row["agency"] for row in json.loads(capsys.readouterr().out)["items"]} == {A}


@pytest.mark.usefixtures("used")
def test_an_inspection_ranks_a_group_and_is_told_what_it_does_not_take(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    regulations = tmp_path / "regulations.csv"
    regulations.write_text(f"agency,regulation\n{A},QĐ 12\n", encoding="utf-8")
    period = ["--from", "2019-06-01", "--to", "2019-06-30"]
    asked = ["report", "inspection", *period, "--group", f"{A},{C}", "--regulations", str(regulations)]
    assert main([*asked, "--json"]) == 0
    best, other = json.loads(capsys.readouterr().out)["items"]
    assert (best["agency"], best["rank"], best["rate"], best["regulation"]) == (C, 1, 1.0, "")
    assert (other["agency"], other["rank"], other["rate"], other["regulation"]) == (A, 2, 0.5, "QĐ 12")
    for wrong, said in (
        (["inspection"], "--from DAY"),
        (["inspection", *period, "--by", "month"], "--by"),
        (["inspection", *period, "--agencies", "all"], "--agencies"),
        (["inspection", "--from", "2019-02-30", "--to", "2019-03-01"], "query:from"),
        (["signatures", "--group", A], "--group"),
        (["inspection", *period, "--group", "H99"], "H99"),
    ):
        assert main(["report", *wrong]) == 2
        assert said in capsys.readouterr().err


@pytest.mark.usefixtures("used")
def test_the_report_of_verdicts_is_by_result_and_is_told_what_it_does_not_take(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["report", "verdicts", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["items"]
    assert [list(row) for row in rows] == [["indication", "sub_indication", "documents"]] * 2
    assert {row["indication"] for row in rows} == {None, "TOTAL-PASSED"}
    assert main(["report", "verdicts", "--by", "agency,signed_by", "--sender", "H26", "--csv"]) == 0
    assert capsys.readouterr().out == (
        f"\ufeffagency,agency_name,signed_by,documents\r\n{C},Cơ quan {C},organisation,1\r\n"
    )
    assert main(["report", "verdicts", "--recipient", "G22"]) == 2
    assert "--recipient: not with verdicts" in capsys.readouterr().err
    assert main(["report", "signatures", "--by", "issuer"]) == 2
    assert "--by issuer: any of agency" in capsys.readouterr().err
