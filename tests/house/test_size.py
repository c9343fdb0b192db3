"""Modules and functions stay small enough to be read at one sitting."""

import ast
from collections.abc import Iterator
from pathlib import Path

from support import project

MODULE_LINES = 400
FUNCTION_LINES = 60


def functions_of(source: str) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            yield node.name, node.end_lineno - node.lineno + 1


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_no_module_is_longer_than_400_lines() -> None:
    lengths = {project.name(path): len(read(path).splitlines()) for path in project.python_files()}
    assert {name: lines for name, lines in lengths.items() if lines > MODULE_LINES} == {}


def test_no_function_is_longer_than_60_lines() -> None:
    too_long = {
        f"{project.name(path)}: {function}": lines
        for path in project.python_files()
        for function, lines in functions_of(read(path))
        if lines > FUNCTION_LINES
    }
    assert too_long == {}


def test_a_long_function_would_be_seen() -> None:
    body = "    pass\n" * FUNCTION_LINES
    assert list(functions_of(f"async def long():\n{body}")) == [("long", FUNCTION_LINES + 1)]
