"""What pages, docstrings and comments refer to, and whether it is there: pages, headings, files, modules."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from support import project

FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
LINK = re.compile(r"\[([^\]]*)\]\((?!\w+:)([^)#\s]*)(#[^)\s]*)?\)")
NAMED_PAGE = re.compile(r"(?<![\w/.-])((?:docs/[\w/-]+|[A-Z]{4,})\.md)(#[\w-]+)?")
"""A page as docstrings, comments and other files name it: from the root of the project."""
CODE = re.compile(r"`([^`\n]+)`")
PACKAGES = ("axis", "charts", "nodes", "signing", "benchmarks", "migrations", "support", "tests")
DOTTED = re.compile(rf"(?:{'|'.join(PACKAGES)})(?:\.\w+)+")
STANDARD = re.compile(
    r"(?:RFC|FIPS|ISO|319)\s+\d|X\.\d{3}|ECMA-\d|\[MS-\w+\]|OpenDocument 1\.\d|XML\s+Signature|Canonical XML"
)
NO_MODULE = {"axis.access", "axis.serve"}
"""Names of loggers, which look like modules."""


def links(page: Path) -> Iterator[tuple[str, str, str]]:
    """Text, file and anchor of each link of a page that leads inside the project."""
    for text, file, anchor in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
        yield text, file, anchor.removeprefix("#")


@cache
def anchors(page: Path) -> frozenset[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = HEADING.findall(FENCE.sub("", page.read_text(encoding="utf-8")))
    return frozenset(re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings)


def lost_links(page: Path) -> list[str]:
    """The links of a page whose file or heading is not there, or whose text names another file."""
    lost = []
    for text, file, anchor in links(page):
        target = (page.parent / file).resolve() if file else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            lost.append(f"{file}#{anchor}")
        if re.fullmatch(r"[\w/.]+\.(?:py|md)", text) and not str(target).endswith(text.removeprefix("../")):
            lost.append(f"{text} leads to {file}")
    return lost


def lost_pages(text: str) -> list[str]:
    """The pages that a text names by their paths from the root, where page or heading is not there."""
    return [
        name + anchor
        for name, anchor in NAMED_PAGE.findall(text)
        if not (project.ROOT / name).exists()
        or (anchor and anchor.removeprefix("#") not in anchors(project.ROOT / name))
    ]


def lost_names(text: str) -> list[str]:
    """The paths and dotted names in backticks that lead to no file, module or name of this project."""
    return [name for name in CODE.findall(text) if _is_path(name) and not _path_is_there(name)] + [
        name
        for name in CODE.findall(text)
        if DOTTED.fullmatch(name) and name not in NO_MODULE and not _dotted_is_there(name)
    ]


def sections_of_nothing(text: str) -> list[str]:
    """The citations of a section (`§`) that name no public standard before it."""
    return [
        text[max(0, match.start() - 40) : match.end() + 8]
        for match in re.finditer("§", text)
        if not STANDARD.search(text[max(0, match.start() - 200) : match.start()])
    ]


@cache
def _paths() -> frozenset[str]:
    names = {project.name(path) for path in project.files()}
    return frozenset(names | {str(parent) for name in names for parent in Path(name).parents})


def _is_path(name: str) -> bool:
    """Whether a text is meant as a path: it begins in a folder of this project, or ends as our sources do."""
    if not re.fullmatch(r"[\w./-]+", name) or "/" not in name:
        return name.endswith(".py") and re.fullmatch(r"\w+\.py", name) is not None
    return name.endswith(".py") or name.partition("/")[0] in {*PACKAGES, "docs", "requirements", "deploy"}


def _path_is_there(name: str) -> bool:
    name = name.rstrip("/")
    return name in _paths() or any(path.endswith(f"/{name}") for path in _paths())


def _dotted_is_there(dotted: str) -> bool:
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        folder = "/".join(parts[:length])
        for path in (f"{folder}.py", f"{folder}/__init__.py"):
            for below in (path, f"tests/{path}"):
                if below in _paths():
                    return length == len(parts) or parts[length] in _names_of(project.ROOT / below)
    return "/".join(parts) in _paths()


@cache
def _names_of(path: Path) -> frozenset[str]:
    """Every name that a module binds or imports at its top."""
    names: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                names.add(node.name)
            case ast.Import() | ast.ImportFrom():
                names.update(alias.asname or alias.name for alias in node.names)
            case ast.Assign():
                names.update(each.id for each in node.targets if isinstance(each, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)):
                names.add(name)
            case _:
                pass
    return frozenset(names)
