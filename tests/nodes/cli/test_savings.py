"""`nodes savings` asks a hub for its counts, and shows what they saved in three forms."""

import json

import pytest
from support.stub_hub import Say, problem, stub_hub

from nodes.cli import main

DAYS = Say(body={"items": [{"day": "2019-03-12", "sent": 40, "addressed": 100, "received": 100},
                           {"day": "2019-03-21", "sent": 60, "addressed": 200, "received": 200},
                           {"day": "2019-03-29", "sent": 0, "addressed": 0, "received": 0}],
                 "definition": "…"})  # fmt: skip


@pytest.fixture
def token(tmp_path):
    (tmp_path / "token").write_text("axis_auditor")
    return str(tmp_path / "token")


def test_counts_are_divided_by_the_scale_and_shown_as_json_and_as_a_page(token, tmp_path, capsys):
    page = tmp_path / "savings.html"
    with stub_hub(DAYS) as hub:
        asked = ["savings", "--json", "--hub", hub.url, "--token-file", token, "--scale", "0.1"]
        assert main([*asked, "--html", str(page)]) == 0
        assert hub.asked[0].path == "/v1/statistics/exchange?by=day"
    told = json.loads(capsys.readouterr().out)
    assert (told["from"], told["to"], told["days"]) == ("2019-03-12", "2019-03-21", 10)
    assert (told["documents"], told["deliveries"]) == (1_000, 3_000)
    middle = told["savings"]["middle"]
    assert middle["net_a_year"] == round(middle["net"] * 36.5)
    assert {each["assumption"] for each in told["needed"]} >= {"letter_price", "replaced_share"}
    shown = page.read_text()
    assert "1,000 documents, 3,000 deliveries" in shown
    assert "press: a letter costs 1,400 to 1,800 dong" in shown


def test_the_terminal_shows_what_would_have_to_be(token, capsys):
    with stub_hub(DAYS) as hub:
        assert main(["savings", "--hub", hub.url, "--token-file", token, "--from", "2019-03-01"]) == 0
        assert hub.asked[0].path == "/v1/statistics/exchange?by=day&from=2019-03-01"
    shown = capsys.readouterr().out
    assert "2019-03-01 to 2019-03-21 (21 days)" in shown
    assert "1,200,000,000,000 dong a year" in shown
    assert "(above 1)  instead of 0.7" in shown


@pytest.mark.parametrize(
    ("given", "code", "told"),
    [
        ([], 1, "found 0, expected at least one"),
        (["--from", "2019-03-02", "--to", "2019-03-01"], 2, "--to: found 2019-03-01, expected a day from"),
        (["--assumptions", "missing.toml"], 2, "missing.toml: no text can be read there"),
    ],
)
def test_what_cannot_be_is_refused(token, capsys, given, code, told):
    with stub_hub(Say(body={"items": [], "definition": "…"})) as hub:
        assert main(["savings", "--hub", hub.url, "--token-file", token, *given]) == code
    assert told in capsys.readouterr().err


def test_a_refusal_of_the_hub_is_told(token, capsys):
    with stub_hub(problem(403, "not-permitted")) as hub:
        assert main(["savings", "--hub", hub.url, "--token-file", token]) == 1
    assert "403 not-permitted" in capsys.readouterr().err


def test_the_shipped_assumptions_are_printed_as_a_file_of_ones_own(capsys, tmp_path, token):
    assert main(["savings", "--print", "assumptions"]) == 0
    (tmp_path / "mine.toml").write_text(capsys.readouterr().out)
    with stub_hub(DAYS) as hub:
        given = ["--assumptions", str(tmp_path / "mine.toml")]
        assert main(["savings", "--hub", hub.url, "--token-file", token, *given]) == 0
    assert main(["savings", "--print", "schema"]) == 0
    assert '"published"' in capsys.readouterr().out
