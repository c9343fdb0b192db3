"""References resolve: links with their anchors, pages and modules that text names, and cited sections."""

import ast
import re
from pathlib import Path

import pytest
from support import project, references

PAGES = [path for path in project.files() if path.suffix == ".md"]
SOURCES = [*project.python_files(), *project.ROOT.glob("migrations/versions/*.py")]
OTHERS = [project.ROOT / name for name in ("Makefile", "Dockerfile", "compose.yaml", "pyproject.toml")]


@pytest.mark.parametrize("page", PAGES, ids=project.name)
def test_every_link_leads_to_a_page_and_a_heading_and_names_the_file_it_leads_to(page: Path) -> None:
    assert references.lost_links(page) == []


@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "CHANGELOG.md"], ids=project.name)
def test_every_path_and_module_that_a_page_names_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert references.lost_names(text) + references.lost_pages(text) == []


def test_every_page_and_module_that_code_and_comments_name_exists() -> None:
    lost = {}
    for path in [*SOURCES, *OTHERS]:
        text = path.read_text(encoding="utf-8")
        found = references.lost_names(text) + references.lost_pages(text)
        if found and path.name != "test_references.py":  # which names lost ones to see them found
            lost[project.name(path)] = found
    assert lost == {}


PACKAGES = [path for path in project.python_files(*project.OURS) if path.name == "__init__.py"]


def unlisted(package: Path) -> list[str]:
    """Modules that the list in a package's docstring names before a colon, and that are not there."""
    text = ast.get_docstring(ast.parse(package.read_text(encoding="utf-8"))) or ""
    named = [
        name
        for line in text.splitlines()
        if line.startswith("- `")
        for name in re.findall(r"`([a-z0-9_]+)`(?=:|, `)", line)
    ]
    places = [package.parent / name for name in named]
    return [place.name for place in places if not place.with_suffix(".py").exists() and not place.is_dir()]


@pytest.mark.parametrize("package", PACKAGES, ids=project.name)
def test_every_module_that_a_package_lists_is_there(package: Path) -> None:
    assert unlisted(package) == []


def test_a_module_that_a_package_lists_and_has_not_would_be_seen(tmp_path: Path) -> None:
    package = tmp_path / "__init__.py"
    package.write_text('"""What.\n\n- `gone`, `here`: this; `lost`: that\n"""\n', encoding="utf-8")
    (tmp_path / "here.py").touch()
    assert unlisted(package) == ["gone", "lost"]


def test_sections_are_cited_of_public_standards_alone() -> None:
    """What this project decided itself stands under `docs/`, and is cited as a page with its anchor."""
    lost = {}
    for path in [*SOURCES, *PAGES]:
        if "references" not in path.name:
            found = references.sections_of_nothing(path.read_text(encoding="utf-8"))
            if found:
                lost[project.name(path)] = found
    assert lost == {}


def test_lost_references_would_be_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# One thing\n\n[there](#one-thing) [gone](#two) [gone](no.md) [other.py](page.md)\n",
        encoding="utf-8",
    )
    assert references.lost_links(page) == ["#two", "no.md#", "other.py leads to page.md"]
    assert references.lost_pages("docs/flow.md docs/flow.md#one-commit-for-many") == []
    assert references.lost_pages("docs/flow.md#none, docs/none.md") == ["docs/flow.md#none", "docs/none.md"]
    known = "`axis/app.py` `cms/der.py` `axis.app.build` `axis.app` `support.project` `application/zip`"
    assert references.lost_names(known) == []
    lost = "`axis/none.py` `docs/none` `none.py` `axis.none` `axis.app.none`"
    assert references.lost_names(lost) == [
        "axis/none.py",
        "docs/none",
        "none.py",
        "axis.none",
        "axis.app.none",
    ]
    assert references.sections_of_nothing("RFC 5280 §4.1 and §4.2") == []
    assert references.sections_of_nothing("PLAN §4") == ["PLAN §4"]
