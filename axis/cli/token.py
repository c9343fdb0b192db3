"""`axis token`: make, list and revoke the tokens of callers.

`create` prints the token on standard output, once: the store keeps its digest, not the token.
"""

import argparse
from typing import Any, get_args

from sqlalchemy import Row

from axis.agencies.relay_names import relay_name_fault
from axis.agencies.tokens import (
    LONGEST_LIFE_DAYS,
    Grant,
    Role,
    TokenSummary,
    create_tokens,
    list_tokens,
    revoke_token,
)
from axis.cli.common import (
    CommandParser,
    RefusedError,
    add_json_option,
    agency_code,
    known_agency,
    opened_store,
    revoke,
    show,
    show_list,
)
from axis.clock import Microseconds, real_now, rfc3339

NAME_CHARACTERS = 200
DAY = 24 * 60 * 60 * 1_000_000
"""In microseconds."""


def register(parser: CommandParser) -> None:
    """Describe the command."""
    parser.description = __doc__
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    create = actions.add_parser("create", help="make a token and print it")
    role = create.add_mutually_exclusive_group(required=True)
    role.add_argument("--agency", type=agency_code, metavar="CODE", help="speaks for this agency")
    role.add_argument("--auditor", metavar="NAME", help="reads everything, changes nothing")
    role.add_argument("--operator", metavar="NAME", help="changes agencies and certificates")
    role.add_argument(
        "--relay", metavar="NAME", help="speaks for every agency that is marked `via` this name"
    )
    create.add_argument(
        "--contents", action="store_true", help="the auditor reads the contents of messages, too"
    )
    create.add_argument("--name", type=_name, metavar="NAME", help="of the system or person that holds it")
    create.add_argument("--subtree", action="store_true", help="speaks for all agencies below too")
    create.add_argument("--expires", type=_days, metavar="DAYS", help="(default: never)")
    create.set_defaults(run=run_create)
    listed = actions.add_parser("list", help="list tokens, without what they are")
    listed.set_defaults(run=run_list)
    revoked = actions.add_parser("revoke", help="revoke a token; it binds every process within a second")
    revoked.add_argument("id", metavar="ID", help="as `axis token list` shows it")
    revoked.set_defaults(run=run_revoke)
    for action in actions.choices.values():
        add_json_option(action)


def run_create(args: argparse.Namespace) -> int:
    """Make a token."""
    if args.subtree and args.agency is None:
        raise RefusedError("--subtree goes with --agency")
    if args.name is not None and args.agency is None:
        raise RefusedError("--name goes with --agency; the other roles have a name already")
    if args.contents and args.auditor is None:
        raise RefusedError("--contents goes with --auditor")
    if args.relay is not None and (expected := relay_name_fault(args.relay)):
        raise RefusedError(f"--relay {args.relay!r}: expected {expected}")
    now = real_now()
    expires = None if args.expires is None else Microseconds(now + args.expires * DAY)
    grant = Grant(
        role=next(role for role in get_args(Role) if getattr(args, role) is not None),
        agency=args.agency,
        subtree=args.subtree,
        name=next(
            (name for name in (args.name, args.auditor, args.operator, args.relay) if name is not None), None
        ),
        expires_at=expires,
        contents=args.contents,
    )
    with opened_store() as store:
        with store.database.read() as tx:
            if grant.agency is not None:
                _check_served_here(known_agency(tx, grant.agency))
        (token,) = store.database.write(lambda tx: create_tokens(tx, [grant], now))
    show(args, {"token": token}, token)
    return 0


def run_list(args: argparse.Namespace) -> int:
    """List tokens."""
    with opened_store() as store, store.database.read() as tx:
        tokens = list_tokens(tx)
    return show_list(
        args, tokens, _members, ("ID", "ROLE", "FOR", "NAME", "", "CREATED", "LAST USED", "STATE"), _row
    )


def run_revoke(args: argparse.Namespace) -> int:
    """Revoke a token."""
    return revoke(
        args,
        args.id,
        lambda tx: revoke_token(tx, args.id, real_now()),
        missing=f"there is no token {args.id} that still holds",
        done=f"{args.id} is revoked",
    )


def _check_served_here(row: Row[Any]) -> None:
    """Refuse a token for an agency that speaks on another hub.

    Raises:
        RefusedError: when a relay reaches it.

    """
    if row.via is not None:
        raise RefusedError(
            f"{row.code} is reached via the relay {row.via}: it has its token from its own hub, "
            f"and the relay its own here (axis token create --relay {row.via})"
        )


def _row(token: TokenSummary) -> tuple[str, ...]:
    return (
        token.id,
        token.role,
        token.agency or "",
        token.name or "",
        "subtree" if token.subtree else "contents" if token.contents else "",
        rfc3339(token.created_at)[:19] + "Z",
        "never" if token.used_at is None else rfc3339(token.used_at)[:16] + "Z",
        _state(token, real_now()),
    )


def _members(token: TokenSummary) -> dict[str, object]:
    return {
        "id": token.id,
        "role": token.role,
        "agency": token.agency,
        "subtree": token.subtree,
        "contents": token.contents,
        "name": token.name,
        "created_at": rfc3339(token.created_at),
        "used_at": None if token.used_at is None else rfc3339(token.used_at),
        "expires_at": None if token.expires_at is None else rfc3339(token.expires_at),
        "revoked_at": None if token.revoked_at is None else rfc3339(token.revoked_at),
    }


def _state(token: TokenSummary, now: Microseconds) -> str:
    if token.revoked_at is not None:
        return "revoked"
    if token.expires_at is None:
        return "holds"
    return "expired" if now >= token.expires_at else f"holds until {rfc3339(token.expires_at)[:10]}"


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not 0 < len(name) <= NAME_CHARACTERS or not name.isprintable():
        raise argparse.ArgumentTypeError(f"a name of 1 to {NAME_CHARACTERS} characters")
    return name


def _days(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:6]) <= LONGEST_LIFE_DAYS:
        raise argparse.ArgumentTypeError(f"a number of days from 1 to {LONGEST_LIFE_DAYS}")
    return int(text)
