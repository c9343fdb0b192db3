"""`axis bench`: measure this machine's hub as ratios within one run; see `docs/benchmarks.md`."""

import argparse
import dataclasses
import json
import statistics
from typing import TYPE_CHECKING, Any

from axis.cli.common import CommandParser

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.documents import Result


def register(parser: CommandParser) -> None:
    """Describe the command."""
    parser.description = __doc__
    what = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    documents = what.add_parser("documents", help="one document a request, beside a bare durable server")
    documents.set_defaults(measure=_documents)
    old = what.add_parser("old-protocol", help="the same files over the old protocol and over REST")
    old.add_argument("--signed-files", action="store_true", help="PDFs signed in themselves, nothing else")
    old.set_defaults(measure=_old_protocol)
    documents.add_argument(
        "--connections", type=_counts, default=[32], metavar="N[,N]", help="at once (default: 32)"
    )
    documents.add_argument("--workers", type=int, default=1, help="of the hub (default: %(default)s)")
    old.add_argument("--connections", type=int, default=32, help="at once (default: %(default)s)")
    for each in (documents, old):
        each.add_argument("--documents", type=int, default=2000, help="per round (default: %(default)s)")
        each.add_argument("--rounds", type=int, default=3, help="turn about (default: %(default)s)")
        each.add_argument("--database-url", help="an empty PostgreSQL database; SQLite where it is left out")
    bulk = what.add_parser("bulk", help="one bulk request, beside bare verification and bare rows (SQLite)")
    bulk.add_argument("--documents", type=int, default=3000, help="per round (default: %(default)s)")
    bulk.add_argument("--rounds", type=int, default=3, help="one after another (default: %(default)s)")
    bulk.add_argument("--workers", type=int, default=1, help="of the hub (default: %(default)s)")
    bulk.set_defaults(measure=_bulk)
    reading = what.add_parser("reading", help="polls and pages, beside a bare route (SQLite, Linux)")
    reading.add_argument("--requests", type=int, default=2000, help="polls per round (default: %(default)s)")
    reading.add_argument("--connections", type=int, default=16, help="at once (default: %(default)s)")
    reading.add_argument("--rounds", type=int, default=3, help="turn about (default: %(default)s)")
    reading.set_defaults(measure=_reading)
    verification = what.add_parser("verification", help="one detached CMS beside the bare operations")
    verification.add_argument("--signatures", type=int, default=2000, help="per round (default: %(default)s)")
    verification.set_defaults(measure=_verification)
    for each in (documents, old, bulk, reading, verification):
        each.add_argument("--json", action="store_true", help="answer in JSON")
    parser.set_defaults(run=run)


def _counts(text: str) -> list[int]:
    counts = [int(part) for part in text.split(",") if part.isascii() and part.isdigit() and int(part) > 0]
    if len(counts) != len(text.split(",")):
        message = f"whole numbers from 1, with commas between them: {text}"
        raise argparse.ArgumentTypeError(message)
    return counts


def run(args: argparse.Namespace) -> int:
    """Measure, and print figures beside each other."""
    figures: dict[str, Any] = args.measure(args)
    if args.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:<48}{value:>12.3f}" if isinstance(value, float) else f"{name:<48}{value:>12}")
    return 0


def _documents(args: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.documents import measure  # noqa: PLC0415 - only this command needs it

    results = measure(args.documents, args.connections, args.rounds, args.database_url, args.workers)
    return {
        f"{name}, {connections} connections": value
        for connections, rounds in results.items()
        for name, value in _beside_bare(rounds).items()
    }


def _beside_bare(rounds: "Sequence[Result]") -> dict[str, float]:
    ratios = sorted(each.ratio for each in rounds)
    return {
        "hub ÷ bare": statistics.median(ratios),
        "hub ÷ bare, lowest": ratios[0],
        "hub ÷ bare, highest": ratios[-1],
        "processor time, hub ÷ bare": statistics.median(each.processor_ratio for each in rounds),
        "hub, ms of processor": statistics.median(each.hub.processor_milliseconds for each in rounds),
        "bare, ms of processor": statistics.median(each.bare.processor_milliseconds for each in rounds),
        "hub, a second": statistics.median(each.hub.outcome.per_second for each in rounds),
        "bare, a second": statistics.median(each.bare.outcome.per_second for each in rounds),
        "hub, p50 ms": statistics.median(each.hub.outcome.percentile(0.5) for each in rounds),
        "hub, p99 ms": statistics.median(each.hub.outcome.percentile(0.99) for each in rounds),
        "bare, p99 ms": statistics.median(each.bare.outcome.percentile(0.99) for each in rounds),
    }


def _bulk(args: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.bulk import measure  # noqa: PLC0415 - only this command needs it

    rounds = measure(args.documents, args.rounds, args.workers)
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


def _reading(args: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.reading import measure, medians  # noqa: PLC0415 - only this command needs it

    found = measure(args.requests, args.connections, args.rounds)
    return {
        f"{kind}: {name}": value for kind, rounds in found.items() for name, value in medians(rounds).items()
    }


def _old_protocol(args: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.old_protocol import measure  # noqa: PLC0415 - only this command needs it

    results = measure(
        args.documents, args.connections, args.rounds, args.database_url, signed_files=args.signed_files
    )
    return {
        "documents": args.documents * args.rounds,
        "connections": args.connections,
        "rest_per_second": statistics.median(result.rest.per_second for result in results),
        "old_protocol_per_second": statistics.median(result.old.per_second for result in results),
        "ratio": statistics.median(result.ratio for result in results),
        "lowest_ratio": min(result.ratio for result in results),
    }


def _verification(args: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.verification import measure  # noqa: PLC0415 - only this command needs it

    return dataclasses.asdict(measure(args.signatures))
