"""A test file is named after a module in the same place of the tree, or says what it spans in its first line.

A module with logic has a test file of its name, or `tests/tested_elsewhere.toml` says which tests try it.
"""

import ast
import tomllib
from pathlib import Path

import pytest
from support import project

MIRRORED = [
    path
    for path in project.python_files("tests")
    if path.name.startswith("test_") and project.name(path).split("/")[1] in project.OURS
]
SAID = ("Over HTTP", "Across modules")
"""How the docstring of a test module begins where it stands for no single module."""


def first_line(path: Path) -> str:
    """The first line of a module's docstring; empty where there is none."""
    return (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").partition("\n")[0]


def names_a_module(path: Path) -> bool:
    """Whether there is a module that a test module is named after."""
    place = path.relative_to(project.ROOT / "tests").with_name(path.stem.removeprefix("test_"))
    return any((project.ROOT / f"{place}{end}").exists() for end in (".py", "/__init__.py"))


@pytest.mark.parametrize("path", MIRRORED, ids=project.name)
def test_a_test_module_is_named_after_a_module_or_says_what_it_is(path: Path) -> None:
    assert names_a_module(path) or first_line(path).startswith(SAID)


def test_a_module_that_is_not_there_would_be_seen() -> None:
    assert names_a_module(project.ROOT / "tests/axis/ledger/test_leaves.py")
    assert names_a_module(project.ROOT / "tests/signing/test_cms.py")
    assert not names_a_module(project.ROOT / "tests/axis/ledger/test_accounts.py")


LOGIC_STATEMENTS = 20
"""Statements within functions from which on a module has to have tests of its name, or a line in the list."""
MODULES = [path for path in project.python_files(*project.OURS) if path.name != "__init__.py"]
LISTED = {
    f"{folder}/{module}": files
    for folder, modules in tomllib.loads(
        (project.ROOT / "tests/tested_elsewhere.toml").read_text(encoding="utf-8")
    ).items()
    for module, files in modules.items()
}


def logic_of(source: str) -> int:
    """How many statements stand within functions, docstrings left out."""
    functions = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return sum(
        isinstance(inner, ast.stmt)
        for function in functions
        for inner in ast.walk(function)
        if inner is not function
        and not (isinstance(inner, ast.Expr) and isinstance(inner.value, ast.Constant))
    )


def own_tests(module: str) -> Path:
    """Where the tests of a module's name are, whether they are there or not."""
    folder, _, name = module.rpartition("/")
    return project.ROOT / "tests" / folder / f"test_{name}.py"


@pytest.mark.parametrize("path", MODULES, ids=project.name)
def test_a_module_with_logic_has_tests_of_its_name_or_says_where_they_are(path: Path) -> None:
    module = project.name(path).removesuffix(".py")
    is_small = logic_of(path.read_text(encoding="utf-8")) < LOGIC_STATEMENTS
    assert is_small or own_tests(module).exists() or module in LISTED, (
        f"write {own_tests(module).relative_to(project.ROOT)}, or add {module} to tests/tested_elsewhere.toml"
    )


@pytest.mark.parametrize("module", LISTED)
def test_what_is_said_to_be_tested_elsewhere_is_there_and_has_no_tests_of_its_name(module: str) -> None:
    assert (project.ROOT / f"{module}.py").exists()
    assert not own_tests(module).exists()
    assert [name for name in LISTED[module] if not (project.ROOT / "tests" / name).exists()] == []


def test_logic_is_counted_within_functions_alone() -> None:
    assert logic_of('A = 1\n\n\ndef f():\n    """Say."""\n    if A:\n        return 1\n    return 2\n') == 3
