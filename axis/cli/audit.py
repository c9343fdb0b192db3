"""`axis audit`: check a hub from outside, with an auditor's token alone.

Mirrors its ledger into a folder, proves that it only grew since the last visit, counts its entries again and
compares the hub's statistics and lists with them, and fetches and verifies each document that is counted as
signed. Stopped in the middle, it goes on where it was. With `--follow` it then keeps watch as a witness. Exit
status: 0 all is true; 1 something differs, and is named; 2 the command was not understood, or refused; 3 the
hub was not reached.
"""

import argparse
import contextlib
import datetime as dt
import platform
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from axis.cli.common import CommandParser, RefusedError, add_json_option, show
from axis.protocol.refused_characters import printable

if TYPE_CHECKING:
    from axis.audit.audit_folder import State
    from axis.audit.hub_client import HubClient
    from axis.audit.procedure import Outcome
    from signing.notes import VerifierKey

DIFFERS, NOT_REACHED = 1, 3
TOKEN_BYTES = 4_096


def register(parser: CommandParser) -> None:
    """Describe the command."""
    parser.description = __doc__
    parser.add_argument("--hub", required=True, metavar="URL", help="the hub, as https://axis.example")
    parser.add_argument(
        "--token-file", type=Path, required=True, metavar="FILE", help="holds an auditor's token"
    )
    parser.add_argument(
        "--state", type=Path, required=True, metavar="DIR", help="where the mirror is kept between visits"
    )
    parser.add_argument(
        "--ledger-key",
        metavar="KEY|FILE",
        help="the ledger's key, obtained by a way you trust (default: the hub's own at the first visit)",
    )
    parser.add_argument(
        "--trust",
        type=Path,
        action="append",
        default=[],
        metavar="PEM|DIR",
        help="trusted roots (default: the root of the hub's own authority)",
    )
    parser.add_argument(
        "--intermediates", type=Path, action="append", default=[], metavar="PEM|DIR", help="known issuers"
    )
    parser.add_argument(
        "--crl", type=Path, action="append", default=[], metavar="FILE|DIR", help="revocation lists"
    )
    parser.add_argument(
        "--sample",
        type=_count,
        metavar="N",
        help="verify so many of the signed documents, drawn by chance (default: all)",
    )
    parser.add_argument(
        "--follow",
        action="store_true",
        help="then keep watch until stopped: check the ledger as it grows, cosign it, say aloud what breaks",
    )
    parser.add_argument(
        "--witness",
        metavar="NAME",
        default=platform.node() or "witness",
        help="name to cosign by (default: %(default)s)",
    )
    parser.add_argument(
        "--every",
        type=_count,
        default=10,
        metavar="S",
        help="seconds between two looks (default: %(default)s)",
    )
    parser.add_argument("--html", type=Path, metavar="OUT", help="write a page to file")
    parser.add_argument("--lang", choices=("en", "vi"), default="en", help="(default: %(default)s)")
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Audit the hub."""
    from axis.audit import errors  # noqa: PLC0415 - `axis --help` needs no HTTP
    from axis.audit.hub_client import HubClient  # noqa: PLC0415

    keys = _keys(args.ledger_key)
    try:
        with HubClient(args.hub, _token(args.token_file)) as hub:
            outcome = _audited(args, hub, keys)
    except errors.HubUnreachableError as error:
        print(f"axis: the hub was not reached: {error}", file=sys.stderr)
        return NOT_REACHED
    except (errors.HubRefusedError, errors.StateRefusedError) as error:
        raise RefusedError(str(error)) from error
    return _shown(args, outcome)


def _audited(args: argparse.Namespace, hub: "HubClient", keys: "tuple[VerifierKey, ...]") -> "Outcome":
    from axis.audit.audit_folder import opened_state  # noqa: PLC0415 - as above
    from axis.audit.procedure import audit  # noqa: PLC0415
    from axis.cli.audit_judging import judging, material_of  # noqa: PLC0415

    with opened_state(args.state) as state, contextlib.ExitStack() as stack:
        material = material_of(hub, args.trust, args.intermediates, args.crl)
        judge = stack.enter_context(judging(material))
        outcome = audit(
            state, hub, judge, keys=keys, sample=args.sample, roots_taken=not args.trust, seen=_tell
        )
        if args.follow and not outcome.is_broken:
            _shown(args, outcome)
            return _followed(args, state, hub, keys, outcome)
        return outcome


def _followed(
    args: argparse.Namespace,
    state: "State",
    hub: "HubClient",
    keys: "tuple[VerifierKey, ...]",
    outcome: "Outcome",
) -> "Outcome":
    """Keep watch until the ledger breaks, which is then what was found."""
    from axis.audit.errors import LedgerBrokenError  # noqa: PLC0415 - as above
    from axis.audit.witness import follow, witness_key  # noqa: PLC0415

    cosigner = witness_key(args.state, args.witness)
    _say(f"witness {cosigner.verifier}")
    try:
        follow(state, hub, keys, cosigner, say=_say, wait=lambda: time.sleep(args.every))
    except LedgerBrokenError as error:
        outcome.now = None
        outcome.findings.add([error.finding])
        _say(f"THE LEDGER IS BROKEN: {error}")
    return outcome


def _say(line: str) -> None:
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    print(f"{now} {printable(line)}", file=sys.stderr, flush=True)


def _shown(args: argparse.Namespace, outcome: "Outcome") -> int:
    from axis.audit.report import page, text  # noqa: PLC0415 - as above
    from axis.audit.sentences import sentence  # noqa: PLC0415

    if args.html is not None:
        args.html.write_text(page(outcome, args.lang, dt.datetime.now(dt.UTC)), encoding="utf-8")
    value = {"sentence": sentence(outcome, args.lang), **outcome.to_json()}
    show(args, value, text(outcome, args.lang))
    return 0 if outcome.is_true else DIFFERS


def _tell(what: str, done: int, of: int) -> None:
    """Say on standard error how far it is, where somebody looks."""
    if sys.stderr.isatty():
        print(f"\r{what}: {done} / {of} ", end="\n" if done >= of else "", file=sys.stderr, flush=True)


def _token(file: Path) -> str:
    if file.stat().st_size > TOKEN_BYTES:
        raise RefusedError(f"{file} is too long for a token")
    token = file.read_text(encoding="utf-8", errors="replace").strip()
    if not token.isascii() or not token.isprintable() or not token:
        raise RefusedError(f"{file} holds no token")
    return token


def _keys(given: str | None) -> "tuple[VerifierKey, ...]":
    """Read the keys that the auditor knows, the newest last, as a hub lists them the newest first."""
    from axis.cli.verify_receipt import read_keys  # noqa: PLC0415 - as above

    return () if given is None else tuple(read_keys(given))


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError("a number from 1 on")
    return int(text)
