"""The page about edXML lists every warning and every fault there is, and no other."""

import re

from support import project

SOURCES = [path.read_text(encoding="utf-8") for path in (project.ROOT / "axis/protocol/edxml").glob("*.py")]
CODE = r'"([a-z0-9]+(?:-[a-z0-9]+)*)"'
WARNINGS = re.compile(rf"(?:\.warn|warnings\.add|EdxmlWarning)\(\s*{CODE}")
FAULTS = re.compile(rf"(?:\.refuse|\.fault|EdxmlInvalid|AttachmentInvalid)\(\s*{CODE}")


def made(pattern):
    return {code for source in SOURCES for code in pattern.findall(source)}


def listed(heading, page):
    section = page.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| ([^|]+) \|", section, re.MULTILINE)
    return {code for cell in cells for code in re.findall(r"`([a-z0-9-]+)`", cell)}


def test_each_warning_and_fault_is_explained_and_no_other():
    page = (project.ROOT / "docs/edxml.md").read_text(encoding="utf-8")
    assert listed("What is taken though it is wrong", page) == made(WARNINGS)
    assert listed("What is refused", page) | {"text-unwritable"} == made(FAULTS)
    assert "`text-unwritable`" in page
