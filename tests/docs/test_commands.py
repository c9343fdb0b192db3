"""Every command and option that a page shows exists, and every command of `axis` is explained."""

import argparse
import re
import shlex
from collections.abc import Iterator

import pytest
from support import project
from support.documentation_pages import blocks

import axis.cli
import nodes.cli

Path = tuple[str, ...]
PAGES = sorted(project.name(path) for path in project.files() if path.suffix == ".md")
SPAN = re.compile(r"`([^`\n]+)`")
SUBSTITUTED = re.compile(r"\$\(([^()]*)\)")
COMMON = {"--help", "-h", "--json"}


def commands_of(name: str, parser: argparse.ArgumentParser) -> Iterator[tuple[Path, set[str]]]:
    """Every command that can be run, with its options."""
    children = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not children:
        yield (name,), {option for action in parser._actions for option in action.option_strings}
    for child, under in children[0].choices.items() if children else ():
        for path, options in commands_of(child, under):
            yield (name, *path), options


COMMANDS: dict[Path, set[str]] = {
    **dict(commands_of("axis", axis.cli.build_parser())),
    **dict(commands_of("nodes", nodes.cli.parser())),
}


def shown_on(page: str) -> Iterator[list[str]]:
    """Each call of ours on a page, in words: in blocks, and in the text between them."""
    text = (project.ROOT / page).read_text(encoding="utf-8")
    for block in blocks(page):
        if block.language == "sh":
            yield from calls_in(block.text.replace("\\\n", " "))
    for line in re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL).splitlines():
        for span in SPAN.findall(line):
            yield from calls_in(span.replace("\\|", ","))


def calls_in(text: str) -> Iterator[list[str]]:
    for line in text.splitlines():
        for inner in SUBSTITUTED.findall(line):
            yield from calls_in(inner)
        for part in re.split(r"[;&|]|\$\(", SUBSTITUTED.sub("value", line).partition(" #")[0]):
            if re.match(r"\s*(axis|nodes) [a-z]", part):
                lexer = shlex.shlex(part.replace("…", "").strip(" `)"), posix=True, punctuation_chars="<>")
                lexer.whitespace_split = True
                yield list(lexer)


def command_in(words: list[str]) -> Path | None:
    """The command that words begin with; a group of commands counts as one."""
    for length in (3, 2):
        path = tuple(words[:length])
        if path in COMMANDS or any(known[:length] == path for known in COMMANDS):
            return path
    return None


@pytest.mark.parametrize("page", PAGES)
def test_every_command_and_option_shown_exists(page: str) -> None:
    unknown = []
    for words in shown_on(page):
        path = command_in(words)
        options = {word.partition("=")[0] for word in words if word.startswith("--")}
        known = set().union(*(COMMANDS[each] for each in COMMANDS if path and each[: len(path)] == path))
        if path is None or options - known - COMMON:
            unknown.append(" ".join(words))
    assert unknown == []


@pytest.mark.parametrize("page", PAGES)
def test_every_option_shown_alone_is_one_of_ours(page: str) -> None:
    text = (project.ROOT / page).read_text(encoding="utf-8")
    alone = {span.split()[0].partition("=")[0] for span in SPAN.findall(text) if span.startswith("--")}
    assert alone - set().union(*COMMANDS.values()) == set()


@pytest.mark.parametrize("path", [path for path in COMMANDS if path[0] == "axis"], ids=" ".join)
def test_each_command_of_axis_is_explained_with_all_its_options(path: Path) -> None:
    command = " ".join(path)
    page = (project.ROOT / "docs/cli.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if re.search(rf"`{command}[` ]", line)]
    assert rows, "no row explains it"
    named = set(re.findall(r"--[a-z0-9-]+", " ".join(rows)))
    assert COMMANDS[path] - named - COMMON == set()


@pytest.mark.parametrize("path", [path for path in COMMANDS if path[0] == "nodes"], ids=" ".join)
def test_each_command_of_nodes_is_explained(path: Path) -> None:
    page = (project.ROOT / "docs/nodes.md").read_text(encoding="utf-8")
    assert re.search(rf"\b{' '.join(path)}\b", page)


def test_each_exit_code_of_axis_is_explained() -> None:
    page = (project.ROOT / "docs/cli.md").read_text(encoding="utf-8")
    explained = set(map(int, re.findall(r"^\| (\d+) \|", page, re.MULTILINE)))
    assert {0, 1, axis.cli.REFUSED, axis.cli.INTERRUPTED} <= explained
