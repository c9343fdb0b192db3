"""Every dependency is declared, explained, pinned and hashed; nothing is imported that is not declared."""

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions

import pytest
from support import project

PINNED = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>[^\s;]+)(?: ; [^\\]+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")
PARTS = {"pydantic-core": "pydantic"}  # released together, and pinned by the other
IN_AN_ENVIRONMENT_OF_ITS_OWN = {
    ("benchmarks/peers/as2_site.py", module) for module in ("django", "pyas2", "pyas2lib")
} | {("signing/typeface_writer.py", "fontTools")}
"""What `axis bench peers` installs beside the project, from pins of its own, and what made a kept file."""
LOADED_BY_ITSELF = {("nodes/pytest_plugin.py", "pytest")}
"""What loads the file that imports it: whoever has not got it never loads that file."""
OURS = {*project.OURS, "migrations", "benchmarks", "support", "tests"}


def normal(requirement: str) -> str:
    """The name in a requirement, as indexes compare it: psycopg[binary]>=3.3 is psycopg."""
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match
    return re.sub(r"[-_.]+", "-", match[0]).lower()


def declared(*, tests: bool) -> set[str]:
    facts = project.pyproject()["project"]
    extra = facts["optional-dependencies"]["test"] if tests else []
    return {normal(requirement) for requirement in [*facts["dependencies"], *extra]}


def lines_of(name: str) -> list[str]:
    return (project.ROOT / "requirements" / name).read_text(encoding="utf-8").splitlines()


def pins_of(name: str) -> dict[str, str]:
    return {match["name"]: match["version"] for line in lines_of(name) if (match := PINNED.match(line))}


def imports_of(*folders: str) -> Iterator[tuple[str, str]]:
    """Each top-level module imported from elsewhere, with the file that does."""
    for path in project.python_files(*folders):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                modules = [node.module]
            else:
                continue
            for module in modules:
                top = module.partition(".")[0]
                if top not in sys.stdlib_module_names and top not in OURS:
                    yield top, project.name(path)


@pytest.mark.parametrize("name", ["run.txt", "test.txt"])
def test_requirements_hold_pins_hashes_and_nothing_else(name: str) -> None:
    """No address of an index, no local path, no editable, nothing without its hashes."""
    odd = [
        line
        for line in lines_of(name)
        if not (PINNED.match(line) or HASH.match(line) or line.lstrip().startswith("#"))
    ]
    assert odd == []
    text = "\n".join(lines_of(name))
    assert [
        pin for pin in pins_of(name) if not re.search(rf"^{pin}==.*\\\n    --hash", text, re.MULTILINE)
    ] == []


@pytest.mark.parametrize(("name", "tests"), [("run.txt", False), ("test.txt", True)])
def test_requirements_pin_everything_declared(name: str, tests: bool) -> None:
    assert declared(tests=tests) - set(pins_of(name)) == set()


def test_the_build_backend_is_pinned_too() -> None:
    build = project.pyproject()["build-system"]["requires"]
    assert build == project.pyproject()["dependency-groups"]["build"]
    assert {normal(requirement) for requirement in build} <= set(pins_of("run.txt"))


def test_tests_run_on_the_very_versions_that_users_run() -> None:
    run, test = pins_of("run.txt"), pins_of("test.txt")
    assert {name: (pin, test.get(name)) for name, pin in run.items() if test.get(name) != pin} == {}


def test_each_dependency_is_explained_and_no_other() -> None:
    text = (project.ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
    explained = re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)
    assert sorted(explained) == sorted(declared(tests=True) | {"setuptools"})


@pytest.mark.parametrize(
    ("folders", "tests"),
    [((*project.OURS, "migrations"), False), (("tests", "benchmarks"), True)],
    ids=["code", "tests"],
)
def test_everything_imported_is_declared(folders: tuple[str, ...], tests: bool) -> None:
    by_module = packages_distributions()
    allowed = declared(tests=tests)
    undeclared = {
        f"{module} in {where}"
        for module, where in imports_of(*folders)
        if not {PARTS.get(normal(name), normal(name)) for name in by_module.get(module, [module])} & allowed
        and (where, module) not in IN_AN_ENVIRONMENT_OF_ITS_OWN | LOADED_BY_ITSELF
    }
    assert undeclared == set()
