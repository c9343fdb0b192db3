"""A test file is named after a module in the same place of the tree, or says what it spans in its first line.

Not every module has a test file of its name: what is seen from outside alone is tested over HTTP.
"""

import ast
from pathlib import Path

import pytest
from support import tree

MIRRORED = [
    path
    for path in tree.python_files("tests")
    if path.name.startswith("test_") and tree.name(path).split("/")[1] in {"axis", "nodes", "signing"}
]
SAID = ("Over HTTP", "Across modules")
"""How the docstring of a test module begins where it stands for no single module."""


def first_line(path: Path) -> str:
    """The first line of a module's docstring; empty where there is none."""
    return (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").partition("\n")[0]


def names_a_module(path: Path) -> bool:
    """Whether there is a module that a test module is named after."""
    place = path.relative_to(tree.ROOT / "tests").with_name(path.stem.removeprefix("test_"))
    return any((tree.ROOT / f"{place}{end}").exists() for end in (".py", "/__init__.py"))


@pytest.mark.parametrize("path", MIRRORED, ids=tree.name)
def test_a_test_module_is_named_after_a_module_or_says_what_it_is(path: Path) -> None:
    assert names_a_module(path) or first_line(path).startswith(SAID)


def test_a_module_that_is_not_there_would_be_seen() -> None:
    assert names_a_module(tree.ROOT / "tests/axis/ledger/test_leaves.py")
    assert names_a_module(tree.ROOT / "tests/signing/test_cms.py")
    assert not names_a_module(tree.ROOT / "tests/axis/ledger/test_accounts.py")
