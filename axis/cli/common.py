"""What sub-commands share: opening the store of the environment, and printing answers."""

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from axis.clock import Clock
from axis.protocol.agency_codes import AgencyCode, CodeUnreadable, canonical
from axis.protocol.refused_characters import printable
from axis.settings import Settings, from_environment

if TYPE_CHECKING:
    from axis.database import Database, Read, Write

Found = TypeVar("Found")


class CommandParser(argparse.ArgumentParser):
    """A command's parser. If the command says so, operands may stand between options."""

    is_intermixed = False
    """Whether `FILE --option VALUE FILE` names two files, which `argparse` by itself takes for a mistake."""
    _is_parsing = False

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse as the base class does, which calls this again for operands between options."""
        if not self.is_intermixed or self._is_parsing:
            return super().parse_known_args(args, namespace)
        self._is_parsing = True
        try:
            return self.parse_known_intermixed_args(args, namespace)
        finally:
            self._is_parsing = False


class RefusedError(Exception):
    """The command cannot do what was asked; the message says why."""


@dataclass(frozen=True, slots=True)
class Store:
    """The store a command works on."""

    settings: Settings
    database: "Database"
    clock: Clock


@contextlib.contextmanager
def opened_store() -> Iterator[Store]:
    """Open the store that the environment names, with its clock; a SQLite store is made or migrated."""
    from axis.database.store import open_store  # noqa: PLC0415 - `axis --help` needs no store
    from axis.database.store_facts import clock_setting  # noqa: PLC0415

    settings = from_environment(os.environ)
    database = open_store(settings)
    try:
        with database.read() as tx:
            clock = Clock(*clock_setting(tx))
        yield Store(settings, database, clock)
    finally:
        database.close()


def keep_or_say(store: Store, work: "Callable[[Write], None]") -> None:
    """Keep the outcome of a check in the store; where that fails, say so and go on.

    A full or read-only store is checked all the same.
    """
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415 - `axis --help` needs no store

    from axis.database.failures import StoreFailing  # noqa: PLC0415 - the same

    try:
        store.database.write(work)
    except (SQLAlchemyError, StoreFailing) as error:
        print(f"axis: the outcome could not be kept: {error}", file=sys.stderr)


def known_agency(tx: "Read", agency: AgencyCode) -> Any:
    """Return an agency's row of the directory.

    Raises:
        RefusedError: when there is none, saying how it gets there.

    """
    from axis.agencies.queries import agency_rows  # noqa: PLC0415 - `axis --help` needs no store

    rows = agency_rows(tx, [agency])
    if not rows:
        raise RefusedError(f"{agency} is not in the directory; `axis agency add` puts it there")
    return rows[0]


def agency_code(text: str) -> AgencyCode:
    """Read an agency code from the command line, in either form."""
    try:
        return canonical(text)
    except CodeUnreadable as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def add_json_option(parser: argparse._ActionsContainer) -> None:
    """Add `--json`, which every command has, to a parser or to a group of its options."""
    parser.add_argument("--json", action="store_true", help="answer in JSON")


def show(args: argparse.Namespace, value: object, text: str) -> None:
    """Print the answer: the value as JSON under `--json`, else the text, if there is any."""
    if args.json:
        json.dump(value, sys.stdout, ensure_ascii=False, indent=2 if sys.stdout.isatty() else None)
        print()
    elif text:
        print(text)


def show_list(
    args: argparse.Namespace,
    found: Sequence[Found],
    members: Callable[[Found], object],
    headings: Sequence[str],
    row: Callable[[Found], Sequence[str]],
) -> int:
    """Print a list and return 0: `members` of each under `items` as JSON, or a `row` for each as a table."""
    value = {"items": [members(one) for one in found]}
    show(args, value, table(headings, [row(one) for one in found]))
    return 0


def revoke(
    args: argparse.Namespace, identity: str, work: Callable[["Write"], bool], *, missing: str, done: str
) -> int:
    """Revoke what `identity` names by `work`, say `done` and return 0.

    Raises:
        RefusedError: saying `missing`, when `work` found nothing to revoke.

    """
    with opened_store() as store:
        if not store.database.write(work):
            raise RefusedError(missing)
    show(args, {"revoked": identity}, done)
    return 0


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Lay rows out in columns below headings. Characters that do not print are escaped."""
    lines = [tuple(headings), *(tuple(map(printable, row)) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
