"""The report's page: complete, whole without a network, and safe from what names hold."""

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
from support.altered_statistics import PLAN, result_of

from nodes.faults.injection import FaultResult
from nodes.html_page import table
from nodes.planner import plan
from nodes.report_page import _with_code, report_page
from nodes.scenario_reader import find
from nodes.simulation import Outcome
from nodes.traffic import Traffic

BAD_DAY = plan(find("bad-day"), find("bad-day").scale, 1)
FAULTS = tuple(FaultResult(planned, planned.fault.outcome) for planned in BAD_DAY.faults)


def outcome_of(*changes, faults=(), run=PLAN, **traffic):
    made = Traffic(documents=20, deliveries=30, statuses=40, **traffic)
    made.days = [(date(2019, 3, 12), 5, 3), (date(2019, 3, 13), 20, 40)]
    with made.timings.timed("read the inbox"):
        pass
    return Outcome(run, result_of(*changes, faults=faults), made, 2.0, "1.2.3")


def page_of(outcome):
    return report_page(outcome, command="nodes simulate x --seed 1", nodes_version="0.9")


def test_it_says_what_was_run_how_to_run_it_again_and_what_came_out():
    page = page_of(outcome_of(faults=FAULTS))
    for told in ("task-force-2019", "2019-03-12 to 2019-08-20", "hub 1.2.3", "nodes 0.9", "Vĩnh Phúc"):
        assert told in page
    assert "<code>nodes simulate x --seed 1</code>" in page
    assert "Every expected figure was met exactly." in page
    assert "403 signature-rejected HASH_FAILURE" in page
    assert "10 documents a second" in page
    assert page.count("<svg") == 2
    assert "MISSED" not in page


def test_it_loads_nothing_and_runs_nothing():
    class Found(HTMLParser):
        def handle_starttag(self, tag, attrs):
            assert tag not in {"script", "link", "img", "iframe", "object"}
            for name, value in attrs:
                assert name not in {"src", "href", "style"}, (tag, value)
                assert not name.startswith("on"), (tag, value)

    page = page_of(outcome_of(faults=FAULTS))
    Found().feed(page)
    assert not re.search(r"url\(|@import|https?://(?!www\.w3\.org)", page)


def test_what_was_missed_is_marked_where_it_stands():
    bad = replace(FAULTS[0], observed=("<b>else</b>",))
    page = page_of(outcome_of(("signatures", "H62", "signed", 1), faults=(bad,)))
    assert page.count("<td class=missed>MISSED") == 2
    assert "NOT every expected figure was met." in page
    assert "&lt;b&gt;else" in page
    assert "<b>else" not in page


@pytest.mark.parametrize("title", ["<script>alert(1)</script>", "a & b"])
def test_texts_of_a_scenario_are_text(title):
    named = replace(PLAN, scenario=replace(PLAN.scenario, title=title, source=title))
    page = page_of(outcome_of(run=named))
    assert title not in page


def test_an_interrupted_run_says_up_to_which_day_it_went():
    cut = replace(PLAN, scenario=replace(PLAN.scenario, last=date(2019, 3, 13)), is_cut=True)
    page = page_of(outcome_of(run=cut, is_interrupted=True))
    assert "Interrupted. Up to 2019-03-13: every expected figure was met exactly." in page


def test_what_scrolls_is_reached_by_keyboard_and_every_column_has_a_name():
    page = table(["agency", "result"], [("Vĩnh Phúc", "met"), ("H23", "MISSED")])
    assert 'class="wide" tabindex="0" role="region" aria-label="table: agency, result"' in page
    assert "<td class=short>Vĩnh Phúc" in page
    assert "<td class=missed>MISSED" in page


def test_names_between_backticks_are_written_as_code_and_the_rest_is_escaped():
    assert _with_code("`rate` < 1 & `a<b`") == "<code>rate</code> &lt; 1 &amp; <code>a&lt;b</code>"
