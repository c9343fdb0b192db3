"""The catalogue of faults: docs/faults.md says the same, and each can be carried out."""

import json
import re

import pytest
from support import project

from nodes.cli import main
from nodes.faults.catalogue import CATALOGUE
from nodes.faults.injection import _INJECTIONS
from nodes.scenario_reader import find

PAGE = (project.ROOT / "docs/faults.md").read_text(encoding="utf-8")


def section(fault):
    """What the page must say of a fault."""
    steps = "; ".join(f"`{step}`" for step in fault.outcome)
    lines = [f"### {fault.name}", "", fault.does, "", f"**Outcome:** {steps}. {fault.why}"]
    if fault.needs is not None:
        lines[-1] += {"operator": " Needs an operator.", "own hub": " Needs a hub of the run's own."}[
            fault.needs
        ]
    return "\n".join(lines)


@pytest.mark.parametrize("fault", CATALOGUE.values(), ids=CATALOGUE)
def test_the_page_says_what_the_catalogue_says(fault):
    assert section(fault) in PAGE


def test_the_page_names_no_other_and_keeps_the_order():
    assert re.findall(r"^### (\S+)$", PAGE, re.MULTILINE) == list(CATALOGUE)


def test_each_can_be_carried_out_and_the_worst_day_has_them_all():
    assert _INJECTIONS.keys() == CATALOGUE.keys()
    assert [wish.name for wish in find("bad-day").faults] == list(CATALOGUE)


def test_what_is_recorded_is_part_of_the_outcome():
    for fault in CATALOGUE.values():
        steps = " ".join(fault.outcome)
        assert all(code in steps for code in fault.refusals)
        assert fault.accepted <= 1


def test_the_command_lists_and_shows_them(capsys):
    assert main(["faults", "list", "--json"]) == 0
    assert [item["name"] for item in json.loads(capsys.readouterr().out)["items"]] == list(CATALOGUE)
    assert main(["faults"]) == 0
    assert capsys.readouterr().out.count("\n") == len(CATALOGUE)
    assert main(["faults", "show", "altered-pdf"]) == 0
    assert "HASH_FAILURE" in capsys.readouterr().out
    assert main(["faults", "show", "altered-pfd"]) == 2
    assert "no such fault" in capsys.readouterr().err
