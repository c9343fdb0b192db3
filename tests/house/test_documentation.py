"""The documentation's own order: every page is listed, records keep their form."""

import re
from pathlib import Path

import pytest
from support import project

DOCS = project.ROOT / "docs"
RECORDS = sorted(
    path for path in (DOCS / "decisions").glob("*.md") if path.stem not in {"README", "template"}
)
LINK = re.compile(r"\[[^\]]*\]\((?!\w+:|#)([^)#\s]+)(?:#[^)]*)?\)")


def test_the_index_lists_every_page() -> None:
    index = LINK.findall((DOCS / "README.md").read_text(encoding="utf-8"))
    pages = {path.name for path in DOCS.glob("*.md")} - {"README.md"}
    assert pages - set(index) == set()


def test_the_index_of_decisions_lists_every_record() -> None:
    index = LINK.findall((DOCS / "decisions/README.md").read_text(encoding="utf-8"))
    assert {path.name for path in RECORDS} - set(index) == set()


@pytest.mark.parametrize("record", RECORDS, ids=project.name)
def test_a_decision_is_short_and_says_what_was_rejected(record: Path) -> None:
    lines = record.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 40
    headings = [line.removeprefix("## ") for line in lines if line.startswith("## ")]
    assert headings == ["Context", "Decision", "Consequences", "Rejected"]


def test_the_change_log_knows_the_version() -> None:
    version = project.pyproject()["project"]["version"]
    assert f"## {version}" in (project.ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
