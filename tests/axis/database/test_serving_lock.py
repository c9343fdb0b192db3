"""A SQLite store has one hub at a time, and any number of commands beside it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.environment import inherited
from support.hub import HubProcess, running_hub

from axis.database.serving_lock import StoreServedError, only_hub

HOLDING = """
import sys
from axis.database.serving_lock import only_hub
with only_hub(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


def hold(url: str) -> "subprocess.Popen[str]":
    """Be another hub on the store, until killed."""
    other = subprocess.Popen(
        [sys.executable, "-c", HOLDING, url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**inherited(), "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    return other


def end(other: "subprocess.Popen[str]") -> None:
    """Kill it, as a power cut would."""
    other.kill()
    other.communicate()


def test_the_second_is_told_who_the_first_is_and_may_be_it_once_that_was_killed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new/axis.db"
    other = hold(url)
    try:
        told = f"axis.db is served already, by process {other.pid}:"
        with pytest.raises(StoreServedError, match=told), only_hub(url):
            pytest.fail("there are two")
    finally:
        end(other)
    with only_hub(url):
        pass


def test_one_file_is_one_store_by_whichever_path(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "data")
    other = hold(f"sqlite:///{tmp_path}/data/axis.db")
    try:
        with pytest.raises(StoreServedError), only_hub(f"sqlite:///{tmp_path}/link/axis.db"):
            pytest.fail("there are two")
        with only_hub(f"sqlite:///{tmp_path}/data/other.db"):
            pass
    finally:
        end(other)


def test_any_number_of_hubs_share_postgresql() -> None:
    with only_hub("postgresql+psycopg://a@b/c"), only_hub("postgresql+psycopg://a@b/c"):
        pass


@pytest.mark.slow
def test_a_second_hub_is_refused_while_commands_work_beside_the_first(tmp_path: Path) -> None:
    with running_hub(tmp_path, f"sqlite:///{tmp_path}/axis.db") as hub:
        second = hub.axis("serve", "--port", "0", check=False)
        assert (second.returncode, second.stdout, second.stderr.count("\n")) == (2, "", 1)
        assert "is served already, by process" in second.stderr
        for command in (("token", "list"), ("fsck",), ("report",), ("reconcile",)):
            hub.axis(*command)
        hub.kill()
        third = HubProcess(tmp_path, hub.database_url, sandbox=False)
        try:
            third.start()
        finally:
            third.stop()
