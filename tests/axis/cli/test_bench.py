"""Across modules: `axis bench` and what it runs. Figures are looked at for being there; nothing is timed."""

import json
import venv
from importlib.util import find_spec
from pathlib import Path

import pytest

from axis.cli import main
from benchmarks import documents
from benchmarks.alternating_rounds import Side, headings, rows_of, summarise
from benchmarks.peers import environments
from benchmarks.peers.environments import NoEnvironmentError, make_environment


def test_ratios_are_paired_within_rounds_and_figures_have_their_spread():
    rounds = [
        {"hub": Side(100.0, 4.0, 10.0, 20.0), "bare": Side(200.0, 1.0)},
        {"hub": Side(50.0, 4.0, 10.0, 40.0), "bare": Side(500.0, 2.0)},
        {"hub": Side(90.0, 4.0, 10.0, 30.0), "bare": Side(100.0, 4.0)},
    ]
    summary = summarise(rounds)
    assert summary["bare"]["ratio"] == {"median": 0.5, "lowest": 0.1, "highest": 0.9}
    assert summary["bare"]["processor_ratio"]["median"] == 2.0
    assert summary["hub"]["p99_ms"] == {"median": 30.0, "lowest": 20.0, "highest": 40.0}
    assert "ratio" not in summary["hub"]
    assert "p99_ms" not in summary["bare"]
    assert headings(summary)[5] == "HUB ÷ IT"
    assert rows_of(summary)[1] == ("bare", "200 (100-500)", "2 (1-4)", "", "", "0.5 (0.1-0.9)", "2 (1-4)")
    assert rows_of(summarise(rounds[:1]))[1][1] == "200"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["verification", "--workers", "2"], "--workers goes with documents and bulk"),
        (["documents", "--signed-files"], "--signed-files goes with old-protocol"),
        (["peers", "--connections", "1,8"], "one number"),
        (["old-protocol", "--environments", "x"], "--environments goes with peers"),
    ],
)
def test_an_option_of_another_measurement_is_refused(arguments, said, capsys):
    assert main(["bench", *arguments]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("text", ["0", "1,,8", "many", "-1"])
def test_connections_are_whole_numbers(text, capsys):
    with pytest.raises(SystemExit):
        main(["bench", "--connections", text])
    assert "whole number" in capsys.readouterr().err


def test_peers_say_that_pip_reaches_no_index_and_measure_nothing(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    assert main(["bench", "peers", "--quick", "--environments", str(tmp_path)]) == 2
    captured = capsys.readouterr()
    assert "pip could not install django-pyas2" in captured.err
    assert "needs a package index" in captured.err
    assert captured.out == ""


def make_with_our_pip(home, *, clear, with_pip):
    """Make an environment that finds the pip of this one, since installing another takes seconds."""
    assert with_pip
    venv.EnvBuilder(clear=clear).create(home)
    (packages,) = home.glob("lib/python*/site-packages")
    (packages / "ours.pth").write_text(str(Path(find_spec("pip").origin).parents[1]))


def test_an_environment_is_used_again_until_its_pins_change(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(environments, "PINS", tmp_path)
    monkeypatch.setattr(environments.venv, "create", make_with_our_pip)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    (tmp_path / "peer.txt").write_text("")
    python = make_environment(tmp_path / "made", "peer")
    assert python.is_file()
    assert "installing peer" in capsys.readouterr().err
    assert make_environment(tmp_path / "made", "peer") == python
    assert capsys.readouterr().err == ""
    (tmp_path / "peer.txt").write_text("no-such-package==1\n")
    with pytest.raises(NoEnvironmentError):
        make_environment(tmp_path / "made", "peer")


@pytest.mark.parametrize("peer", ["django-pyas2", "mesh-sandbox"])
def test_pins_name_exact_versions_with_hashes_and_no_index(peer):
    lines = (environments.PINS / f"{peer}.txt").read_text(encoding="utf-8").splitlines()
    packages = [line for line in lines if not line.startswith(" ")]
    assert any(line.startswith(f"{peer}==") for line in packages)
    assert [line for line in packages if "==" not in line] == []
    assert [line for line in lines if "://" in line or line.startswith("--")] == []
    assert any("--hash=sha256:" in line for line in lines)


@pytest.mark.slow
def test_all_sides_of_a_short_run_are_measured(monkeypatch, capsys):
    monkeypatch.setattr(documents, "WARM_UP", 2)
    assert main(["bench", "--quick", "--documents", "10", "--connections", "1,2", "--json"]) == 0
    measured = json.loads(capsys.readouterr().out)
    assert list(measured) == ["1 connections", "2 connections"]
    sides = measured["2 connections"]
    assert list(sides) == [
        "hub", "bare durable server", "bare framework route", "bare crypto", "bare commit",
    ]  # fmt: skip
    assert all(side["per_second"]["median"] > 0 for side in sides.values())
