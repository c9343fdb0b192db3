"""Nothing lies in the tree that belongs to one machine, to a package index, or to an unfinished thought."""

import re

import pytest
from support import project

# Written apart, so that this file does not hold what it looks for.
UNFINISHED = re.compile(r"\b(?:TO" + "DO|FIX" + "ME|X" + "XX|HA" + r"CK)\b")
INDEXES = re.compile(
    "py" + r"pi\.org|python" + r"hosted\.org|--(?:extra-)?index" + "-url[ =]|--find" + "-links[ =]"
)
MACHINE_PATHS = re.compile(r"(?<![\w.~}])/(?:ho" + "me|ro" + "ot|Us" + "ers|wo" + "rk" + r")/\w")


def texts() -> list[tuple[str, str]]:
    found = []
    for path in project.files():
        try:
            found.append((project.name(path), path.read_bytes().decode()))
        except UnicodeDecodeError:
            continue  # a picture, a PDF, a key in DER
    return found


def places(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in texts()
        if pattern.search(text)
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]


def test_no_mark_of_unfinished_work_is_left() -> None:
    assert places(UNFINISHED) == []


def test_no_address_of_a_package_index_is_named() -> None:
    assert places(INDEXES) == []


def test_no_path_of_a_machine_is_named() -> None:
    assert places(MACHINE_PATHS) == []


@pytest.mark.skipif(len(project.ROOT.parts) < 4, reason="a place as short as /app is a word like any other")
def test_the_place_of_this_checkout_is_not_named() -> None:
    assert places(re.compile(re.escape(str(project.ROOT)) + r"\b")) == []


def test_no_generated_file_is_committed() -> None:
    generated = {".pyc", ".db", ".db-wal", ".log", ".whl"}
    assert [
        project.name(path)
        for path in project.files()
        if path.suffix in generated or project.hidden_or_made(path.relative_to(project.ROOT))
    ] == []
