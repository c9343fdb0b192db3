"""`axis` commands in processes of their own, forked from one that has the program loaded already.

Loading takes a hub two seconds of processor time, and tests start hundreds. A forked command has the same
entry, `axis.cli.main`, and the environment, folder, output and end of a started one. That the program itself
starts is tested by the README, the walk-throughs, the demonstration and the commands' own tests.
"""

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from multiprocessing.process import BaseProcess
from pathlib import Path

from support import project
from support.waiting import GUARD_SECONDS

from axis.cli import main

LOADED_WHEN_USED = [
    "alembic.command",
    "psycopg",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite.pysqlite",
    "uvicorn.lifespan.on",
    "uvloop",
]
"""What the hub's libraries load only on their way."""


def _modules() -> list[str]:
    """Every module of the hub, since its commands load them only when they need them."""
    names = [path.relative_to(project.ROOT).with_suffix("").parts for path in project.python_files("axis")]
    return [".".join(name).removesuffix(".__init__") for name in names if name[-1] != "__main__"]


_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(_modules() + LOADED_WHEN_USED)


def start(arguments: list[str], environment: Mapping[str, str], folder: Path, log: Path) -> BaseProcess:
    """Start a command that appends all it says to a file; whoever starts it ends it."""
    return _start(arguments, environment, folder, log, log)


def run(
    arguments: list[str], environment: Mapping[str, str], folder: Path
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end and return what it printed."""
    with tempfile.TemporaryDirectory() as place:
        out, err = Path(place) / "out", Path(place) / "err"
        process = _start(arguments, environment, folder, out, err)
        process.join(GUARD_SECONDS)
        assert process.exitcode is not None, f"axis {' '.join(arguments)} does not end"
        printed, told = out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8")
    return subprocess.CompletedProcess(["axis", *arguments], process.exitcode, printed, told)


def _start(
    arguments: list[str], environment: Mapping[str, str], folder: Path, out: Path, err: Path
) -> BaseProcess:
    process = _forks.Process(target=_command, args=(arguments, dict(environment), folder, out, err))
    process.start()
    return process


def _command(arguments: list[str], environment: dict[str, str], folder: Path, out: Path, err: Path) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    for path, number in ((out, 1), (err, 2)):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(file, number)
        os.close(file)
    sys.argv = ["axis", *arguments]
    sys.exit(main(arguments))
