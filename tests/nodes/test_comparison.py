"""Expected beside measured, and the table that shows it."""

import io
import json
from dataclasses import replace
from decimal import Decimal

import pytest
from support.stub_hub import Say, stub_hub

from nodes.client import Client
from nodes.comparison import Crossing, compare, expected
from nodes.comparison_table import as_json, percent, table
from nodes.planner import plan
from nodes.progress import Progress
from nodes.scenario import find, with_old_doors
from nodes.swarm import Traffic

PLAN = plan(find("task-force-2019"), Decimal("0.01"), 1)


def rows(changes=()):
    """What a hub would answer that counted right, with changes to some figures of some agencies."""
    signatures, exchange = [], []
    for code, figures in expected(PLAN).items():
        signatures.append(
            {
                "agency": code,
                "sent": figures.to_government_office,
                "signed": figures.signed,
                "both": figures.both,
            }
        )
        exchange.append(
            {"agency": code, "sent": figures.sent, "received": figures.received, "handled": figures.received,
             "pending": 0, "refused": 0, "withdrawn": 0}
        )  # fmt: skip
    for kind, code, name, difference in changes:
        found = signatures if kind == "signatures" else exchange
        next(row for row in found if row["agency"].endswith(code))[name] += difference
    return signatures, exchange


def result_of(*changes):
    signatures, exchange = rows(changes)

    def answer(asked):
        items = signatures if asked.path.startswith("/v1/statistics/signatures") else exchange
        return Say(200, {"items": items, "definition": "Signed is what verified."})

    with stub_hub(otherwise=answer) as hub, Client(hub.url, "axis_a") as auditor:
        result = compare(auditor, PLAN)
    period = "from=2019-03-12&to=2019-08-20&by=agency"
    assert {asked.path for asked in hub.asked} == {
        f"/v1/statistics/signatures?recipient=000.00.00.G22&{period}",
        f"/v1/statistics/exchange?{period}",
    }
    return result


def test_a_hub_that_counts_right_meets_everything_and_the_table_says_what_was_published():
    result = result_of()
    assert result.met
    text = table(PLAN, result)
    lines = {line.split("  ")[1]: line for line in text.splitlines() if line.endswith("met")}
    assert "17.9 %" in lines["Vĩnh Phúc"]
    assert "35.5 %" in lines["Hải Dương"]
    assert "100 %" in lines["Bắc Giang"]
    assert "Every expected figure was met exactly." in text
    assert "Signed is what verified." in text


@pytest.mark.parametrize(
    "change",
    [
        ("signatures", "H62", "signed", 1),
        ("signatures", "H62", "sent", -1),
        ("signatures", "H26", "both", 1),
        ("exchange", "H44", "sent", 1),
        ("exchange", "H23", "received", -1),
        ("exchange", "H23", "pending", 1),
    ],
)
def test_one_figure_that_is_off_by_one_is_not_met(change):
    result = result_of(change)
    assert not result.met
    assert "NOT every expected figure was met." in table(PLAN, result)


@pytest.mark.parametrize(
    ("crossing", "is_met"),
    [(Crossing(5, 5, 0), True), (Crossing(5, 4, 0), False), (Crossing(5, 5, 1), False)],
)
def test_statuses_must_come_back_to_agencies_on_the_old_protocol_and_nothing_wait_for_them(crossing, is_met):
    mixed = replace(PLAN, scenario=with_old_doors(PLAN.scenario, 3))
    result = replace(result_of(), crossing=crossing)
    assert result.met is is_met
    text = table(mixed, result)
    assert "3 of the 36 agencies speak the old protocol" in text
    assert ("MISSED" in text) is not is_met
    value = as_json(mixed, result, Traffic(), 1.5)
    assert len(value["old_doors"]) == 3
    assert value["statuses_returned"] == {
        "expected": crossing.expected,
        "measured": crossing.measured,
        "waiting": crossing.waiting,
        "met": is_met,
    }


def test_invented_figures_are_not_said_to_be_published():
    invented = replace(PLAN, scenario=replace(PLAN.scenario, is_invented=True, source="all of it"))
    text = table(invented, result_of())
    assert "Invented: all of it" in text
    assert "(invented: more than 86,000)" in text
    assert "ublished" not in text.replace("published and", "")


def test_the_result_is_json_too():
    result = result_of(("signatures", "H62", "signed", 1))
    value = json.loads(json.dumps(as_json(PLAN, result, Traffic(documents=3), 1.5)))
    vinh_phuc = next(one for one in value["localities"] if one["code"] == "000.00.00.H62")
    assert vinh_phuc["measured"]["signed"] == vinh_phuc["expected"]["signed"] + 1
    assert (value["met"], vinh_phuc["met"]) == (False, False)
    assert (value["old_doors"], value["statuses_returned"]) == ([], None)
    assert value["traffic"]["documents"] == 3


@pytest.mark.parametrize(
    ("rate", "printed"),
    [(1.0, "100 %"), (0.9999, "100.0 %"), (5 / 28, "17.9 %"), (0.0, "0.0 %"), (None, "none")],
)
def test_shares_are_printed_as_the_source_prints_them(rate, printed):
    assert percent(rate) == printed


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress_is_plain_lines_when_it_is_piped():
    stream = io.StringIO()
    progress = Progress(100, stream, clock=lambda: 0.0)
    for done in range(101):
        progress.show(done, "documents")
    progress.close()
    lines = stream.getvalue().splitlines()
    assert len(lines) == 11
    assert lines[-1].startswith("100%  100 of 100")
    assert "\r" not in stream.getvalue()


def test_progress_is_one_bar_on_a_terminal():
    stream = Terminal()
    times = iter(range(1000))
    progress = Progress(10, stream, clock=lambda: next(times))
    for done in range(11):
        progress.show(done, "documents")
    progress.close()
    assert stream.getvalue().count("\n") == 1
    assert "█" * 30 in stream.getvalue()
