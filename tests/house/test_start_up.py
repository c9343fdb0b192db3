"""Commands load what they need and no more, so that they answer at once.

What is loaded is looked at, not how long it takes: that stands in docs/benchmarks.md.
"""

import json
import subprocess
import sys

import pytest
from support.environment import inherited
from support.waiting import GUARD_SECONDS

import axis.cli
import nodes.cli

DATABASE = {"sqlalchemy", "alembic", "psycopg"}
WEB = {"fastapi", "starlette", "pydantic", "uvicorn", "httpx", "asyncio", "prometheus_client", "multipart"}
SIGNATURES = {"cryptography", "pyhanko", "pyhanko_certvalidator", "asn1crypto", "lxml"}

PROGRAM = """
import json, sys
from PACKAGE.cli import main
try:
    status = main(sys.argv[1:])
except SystemExit as ended:
    status = ended.code
print(json.dumps([status, sorted(sys.modules)]), file=sys.stderr)
"""


@pytest.fixture
def loaded(tmp_path):
    """Run a command in an empty folder, and tell which modules it loaded."""

    def run(package, *arguments, program=PROGRAM) -> set[str]:
        done = subprocess.run(
            [sys.executable, "-c", program.replace("PACKAGE", package), *arguments],
            cwd=tmp_path,
            env=inherited() | {"AXIS_DATABASE_URL": f"sqlite:///{tmp_path}/axis.db"},
            capture_output=True,
            text=True,
            timeout=GUARD_SECONDS,
            check=True,
        )
        status, modules = json.loads(done.stderr)
        assert status == 0
        return set(modules)

    return run


@pytest.mark.parametrize("package", ["axis", "nodes"])
def test_help_loads_no_database_no_web_and_no_cryptography(loaded, package):
    assert loaded(package, "--help") & (DATABASE | WEB | SIGNATURES) == set()


def test_tokens_load_no_web_and_no_cryptography(loaded):
    loaded("axis", "token", "create", "--auditor", "Thanh tra")  # makes the store, which takes migrations
    for arguments in (["token", "list"], ["token", "create", "--auditor", "Thanh tra"]):
        modules = loaded("axis", *arguments)
        assert "sqlalchemy" in modules
        assert modules & ((WEB | SIGNATURES | {"alembic", "psycopg", "axis.app"}) - {"asyncio"}) == set()


SERVING = """
import json, os, sys
from axis.cli import serve
from axis.cli.single_process import build, create_app
from axis.settings import from_environment
hub = build(from_environment(os.environ))
assert create_app(hub).openapi_schema is None  # described once somebody asks
hub.close()
print(json.dumps([0, sorted(sys.modules)]), file=sys.stderr)
"""


def test_a_hub_on_sqlite_loads_nothing_that_it_does_not_serve_with(loaded):
    loaded("axis", "migrate")
    modules = loaded("axis", program=SERVING)
    assert {"axis.app", "uvicorn", "fastapi"} <= modules
    assert modules & {"alembic", "psycopg", "sqlalchemy.orm"} == set()
    assert (
        modules & {"lxml", "pyhanko", "httpx", "axis.sandbox", "axis.sandbox.app", "signing.pades.judge"}
        == set()
    )


@pytest.mark.parametrize("command", ["edxml", "bench", "serve"])
def test_help_of_commands_that_need_no_store_loads_none(loaded, command):
    assert loaded("axis", command, "--help") & (DATABASE | WEB | SIGNATURES | {"axis.app"}) == set()


@pytest.mark.parametrize("command", ["sign", "verify"])
def test_signing_and_verifying_load_no_database_and_no_server(loaded, command):
    assert loaded("axis", command, "--help") & (DATABASE | {"fastapi", "uvicorn", "axis.app"}) == set()


@pytest.mark.parametrize("name", axis.cli.COMMANDS)
def test_a_command_of_axis_is_the_module_of_its_name_and_describes_itself(name):
    (actions,) = (each for each in axis.cli.build_parser({name})._actions if each.choices)
    assert actions.choices[name].description
    assert {other for other, parser in actions.choices.items() if len(parser._actions) > 1} == {name}


@pytest.mark.parametrize("name", nodes.cli.COMMANDS)
def test_a_command_of_nodes_is_the_module_of_its_name(name):
    (actions,) = (each for each in nodes.cli.parser({name})._actions if each.choices)
    assert {other for other, parser in actions.choices.items() if len(parser._actions) > 1} == {name}
