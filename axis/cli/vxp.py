"""`axis vxp`: the systems that call over the old protocol, and their calls that were not believed.

`system add` prints the secret once: the store keeps it encrypted, and no command shows it again.
"""

import argparse

from axis.agencies.systems import System, list_systems, revoke_system
from axis.cli.common import (
    CommandParser,
    add_json_option,
    agency_code,
    known_agency,
    opened_store,
    revoke,
    show,
    show_list,
)
from axis.clock import real_now, rfc3339
from axis.deliveries.system_setup import join
from axis.store_secrets import open_secret
from axis.vxp.failed_calls import Failure, list_failures

MOST_FAILURES = 100_000


def register(parser: CommandParser) -> None:
    """Describe the command."""
    parser.description = __doc__
    groups = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    system = groups.add_parser("system", help="add, list and revoke systems")
    actions = system.add_subparsers(title="actions", metavar="ACTION", required=True)
    add = actions.add_parser("add", help="add a system for an agency and print its secret")
    add.add_argument("code", type=agency_code, metavar="CODE", help="its agency: the system's id")
    add.add_argument(
        "--may-register", action="store_true", help="lets it add and delete agencies below its own"
    )
    add.set_defaults(run=run_add)
    listed = actions.add_parser("list", help="list systems, without their secrets")
    listed.set_defaults(run=run_list)
    revoked = actions.add_parser("revoke", help="revoke a system; it binds every process within a second")
    revoked.add_argument("code", type=agency_code, metavar="CODE")
    revoked.set_defaults(run=run_revoke)
    failures = groups.add_parser("failures", help="which calls proved nothing, and why")
    failures.set_defaults(run=run_failures)
    for action in (*actions.choices.values(), failures):
        add_json_option(action)


def run_add(args: argparse.Namespace) -> int:
    """Add a system."""
    with opened_store() as store:
        with store.database.read() as tx:
            known_agency(tx, args.code)
            key = open_secret(tx, store.settings)
        secret = store.database.write(
            lambda tx: join(tx, key, args.code, may_register=args.may_register, real_now=real_now())
        )
    show(args, {"system": args.code, "secret": secret}, secret)
    return 0


def run_list(args: argparse.Namespace) -> int:
    """List systems."""
    with opened_store() as store, store.database.read() as tx:
        systems = list_systems(tx)
    return show_list(args, systems, _members, ("SYSTEM", "STATE", "", "ADDED"), _row)


def run_revoke(args: argparse.Namespace) -> int:
    """Revoke a system."""
    return revoke(
        args,
        args.code,
        lambda tx: revoke_system(tx, args.code, real_now()),
        missing=f"{args.code} has no system that still holds",
        done=f"the system of {args.code} is revoked",
    )


def run_failures(args: argparse.Namespace) -> int:
    """Show which part of the headers was wrong, and how often."""
    with opened_store() as store, store.database.read() as tx:
        found = list_failures(tx, None, MOST_FAILURES)
    headings = ("SYSTEM", "OPERATION", "WRONG", "TIMES", "LAST", "DETAIL")
    return show_list(args, found, Failure.to_json, headings, _failure_row)


def _row(system: System) -> tuple[str, ...]:
    return (
        system.agency,
        "holds" if system.revoked_at is None else "revoked",
        "registers" if system.may_register else "",
        rfc3339(system.created_at)[:19] + "Z",
    )


def _failure_row(failure: Failure) -> tuple[str, ...]:
    return (
        failure.system,
        failure.operation,
        failure.fault,
        str(failure.count),
        rfc3339(failure.last_at)[:19] + "Z",
        failure.detail,
    )


def _members(system: System) -> dict[str, object]:
    return {
        "id": system.id,
        "system": system.agency,
        "may_register": system.may_register,
        "created_at": rfc3339(system.created_at),
        "revoked_at": None if system.revoked_at is None else rfc3339(system.revoked_at),
    }
