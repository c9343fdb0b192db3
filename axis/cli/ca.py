"""`axis ca`: the hub's own certificate authority, for agencies that have no certificates yet.

`init` makes a root and an issuing authority; `issue` writes `cert.pem` (the certificate, then its issuers)
and `key.pem`, and with `--p12` both in one file for browsers; `revoke` puts a certificate on the revocation
list at once. `requests` lists what agencies asked for over HTTP, `approve` and `refuse` decide.
"""

import argparse
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

from sqlalchemy import Row

from axis.agencies.directory import agency_of
from axis.authority.certificates import (
    Issued,
    Person,
    Request,
    certificate_url,
    create_authority,
    issue,
    normal_serial,
    record,
    revoke,
)
from axis.authority.stored_authorities import ISSUING, ROOT, open_authority
from axis.cli.common import (
    CommandParser,
    RefusedError,
    Store,
    add_json_option,
    agency_code,
    known_agency,
    opened_store,
    show,
    show_list,
)
from axis.clock import from_datetime, rfc3339
from axis.database.secret_key import open_secret_key
from axis.database.store_facts import SANDBOX, get_fact
from axis.protocol.errors import CertificateRequestDecided, CertificateRequestInvalid, NotFound
from axis.store_secrets import open_secret
from axis.trust.certificate_requests import REASON_CHARACTERS, approve, find_request, refuse, request_members
from axis.trust.queries import certificate_request_rows
from signing import keys
from signing.authority import RevocationReason
from signing.certificates import to_pem
from signing.keys import KEY_KINDS
from signing.pkcs12 import to_pkcs12

AUTHORITY_KEYS = ("p256", "rsa-3072")
"""An authority's own key is used for decades; RSA-2048 will not last as long."""
PASSWORD_BYTES = 18
"""Of the password of a PKCS #12 file, made by chance."""
REQUESTS_SHOWN = 10_000
"""The most certificate requests that are listed."""
AT_THE_COMMAND_LINE = "the command line"
"""Who decides a request here."""


def register(parser: CommandParser) -> None:
    """Describe the command."""
    parser.description = __doc__
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    init = actions.add_parser("init", help="make the authority")
    init.add_argument("--key", choices=AUTHORITY_KEYS, default="p256", help="(default: %(default)s)")
    init.set_defaults(run=run_init)
    issued = actions.add_parser("issue", help="issue a certificate to an agency, or to a person of it")
    issued.add_argument("--agency", type=agency_code, required=True, metavar="CODE")
    issued.add_argument("--person", metavar="HỌ_TÊN", help="surname first: 'Nguyễn Văn An'")
    issued.add_argument("--title", metavar="CHỨC_VỤ", help="of the person: 'Chủ tịch'")
    issued.add_argument("--key", choices=KEY_KINDS, default="p256", help="(default: %(default)s)")
    issued.add_argument(
        "--p12",
        action="store_true",
        help="also key.p12, for browsers, protected with AES by the password in key.p12.password",
    )
    issued.add_argument("--out", type=Path, required=True, metavar="DIR", help="made where it is absent")
    issued.set_defaults(run=run_issue)
    revoked = actions.add_parser("revoke", help="revoke a certificate")
    revoked.add_argument("serial", metavar="SERIAL", help="hexadecimal, as openssl and verdicts show it")
    revoked.add_argument("--reason", choices=get_args(RevocationReason), default="unspecified")
    revoked.set_defaults(run=run_revoke)
    asked = actions.add_parser("requests", help="list the certificate requests that wait")
    asked.add_argument("--all", action="store_true", help="those that were decided, too")
    asked.set_defaults(run=run_requests)
    approved = actions.add_parser("approve", help="issue the certificate that an agency asked for")
    approved.add_argument("id", metavar="ID", help="as `axis ca requests` shows it")
    approved.set_defaults(run=run_approve)
    refused = actions.add_parser("refuse", help="refuse a certificate request")
    refused.add_argument("id", metavar="ID", help="as `axis ca requests` shows it")
    refused.add_argument("--reason", type=_reason, required=True, help="for the agency: what to do instead")
    refused.set_defaults(run=run_refuse)
    for action in actions.choices.values():
        add_json_option(action)


def run_init(args: argparse.Namespace) -> int:
    """Make the authority."""
    with opened_store() as store:
        with store.database.read() as tx:
            secret = open_secret(tx, store.settings)
        public_url = store.settings.public_url
        store.database.write(
            lambda tx: create_authority(
                tx,
                store.clock.now(),
                secret,
                public_url,
                kind=args.key,
                sandbox=get_fact(tx, SANDBOX) is not None,
            )
        )
        with store.database.read() as tx:
            names = {name: open_authority(tx, name, secret) for name in (ROOT, ISSUING)}
    items = {
        name: {
            "subject": authority.certificate.subject.rfc4514_string(),
            "not_after": rfc3339(from_datetime(authority.certificate.not_valid_after_utc)),
            "url": certificate_url(public_url, name),
        }
        for name, authority in names.items()
    }
    text = "\n".join(f"{item['subject']}\n  {item['url']}" for item in items.values())
    show(args, items, text)
    return 0


def run_issue(args: argparse.Namespace) -> int:
    """Issue a certificate."""
    if (args.person is None) != (args.title is None):
        raise RefusedError("--person and --title go together")
    certificate_file, key_file = args.out / "cert.pem", args.out / "key.pem"
    p12_files = (args.out / "key.p12", args.out / "key.p12.password") if args.p12 else ()
    for file in (certificate_file, key_file, *p12_files):
        if file.exists():
            raise RefusedError(f"{file} is there already and stays as it is")
    with opened_store() as store:
        issued, key = _issue(store, args)
    args.out.mkdir(parents=True, exist_ok=True)
    _write_secret(key_file, keys.to_pem(key))
    if p12_files:
        password = secrets.token_urlsafe(PASSWORD_BYTES)
        _write_secret(p12_files[0], to_pkcs12(key, *issued.chain, password=password))
        _write_secret(p12_files[1], f"{password}\n".encode())
    certificate_file.write_bytes(to_pem(*issued.chain))
    answer = {
        "serial": issued.serial,
        "subject": issued.certificate.subject.rfc4514_string(),
        "not_before": rfc3339(from_datetime(issued.certificate.not_valid_before_utc)),
        "not_after": rfc3339(from_datetime(issued.certificate.not_valid_after_utc)),
        "certificate": str(certificate_file),
        "key": str(key_file),
    }
    if p12_files:
        answer["p12"], answer["p12_password"] = map(str, p12_files)
    files = [certificate_file, key_file, *p12_files]
    lines = [answer["subject"], f"serial {issued.serial}", *map(str, files)]
    show(args, answer, "\n  ".join(lines))
    return 0


def _write_secret(path: Path, content: bytes) -> None:
    """Write a new file that its owner alone can read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(content)


def run_revoke(args: argparse.Namespace) -> int:
    """Revoke a certificate."""
    with opened_store() as store:
        secret = open_secret_key(store.settings)
        store.database.write(lambda tx: revoke(tx, args.serial, args.reason, store.clock.now(), secret))
    serial = normal_serial(args.serial)
    show(args, {"serial": serial, "reason": args.reason}, f"{serial} is revoked")
    return 0


def run_requests(args: argparse.Namespace) -> int:
    """List certificate requests, oldest first."""
    with opened_store() as store, store.database.read() as tx:
        rows = certificate_request_rows(tx, None, None if args.all else "waiting", None, REQUESTS_SHOWN)
    return show_list(
        args,
        rows,
        request_members,
        ("ID", "AGENCY", "KEY", "SHA-256 OF KEY", "ASKED", "STATE"),
        _request_row,
    )


def run_approve(args: argparse.Namespace) -> int:
    """Issue the certificate that an agency asked for."""
    with opened_store() as store:
        with store.database.read() as tx:
            agency = agency_of(known_agency(tx, _asked(lambda: find_request(tx, None, args.id)).agency))
        row = _asked(
            lambda: approve(store.database, store.settings, store.clock, agency, args.id, AT_THE_COMMAND_LINE)
        )
    show(args, request_members(row), f"{args.id}: issued to {row.agency}, serial {row.serial}")
    return 0


def run_refuse(args: argparse.Namespace) -> int:
    """Refuse a certificate request."""
    with opened_store() as store:
        now = store.clock.now()
        row = _asked(
            lambda: store.database.write(
                lambda tx: refuse(tx, None, args.id, args.reason, AT_THE_COMMAND_LINE, now)
            )
        )
    show(args, request_members(row), f"{args.id}: refused")
    return 0


def _asked(work: Callable[[], Row[Any]]) -> Row[Any]:
    """Do something about a certificate request, and say in one line what is in the way."""
    try:
        return work()
    except NotFound:
        raise RefusedError("there is no such request; `axis ca requests` lists them") from None
    except (CertificateRequestDecided, CertificateRequestInvalid) as error:
        raise RefusedError(str(error)) from None


def _request_row(row: Row[Any]) -> tuple[str, ...]:
    return (
        row.id,
        row.agency,
        row.key_kind,
        row.key_sha256[:16],
        rfc3339(row.asked_at)[:19] + "Z",
        row.state,
    )


def _reason(text: str) -> str:
    if not 0 < len(text.strip()) <= REASON_CHARACTERS:
        raise argparse.ArgumentTypeError(f"text of 1 to {REASON_CHARACTERS} characters")
    return text.strip()


def _issue(store: Store, args: argparse.Namespace) -> tuple[Issued, keys.PrivateKey]:
    with store.database.read() as tx:
        agency = known_agency(tx, args.agency)
        authority = open_authority(tx, ISSUING, open_secret_key(store.settings))
    key = keys.generate(args.key)
    person = None if args.person is None else Person(args.person, args.title)
    request = Request(args.agency, agency.name, key.public_key(), person)
    issued = issue(authority, request, store.clock.now(), store.settings.public_url)
    store.database.write(lambda tx: record(tx, [issued]))
    return issued, key
