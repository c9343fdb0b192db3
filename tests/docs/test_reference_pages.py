"""Reference pages name all there is and nothing else: settings, metrics, routes, codes, verdicts."""

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest
from support.documentation_pages import read

from axis.app import build, create_app
from axis.problems import CATALOGUE
from axis.settings import Settings
from axis.telemetry import Metrics
from signing.verdict_vocabulary import SubIndication, indication_of

SETTING_ROW = re.compile(r"^\| `(AXIS_[A-Z_]+)` \| (.+?) \| (.+) \|$", re.MULTILINE)
METRIC_ROW = re.compile(r"^\| `(axis_[a-z_]+)` \| (\w+) \|", re.MULTILINE)
METHODS = ("get", "put", "post", "delete")


def default_of(field: dataclasses.Field[Any]) -> str | None:
    """A default as the page writes it; None where words describe it."""
    if field.default is None:
        return None
    return f"`{str(field.default).lower()}`" if isinstance(field.default, bool) else f"`{field.default}`"


def test_each_setting_is_explained_with_its_default_and_no_other() -> None:
    rows = {name: default for name, default, _ in SETTING_ROW.findall(read("docs/settings.md"))}
    fields = {f"AXIS_{field.name.upper()}": default_of(field) for field in dataclasses.fields(Settings)}
    assert rows.keys() == fields.keys()
    assert {name: rows[name] for name, default in fields.items() if default not in {None, rows[name]}} == {}


@pytest.mark.parametrize("page", ["README.md", "docs/api.md", "docs/operations.md", "docs/cli.md"])
def test_every_setting_named_elsewhere_exists(page: str) -> None:
    named = set(re.findall(r"AXIS_[A-Z_]+", read(page)))
    assert named - {f"AXIS_{field.name.upper()}" for field in dataclasses.fields(Settings)} == set()


def test_each_metric_is_explained_with_its_kind_and_no_other() -> None:
    kinds = re.findall(r"^# TYPE (\w+) (\w+)$", Metrics().render().decode(), re.MULTILINE)
    real = {(name, kind) for name, kind in kinds if not name.endswith("_created")}
    assert set(METRIC_ROW.findall(read("docs/operations.md"))) == real


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str]]:
    """Method and path of each route of the public listener."""
    folder: Path = tmp_path_factory.mktemp("described")
    hub = build(Settings(database_url=f"sqlite:///{folder}/axis.db"))
    try:
        paths = create_app(hub).openapi()["paths"]
    finally:
        hub.close()
    return {(method, path) for path, methods in paths.items() for method in methods if method in METHODS}


def test_the_walk_through_meets_every_route(routes: set[tuple[str, str]]) -> None:
    page = read("docs/api.md").replace("$hub", " ")
    mentioned = re.findall(r"(?<=[\s`])/[^\s`\"')]*", page)
    missed = {
        f"{method} {path}" for method, path in routes if not any(leads_to(text, path) for text in mentioned)
    }
    assert missed == set()


def test_the_walk_through_names_no_route_that_is_not_there(routes: set[tuple[str, str]]) -> None:
    named = re.findall(r"`(GET|PUT|POST|DELETE) (/[^`?\s]*)", read("docs/api.md") + read("docs/ledger.md"))
    unknown = {
        f"{method} {text}"
        for method, text in named
        if not any(method.lower() == known and leads_to(text, path) for known, path in routes)
    }
    assert unknown == set()


def leads_to(text: str, path: str) -> bool:
    """Whether an address as a page writes it is one of this route; tiles have slashes in their names."""
    anything = ".+" if "/tile/" in path else "[^/]+"
    fixed = map(re.escape, re.split(r"\{[^}]+\}", path))
    return re.fullmatch(anything.join(fixed), text.partition("?")[0].rstrip(".,:")) is not None


def test_each_code_of_refusal_that_pages_name_has_a_page_of_its_own() -> None:
    flow = read("docs/flow.md")
    steps = flow[flow.index("| step |") : flow.index("From step 3 on")]
    named = set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", steps))
    assert named - CATALOGUE.keys() == set()


def test_each_refusal_of_a_document_has_its_step() -> None:
    elsewhere = {
        "not-found", "method-not-allowed", "not-acceptable", "query-invalid", "status-invalid",
        "too-many-requests", "internal-error", "job-ended", "too-many-rows", "export-invalid",
        "form-stale", "certificate-request-invalid", "certificate-request-decided",
    }  # fmt: skip
    assert {code for code in CATALOGUE if f"`{code}`" not in read("docs/flow.md")} == elsewhere


def test_each_sub_indication_stands_beside_its_indication() -> None:
    rows = re.findall(
        r"^\| (TOTAL-FAILED|INDETERMINATE) \|[^|]+\|(.+)\|$", read("docs/flow.md"), re.MULTILINE
    )
    shown = {(word, indication) for indication, text in rows for word in re.findall(r"`([A-Z_]+)`", text)}
    assert shown == {(word.value, indication_of(word).value) for word in SubIndication}
