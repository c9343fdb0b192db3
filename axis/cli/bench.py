"""`axis bench`: measure this machine's hub as ratios within one run; see `docs/benchmarks.md`."""

import argparse
import dataclasses
import json
import statistics
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from axis.cli.common import CommandParser, RefusedError, table

if TYPE_CHECKING:
    from benchmarks.alternating_rounds import Round

Figures = dict[str, Any]

USUAL = {"documents": 2000, "rounds": 3, "signatures": 2000, "requests": 2000}
CONNECTIONS = [32]
QUICK = {"documents": 300, "rounds": 1, "signatures": 300, "requests": 1000}
"""What `--quick` takes instead: enough to see that all runs, too little to quote."""


def register(parser: CommandParser) -> None:
    """Describe the command."""
    parser.description = __doc__
    parser.add_argument(
        "what",
        nargs="?",
        choices=tuple(_MEASURES),
        default="documents",
        metavar="WHAT",
        help=f"{', '.join(_MEASURES)} (default: documents)",
    )
    parser.add_argument("--documents", type=_count, metavar="N", help=f"per round ({USUAL['documents']})")
    parser.add_argument("--rounds", type=_count, metavar="N", help=f"turn about ({USUAL['rounds']})")
    parser.add_argument(
        "--connections",
        type=_counts,
        metavar="N[,N]",
        help="at once; several for documents alone (32; reading 16)",
    )
    parser.add_argument("--workers", type=_count, metavar="N", help="of the hub, documents and bulk (1)")
    parser.add_argument(
        "--database-url", metavar="URL", help="an empty PostgreSQL database; SQLite where it is left out"
    )
    parser.add_argument(
        "--signed-files", action="store_true", help="old-protocol: PDFs signed in themselves, nothing else"
    )
    parser.add_argument("--signatures", type=_count, metavar="N", help="verification: per round")
    parser.add_argument(
        "--environments", type=Path, metavar="DIR", help="peers: keep their environments there for next time"
    )
    parser.add_argument("--requests", type=_count, metavar="N", help="reading: polls per round")
    parser.add_argument("--quick", action="store_true", help="one short round, to see that it runs")
    parser.add_argument("--json", action="store_true", help="answer in JSON")
    parser.set_defaults(run=run)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        message = f"a whole number from 1: {text}"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def _counts(text: str) -> list[int]:
    return [_count(part) for part in text.split(",")]


def run(args: argparse.Namespace) -> int:
    """Measure, and print figures beside each other.

    Raises:
        RefusedError: for an option of another measurement, and where a peer could not be installed.

    """
    measure, options = _MEASURES[args.what]
    for name, others in _OPTIONS.items():
        if getattr(args, name) and name not in options:
            raise RefusedError(f"--{name.replace('_', '-')} goes with {' and '.join(others)}")
    for name, value in (QUICK if args.quick else USUAL).items():
        if getattr(args, name) is None:
            setattr(args, name, value)
    measured: Figures = measure(args)
    if args.json:
        print(json.dumps(measured, ensure_ascii=False))
    else:
        _print(measured)
    return 0


def _print(measured: Figures) -> None:
    from benchmarks.alternating_rounds import headings, rows_of  # noqa: PLC0415 - only this command needs it

    for title, figures in measured.items():
        if isinstance(figures, dict):
            print(f"{title}\n{table(headings(figures), rows_of(figures))}\n")
        else:
            print(f"{title:<32}{figures:>12.4g}")


def _documents(args: argparse.Namespace) -> Figures:
    from benchmarks.documents import measure  # noqa: PLC0415 - only this command needs it

    connections = args.connections or CONNECTIONS
    results = measure(args.documents, connections, args.rounds, args.database_url, args.workers or 1)
    return {f"{at_once} connections": _summary(rounds) for at_once, rounds in results.items()}


def _bulk(args: argparse.Namespace) -> Figures:
    from benchmarks.bulk import measure  # noqa: PLC0415 - only this command needs it

    rounds = measure(args.documents, args.rounds, args.workers or 1)
    ratios = sorted(each.ratio for each in rounds)
    return {
        "bulk ÷ ceiling": statistics.median(ratios),
        "bulk ÷ ceiling, lowest": ratios[0],
        "bulk ÷ ceiling, highest": ratios[-1],
        "bulk, a second": statistics.median(each.per_second for each in rounds),
        "hub, ms of processor": statistics.median(each.processor_milliseconds for each in rounds),
        "ceiling, ms: verification": statistics.median(
            each.verification_seconds * 1000 / each.documents for each in rounds
        ),
        "ceiling, ms: rows": statistics.median(each.rows_seconds * 1000 / each.documents for each in rounds),
        "documents in a group": statistics.median(each.documents / each.groups for each in rounds),
    }


def _reading(args: argparse.Namespace) -> Figures:
    from benchmarks.polls_and_pages import measure, medians  # noqa: PLC0415 - only this command needs it

    found = measure(args.requests, _single(args.connections or [16]), args.rounds)
    return {
        f"{kind}: {name}": value for kind, rounds in found.items() for name, value in medians(rounds).items()
    }


def _old_protocol(args: argparse.Namespace) -> Figures:
    from benchmarks.old_protocol import measure  # noqa: PLC0415 - only this command needs it

    at_once = _single(args.connections)
    rounds = measure(args.documents, at_once, args.rounds, args.database_url, signed_files=args.signed_files)
    return {f"{at_once} connections": _summary(rounds)}


def _peers(args: argparse.Namespace) -> Figures:
    from benchmarks.peers.comparison import measure  # noqa: PLC0415 - only this command needs it
    from benchmarks.peers.environments import NoEnvironmentError  # noqa: PLC0415 - the same

    at_once = _single(args.connections)
    with tempfile.TemporaryDirectory(prefix="axis-bench-peers-") as passing:
        folder = args.environments or Path(passing)
        try:
            rounds = measure(args.documents, at_once, args.rounds, args.database_url, folder.resolve())
        except NoEnvironmentError as error:
            raise RefusedError(str(error)) from error
    return {f"{at_once} connections": _summary(rounds)}


def _verification(args: argparse.Namespace) -> Figures:
    from benchmarks.verification import measure  # noqa: PLC0415 - only this command needs it

    return dataclasses.asdict(measure(args.signatures))


def _summary(rounds: "Sequence[Round]") -> Figures:
    from benchmarks.alternating_rounds import summarise  # noqa: PLC0415 - only this command needs it

    return summarise(rounds)


def _single(connections: list[int] | None) -> int:
    found = connections or CONNECTIONS
    if len(found) > 1:
        raise RefusedError("--connections: one number; several go with documents")
    return found[0]


_LOAD = ("documents", "rounds", "connections", "database_url")
_MEASURES: dict[str, tuple[Callable[[argparse.Namespace], Figures], tuple[str, ...]]] = {
    "documents": (_documents, (*_LOAD, "workers")),
    "bulk": (_bulk, ("documents", "rounds", "workers")),
    "reading": (_reading, ("requests", "rounds", "connections")),
    "old-protocol": (_old_protocol, (*_LOAD, "signed_files")),
    "verification": (_verification, ("signatures",)),
    "peers": (_peers, (*_LOAD, "environments")),
}
_OPTIONS = {
    name: [what for what, (_, options) in _MEASURES.items() if name in options]
    for name in (*_LOAD, "workers", "signed_files", "signatures", "requests", "environments")
}
