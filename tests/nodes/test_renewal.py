"""Over HTTP: certificates that end within a run, in which letters behave as people's do."""

import json

import pytest

from nodes.cli import main

TEXT = """
name = "behaviour"
period = { from = 2020-01-13, to = 2020-02-07 }
volume = { received_at_least = 60 }
habits = { certificate_days = 7, refused_share = 0.1 }
peak = [{ from = 2020-01-20, to = 2020-01-22, weight = 4 }]
size = [{ weight = 3 }, { pages = 2, appendix_kilobytes = 3 }]
agency = [
    { code = "H62", documents = 12, share = 0.4 },
    { code = "H23", documents = 12, answers_after = 2 },
    { code = "H05", documents = 12, absent = [{ from = 2020-01-20, to = 2020-01-22 }] },
]
mix = { answers = 0.2, misaddressed = 0.1, recalls = 0.1, updates = 0.05, replacements = 0.05 }
"""


@pytest.mark.slow
def test_everything_that_letters_do_is_counted_by_the_hub_and_can_be_replayed(tmp_path, capsys):
    scenario, record = tmp_path / "behaviour.toml", tmp_path / "behaviour.ndjson"
    scenario.write_text(TEXT, encoding="utf-8")
    assert main(["simulate", str(scenario), "--json", "--record", str(record)]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["met"]
    assert all(result["letters"].values())
    refused, withdrawn = result["ending"]["measured"]
    assert refused >= result["letters"]["misaddressed"] - withdrawn
    assert result["traffic"]["renewals"] > len(result["localities"])
    assert result["traffic"]["statuses_refused"] == 0
    assert main(["replay", str(record), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["differences"] == []
