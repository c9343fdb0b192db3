"""The page of promises keeps its form: twelve, numbered, each with tests that are there."""

import re

import pytest
from support import project
from support.documentation_pages import read

PAGE = "docs/promises.md"
SECTIONS = re.split(r"^## ", read(PAGE), flags=re.MULTILINE)[1:]


def test_there_are_twelve_in_order() -> None:
    assert [int(section.partition(".")[0]) for section in SECTIONS] == list(range(1, 13))


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.partition("\n")[0])
def test_each_promise_names_tests_that_are_there(section: str) -> None:
    files = re.findall(r"\]\(\.\./(tests/[^)]+)\)", section)
    assert files
    for name in files:
        assert "\ndef test_" in (project.ROOT / name).read_text(encoding="utf-8")
