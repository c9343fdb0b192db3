"""`axis certificate`: bind certificates of other authorities to agencies.

A certificate whose subject names its agency needs no binding. Binding does not make a certificate trusted:
its issuers go into AXIS_TRUST_DIR.
"""

import argparse
from pathlib import Path

from axis.cli.common import (
    CommandParser,
    RefusedError,
    add_json_option,
    agency_code,
    known_agency,
    opened_store,
    show,
)
from axis.protocol.refused_characters import printable
from axis.trust.registered_certificates import read_one_certificate
from axis.trust.registered_certificates import register as bind
from axis.trust.routes import KINDS, answer_of
from signing.errors import UnreadableCertificate


def register(parser: CommandParser) -> None:
    """Describe the command."""
    parser.description = __doc__
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    action = actions.add_parser("register", help="say whose a certificate is")
    action.add_argument("file", type=Path, metavar="FILE", help="PEM or DER; of several, the first")
    action.add_argument("--agency", type=agency_code, required=True, metavar="CODE")
    action.add_argument("--kind", choices=KINDS, required=True)
    add_json_option(action)
    action.set_defaults(run=run_register)


def run_register(args: argparse.Namespace) -> int:
    """Bind a certificate."""
    try:
        certificate = read_one_certificate(args.file.read_bytes())
    except UnreadableCertificate as error:
        raise RefusedError(f"{args.file}: {error}") from None
    with opened_store() as store:
        with store.database.read() as tx:
            known_agency(tx, args.agency)
        bound = store.database.write(
            lambda tx: bind(tx, certificate, args.agency, args.kind, store.clock.now())
        )
    subject = printable(bound.summary.subject)
    show(args, answer_of(bound), f"{subject} is bound to {bound.agency} as its {bound.kind}")
    return 0
