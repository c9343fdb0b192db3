"""The shell that runs the pages' blocks ends at the first fault, with all that it started."""

from pathlib import Path

import pytest
from support import waiting
from support.documentation_pages import shell


def test_block_that_fails_ends_the_shell_beside_a_program_in_the_background(tmp_path: Path) -> None:
    with shell(tmp_path) as opened:
        opened.run("sleep 100000 &")
        with pytest.raises(AssertionError, match=r"this ended the shell:\nfalse\n"):
            opened.run("false")


def test_block_that_hangs_is_ended_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with shell(tmp_path) as opened:
        opened.run("echo first")
        monkeypatch.setattr(waiting, "GUARD_SECONDS", 0.0)
        with pytest.raises(AssertionError, match=r"took longer than .*\nsleep 100000\n"):
            opened.run("sleep 100000")
        monkeypatch.undo()


def test_what_a_block_printed_is_returned_whole(tmp_path: Path) -> None:
    with shell(tmp_path) as opened:
        opened.run("sleep 100000 &")
        assert opened.run("printf 'một\\nhai'") == "một\nhai"
        assert opened.run("true") == ""
