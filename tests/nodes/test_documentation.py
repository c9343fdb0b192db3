"""Across modules: docs/nodes.md names every sub-command, option and exit code, and no other."""

import argparse
import re

import pytest
from support import project

from nodes.cli import INTERRUPTED, common, parser

PAGE = (project.ROOT / "docs/nodes.md").read_text(encoding="utf-8")


def commands():
    (action,) = (each for each in parser()._actions if isinstance(each, argparse._SubParsersAction))
    return action.choices


@pytest.mark.parametrize("name", commands())
def test_every_command_is_described(name):
    assert f"nodes {name}" in PAGE


def test_every_option_that_is_named_exists():
    known = {option for command in commands().values() for option in command._option_string_actions}
    of_others = {"--agency", "--entrypoint"}  # `axis token create` and `docker run`
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", PAGE)) - of_others
    assert named <= known


@pytest.mark.parametrize("code", [common.DONE, common.REFUSED, common.USAGE, common.NO_HUB, INTERRUPTED])
def test_every_exit_code_is_described(code):
    assert f"| {code} |" in PAGE
