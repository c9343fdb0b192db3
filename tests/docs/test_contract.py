"""docs/contract.md says what the hub does: routes, callers, codes, members of manifest and answers."""

import re
from pathlib import Path
from typing import Any

import pytest
from support.documentation_pages import read

from axis.app import build, create_app
from axis.problems import CATALOGUE
from axis.protocol.manifest_schema import manifest_schema
from axis.settings import Settings
from signing.verdict_schema import VERDICT_SCHEMA

PAGE = read("docs/contract.md")


def section(heading: str) -> str:
    """The text below a heading, up to the next one."""
    return PAGE.split(f" {heading}\n", 1)[1].partition("\n#")[0]


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What the hub says of itself."""
    folder: Path = tmp_path_factory.mktemp("described")
    hub = build(Settings(database_url=f"sqlite:///{folder}/axis.db"))
    try:
        return create_app(hub).openapi()
    finally:
        hub.close()


def test_every_route_stands_there_with_its_callers_and_no_other(described: Any) -> None:
    stands = dict(re.findall(r"^\| `([A-Z]+ /[^`]*)` \| ([^|]+) \|$", section("Routes"), re.MULTILINE))
    real = {
        f"{method.upper()} {path}": ", ".join(operation["x-callers"])
        for path, operations in described["paths"].items()
        for method, operation in operations.items()
        if not path.startswith("/vxp/")
    }
    assert stands == real


def test_every_code_stands_there_under_its_status() -> None:
    stands = {
        (code, int(status))
        for status, codes in re.findall(r"^\| (\d{3}) \| (.+) \|$", section("Codes of refusal"), re.MULTILINE)
        for code in re.findall(r"`([a-z-]+)`", codes)
    }
    assert stands == {(code, problem.status) for code, problem in CATALOGUE.items()}


def test_every_member_of_the_manifest_stands_there_and_which_are_required() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (yes|no) \|", section("The manifest"), re.MULTILINE)
    schema: Any = manifest_schema()
    assert {name: needed == "yes" for name, needed in rows} == {
        name: name in schema["required"] for name in schema["properties"]
    }


@pytest.mark.parametrize(
    ("schema", "heading"),
    [
        ("InboxItem", "Receiving and answering"),
        ("EventItem", "Receiving and answering"),
        ("SignatureRow", "Statistics"),
        ("ExchangeRow", "Statistics"),
    ],
)
def test_the_members_of_an_answer_stand_there(described: Any, schema: str, heading: str) -> None:
    stand = set(re.findall(r"\w+", section(heading)))
    assert described["components"]["schemas"][schema]["properties"].keys() - stand == set()


def test_the_members_of_a_verdict_stand_there() -> None:
    stand = set(re.findall(r"\w+", section("The verdict")))
    assert VERDICT_SCHEMA["properties"].keys() - stand == set()
    signature = VERDICT_SCHEMA["properties"]["signatures"]["items"]
    certificate = signature["properties"]["certificate"]["anyOf"][0]
    assert (signature["properties"].keys() | certificate["properties"].keys()) - stand == set()
