"""`axis sign`: make a detached CMS signature over exactly the bytes of a manifest.

The same as `openssl cms -sign -binary -outform DER -signer cert.pem -certfile issuers.pem -inkey key.pem`.
It needs no store and no hub. The claimed time is this machine's; with `--tsa` a time-stamping authority says
besides when the signature was there (CAdES-T, RFC 3161).
"""

import argparse
import datetime as dt
from pathlib import Path

from axis.cli.common import CommandParser, add_json_option, show
from axis.cli.timestamping import stamp_by
from axis.clock import parse_rfc3339, to_datetime
from signing.certificates import load_certificates
from signing.cms import sign
from signing.keys import from_pem


def register(parser: CommandParser) -> None:
    """Describe the command."""
    parser.description = __doc__
    parser.add_argument("manifest", type=Path, metavar="MANIFEST", help="the file; any bytes can be signed")
    parser.add_argument(
        "--cert", type=Path, required=True, metavar="FILE", help="the signer's certificate, then its issuers"
    )
    parser.add_argument("--key", type=Path, required=True, metavar="FILE", help="its private key, PEM")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help="where the signature goes, DER"
    )
    parser.add_argument("--at", type=_time, metavar="TIME", help="the claimed time (default: now)")
    parser.add_argument(
        "--tsa", metavar="URL", help="have it stamped by this authority; a hub's own is URL/v1/tsa"
    )
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Sign."""
    certificate, *chain = load_certificates(args.cert.read_bytes())
    signature = sign(
        args.manifest.read_bytes(),
        certificate,
        from_pem(args.key.read_bytes()),
        chain=chain,
        signing_time=args.at or dt.datetime.now(dt.UTC),
        stamp=None if args.tsa is None else stamp_by(args.tsa),
    )
    args.out.write_bytes(signature)
    show(args, {"signature": str(args.out), "bytes": len(signature)}, "")
    return 0


def _time(text: str) -> dt.datetime:
    try:
        return to_datetime(parse_rfc3339(text))
    except ValueError:
        raise argparse.ArgumentTypeError("a time with its zone, as 2019-06-03T02:11:09Z") from None
