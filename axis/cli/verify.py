"""`axis verify`: judge the signatures of files, offline: without hub, store or network.

In PDF and XML files, in CMS that carries its content (FILE.p7m), and detached: in FILE.p7s beside, or named
with --signature. With a manifest and its signature the attachments may be given too: each is compared with
the manifest, and those that are not given are named. Of revocation nothing is known but the lists given:
without one for the signer's authority the answer is undecided. Exit status: 0 every signature is
TOTAL-PASSED; 1 one is TOTAL-FAILED, or an attachment was changed; 2 one is undecided; 3 there is none, or
none covers a file that was given; 4 the command was not understood, or a file cannot be read. Attachments
that are not given change no status.

Of an evidence archive (FILE.zip, from /v1/documents/{id}/evidence) everything is checked, with no option:
its bytes, receipts, signatures, and that all say the same. Exit status: 0 everything holds, 1 something was
altered or contradicts, 2 something cannot be told, 4 it is no such archive. Give --ledger-key and --trust, or
the keys and roots that it encloses vouch for themselves.
"""

import argparse
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from axis.cli.common import CommandParser, RefusedError, add_json_option, agency_code, show
from axis.clock import parse_rfc3339, to_datetime
from signing.policy import DEFAULT, POLICIES
from signing.verdict_report import Report, page, text, worst
from signing.verdict_report_texts import LABELS
from signing.verdict_sentences import LANGUAGES, Language
from signing.verdict_vocabulary import Indication

if TYPE_CHECKING:
    from axis.cli.verify_receipt import Proven

NO_SIGNATURE = 3
EXIT = {
    Indication.TOTAL_PASSED: 0,
    Indication.TOTAL_FAILED: 1,
    Indication.INDETERMINATE: 2,
    None: NO_SIGNATURE,
}


def register(parser: CommandParser) -> None:
    """Describe the command."""
    parser.description = __doc__
    parser.add_argument(
        "files",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="the signed file; a manifest, then its attachments",
    )
    parser.add_argument("--signature", type=Path, metavar="SIG", help="a detached signature over FILE")
    parser.add_argument(
        "--trust", type=Path, action="append", default=[], metavar="PEM|DIR", help="trusted roots"
    )
    parser.add_argument(
        "--intermediates",
        type=Path,
        action="append",
        default=[],
        metavar="PEM|DIR",
        help="certificates of issuers that the signatures may not carry",
    )
    parser.add_argument(
        "--crl", type=Path, action="append", default=[], metavar="FILE|DIR", help="revocation lists"
    )
    parser.add_argument(
        "--at",
        type=_time,
        metavar="TIME",
        help="judge as of then, where no time-stamp says when (default: now)",
    )
    parser.add_argument(
        "--receipt",
        type=Path,
        metavar="FILE",
        help="judge as of the time that this receipt proves, or the answer that holds it",
    )
    parser.add_argument(
        "--ledger-key",
        metavar="KEY|FILE",
        help="the key of the ledger that gave the receipt, or the evidence (/v1/ledger/keys)",
    )
    parser.add_argument("--sender", type=agency_code, metavar="CODE", help="whose the signatures have to be")
    parser.add_argument(
        "--policy", choices=list(POLICIES), default=DEFAULT.name, help="(default: %(default)s)"
    )
    parser.add_argument("--detail", action="store_true", help="show every check, in its order")
    parser.add_argument("--html", type=Path, metavar="OUT", help="write a page that says it all")
    parser.add_argument("--lang", choices=LANGUAGES, default="en", help="(default: %(default)s)")
    add_json_option(parser)
    parser.is_intermixed = True  # a manifest, its signature, then its files
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Judge the files."""
    from axis.cli.verify_evidence import is_evidence, verify_evidence  # noqa: PLC0415 - as below
    from axis.cli.verify_files import check_arguments, judging  # noqa: PLC0415 - `axis --help` needs no PDF
    from axis.cli.verify_material import read_material  # noqa: PLC0415

    beside = check_arguments(args.files, args.signature)
    if is_evidence(args.files, args.signature):
        return verify_evidence(args)
    if not args.trust:
        raise RefusedError("--trust is needed: whose certificates are to be trusted?")
    proof = _proof(args)
    material = read_material(args.trust, args.intermediates, args.crl)
    at = args.at or (proof.at if proof else dt.datetime.now(dt.UTC))
    policy = POLICIES[args.policy]
    with judging(at, policy, material, args.sender) as judge:
        judged = args.files[:1] if beside else args.files
        reports = [judge.report(file, args.signature, beside) for file in judged]
    if proof is not None:
        reports = [each._replace(time="receipt") for each in reports]
    if args.html is not None:
        made = page(reports, args.lang, policy=policy.name, trust=material.digest)
        args.html.write_text(made, encoding="utf-8")
    value = {
        "indication": worst([report.indication for report in reports]),
        "files": [_members(report, args.lang) for report in reports],
        "policy": policy.name,
        "trust": material.digest,
        "receipt": None if proof is None else proof.to_json(),
    }
    show(args, value, text(reports, args.lang, detail=args.detail))
    return max((_status(report) for report in reports), key=_ORDER.index)


def _proof(args: argparse.Namespace) -> "Proven | None":
    """Check the receipt, if one is given. Raises `RefusedError`."""
    from axis.cli.verify_receipt import proven  # noqa: PLC0415 - as above

    if args.receipt is None and args.ledger_key is None:
        return None
    if args.receipt is None or args.ledger_key is None or args.signature is None or args.at is not None:
        raise RefusedError("--receipt goes with --ledger-key and --signature, and without --at")
    return proven(args.receipt, args.ledger_key, args.files[0], args.signature)


def _status(report: Report) -> int:
    """Give the exit status for a file; nothing covers what a manifest does not name."""
    status = EXIT[report.indication]
    is_covered = all(each.outcome != "not-named" for each in report.files)
    return status if is_covered else max(status, NO_SIGNATURE, key=_ORDER.index)


_ORDER = [0, NO_SIGNATURE, 2, 1]
"""Of several files the worst is told: one that failed, then one undecided, then one without a signature."""


def _members(report: Report, language: Language) -> dict[str, object]:
    return {
        "file": report.name,
        "indication": report.indication,
        "attachments": [
            {"name": each.name, "outcome": each.outcome, "sentence": LABELS[language][each.outcome]}
            for each in report.files
        ],
        "signatures": [each.to_json(language, is_offline=True) for each in report.verdicts],
    }


def _time(text: str) -> dt.datetime:
    try:
        return to_datetime(parse_rfc3339(text))
    except ValueError:
        raise argparse.ArgumentTypeError("a time with its zone, as 2019-06-03T02:11:09Z") from None
