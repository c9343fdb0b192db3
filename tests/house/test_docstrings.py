"""A module's docstring is short and claims little, so that it is understood at once and stays true."""

import ast
import re
from pathlib import Path

import pytest
from support import project

MOST_LINES = 5
MOST_SENTENCES = 4
"""The last may be the standard that the module follows."""
CLAIMS = re.compile(r"\b(only|never|always|alone|nothing|everything|anything|whatever)\b", re.IGNORECASE)
"""Words that claim something of a whole module; the code beside a function shows whether they hold for it."""
IN_LIST = re.compile(r"\s*(?:- |\d+\.? )|\s{4}")
"""How lines of a list of modules or steps begin, and those of an example: there may be many."""
MODULES = project.python_files(*project.OURS, "benchmarks")


def faults_of(source: str) -> list[str]:
    """What is wrong with the docstring of a module; that which a command prints as its help may be longer."""
    module = ast.parse(source)
    text = ast.get_docstring(module)
    if text is None:
        return ["there is none"] if module.body else []
    if "__doc__" in source:
        return []
    paragraphs = text.split("\n\n")
    prose = [each for each in paragraphs if not any(IN_LIST.match(line) for line in each.splitlines())]
    lines = sum(len(each.splitlines()) + 1 for each in prose) - 1
    sentences = re.findall(r"[.!?](?=\s|$)", "\n".join(prose))
    faults = [f"{claim!r} claims much" for claim in CLAIMS.findall("\n".join(prose))]
    if lines > MOST_LINES and len(prose) == len(paragraphs):
        faults.append(f"{lines} lines")
    if len(sentences) > MOST_SENTENCES:
        faults.append(f"{len(sentences)} sentences")
    return faults


@pytest.mark.parametrize("path", MODULES, ids=project.name)
def test_the_docstring_of_a_module_is_short_and_claims_little(path: Path) -> None:
    assert faults_of(path.read_text(encoding="utf-8")) == []


def test_a_docstring_that_is_long_or_claims_much_would_be_seen() -> None:
    assert faults_of("X = 1\n") == ["there is none"]
    assert faults_of('"""Reads. It never writes."""\n') == ["'never' claims much"]
    assert faults_of('"""One. Two. Three. Four. Five."""\n') == ["5 sentences"]
    assert faults_of('"""One.\n\nTwo,\nand,\nand,\nand.\n"""\n') == ["6 lines"]
    assert faults_of('"""Steps:\n\n1. one\n2. two\n3. three\n4. four\n5. five\n"""\n') == []
