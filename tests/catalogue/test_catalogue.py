"""Every sub-indication has an example that provokes it and a good twin, and both come to what is expected."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support import project
from support.catalogue import PASSED, VECTORS, examples, judge, outcome
from support.waiting import GUARD_SECONDS

from signing.verdict_vocabulary import SubIndication

STORED = examples()
BY_NAME = {each.name: each for each in STORED}


@pytest.mark.parametrize("example", STORED, ids=lambda each: each.name)
def test_a_stored_example_comes_to_what_is_expected(example):
    assert outcome(example) == example.expected


@pytest.mark.parametrize("word", SubIndication)
def test_every_sub_indication_is_provoked_and_has_a_good_twin(word):
    twins = [BY_NAME[each.twin] for each in STORED if each.expected == word and each.twin]
    assert twins, f"no example provokes {word}"
    assert {each.expected for each in twins} == {PASSED}


def family(form):
    """Formats of which a good example may be the twin of a bad one."""
    families = [{"CMS", "CAdES"}, {"ASiC-E", "ZIP"}, {"OpenDocument", "Office Open XML"}]
    return next((each for each in families if form in each), {form})


def test_every_format_that_is_judged_has_a_good_example_and_a_bad_one():
    good = {each.format for each in STORED if each.expected == PASSED}
    bad = {each.format for each in STORED if each.expected != PASSED}
    judged = {"CMS", "CAdES", "PAdES", "XMLDSig", "ASiC-E", "ASiC-S", "OpenDocument", "S/MIME"}
    assert judged <= good & bad


def test_every_bad_example_has_a_good_twin_of_its_format():
    for each in STORED:
        if each.expected == PASSED:
            assert each.twin is None
        else:
            assert each.twin is not None
            assert family(BY_NAME[each.twin].format) == family(each.format), each.name


def test_part_of_the_catalogue_is_made_by_other_tools():
    makers = [each.made_by for each in STORED]
    assert makers.count("openssl") >= 8
    assert makers.count("signxml") >= 5


def test_each_verdict_names_the_format_of_its_file():
    for each in STORED:
        formats = {verdict.format for verdict in judge(each)}
        assert formats <= ({"CMS", "CAdES"} if each.format in {"CMS", "CAdES"} else {each.format}), each.name


def test_every_stored_file_is_used():
    used = {name for each in STORED for name in (each.file, each.content) if name}
    assert {path.name for path in VECTORS.glob("*.*")} - {"manifest.toml"} == used
    assert {path.name for path in (VECTORS / "trust").iterdir()} == {each.trust for each in STORED}


def test_what_the_script_makes_anew_comes_to_the_same(tmp_path):
    script = Path(__file__).with_name("make.py")
    paths = os.pathsep.join([str(project.ROOT), str(project.ROOT / "tests")])
    subprocess.run(
        [sys.executable, script, tmp_path],
        check=True,
        env={**os.environ, "PYTHONPATH": paths},
        timeout=GUARD_SECONDS,
    )
    made = examples(tmp_path)
    assert made == STORED
    assert {each.name: outcome(each, tmp_path) for each in made} == {
        each.name: each.expected for each in STORED
    }
