"""`axis trust`: trust anchors and issuers kept in the store, beside those of AXIS_TRUST_DIR.

A running hub works with a change within a second. Verdicts already given stay as they are; what was undecided
is judged again by itself.
"""

import argparse
import sys
from pathlib import Path

from cryptography import x509

from axis.cli.common import CommandParser, RefusedError, add_json_option, opened_store, show, table
from axis.protocol.refused_characters import printable
from axis.trust.anchor_routes import answer_of
from axis.trust.anchors import ROLES, add_anchor, anchors, remove_anchor
from signing.certificates import read_certificate
from signing.errors import UnreadableCertificate
from signing.material_parts import Fault, read_parts


def register(parser: CommandParser) -> None:
    """Describe the command."""
    parser.description = __doc__
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    added = actions.add_parser("add", help="trust roots, and know the issuers below them")
    added.add_argument("file", type=Path, metavar="FILE", help="PEM or DER; of several, all")
    added.add_argument("--role", choices=ROLES, help="(default: root for what names itself as its issuer)")
    added.set_defaults(run=run_add)
    listed = actions.add_parser("list", help="list them")
    listed.set_defaults(run=run_list)
    removed = actions.add_parser("remove", help="trust one no more")
    removed.add_argument("sha256", metavar="SHA256", help="of the certificate, as `axis trust list` shows it")
    removed.set_defaults(run=run_remove)
    for action in actions.choices.values():
        add_json_option(action)


def run_add(args: argparse.Namespace) -> int:
    """Add the certificates of a file, all or none."""
    certificates = _certificates(args.file)
    with opened_store() as store:
        now = store.clock.now()
        added = store.database.write(
            lambda tx: [add_anchor(tx, certificate, args.role, now) for certificate in certificates]
        )
    lines = [
        f"{'added' if is_new else 'there already'}: {each.role} {printable(each.summary.subject)}"
        for each, is_new in added
    ]
    show(args, {"items": [answer_of(each) for each, _ in added]}, "\n".join(lines))
    return 0


def run_list(args: argparse.Namespace) -> int:
    """List the certificates added."""
    with opened_store() as store, store.database.read() as tx:
        found = anchors(tx)
    for item, reason in found.left_out:
        print(f"axis: {item} is left out: {reason}", file=sys.stderr)
    rows = [
        (each.summary.sha256, each.role, f"{each.summary.not_after:%Y-%m-%d}", each.summary.subject)
        for each in found.items
    ]
    text = table(("SHA-256", "ROLE", "UNTIL", "SUBJECT"), rows) if rows else ""
    left_out = [each._asdict() for each in found.left_out]
    show(args, {"items": [answer_of(each) for each in found.items], "left_out": left_out}, text)
    return 0


def run_remove(args: argparse.Namespace) -> int:
    """Remove a certificate."""
    sha256 = args.sha256.replace(":", "").lower()
    with opened_store() as store:
        if not store.database.write(lambda tx: remove_anchor(tx, sha256)):
            raise RefusedError(f"{args.sha256} is not among the certificates of `axis trust list`")
    show(args, {"sha256": sha256}, f"{sha256} is removed")
    return 0


def _certificates(file: Path) -> list[x509.Certificate]:
    """Read all certificates of a file; one that could not be used is refused by name, and none is added."""
    found = []
    for part in read_parts(file.read_bytes()):
        if isinstance(part, Fault):
            place = str(file) if part.position is None else f"{file}, part {part.position}"
            raise RefusedError(f"{place} cannot be trusted: {part.reason}")
        if part.kind == "certificate":
            found.append(_certificate(part.der, file))
    if not found:
        raise RefusedError(f"no certificate in {file}")
    return found


def _certificate(der: bytes, file: Path) -> x509.Certificate:
    """Read what path validation could use: names may be none that can be shown."""
    try:
        return read_certificate(der).certificate
    except UnreadableCertificate as error:
        raise RefusedError(f"{file} cannot be trusted: {error}") from None
