"""`POST /sandbox/agencies`: adds many agencies at once, each with a token, certificates and keys.

An agency may also get a system of the old protocol. A key that was certified before gets the same certificate
again, so that a repeated run signs the same bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from axis.agencies.directory_changes import put_agencies
from axis.agencies.systems import revoke_system
from axis.agencies.tokens import Grant, create_tokens
from axis.authority import certificates as ca
from axis.authority.stored_authorities import ISSUING, open_authority
from axis.clock import Microseconds, real_now, to_datetime
from axis.database import Write
from axis.deliveries.system_setup import join
from axis.json_http import answer_json, describe_body
from axis.problems import declare
from axis.protocol.errors import (
    NotAuthenticated,
    Overloaded,
    Place,
    QueryInvalid,
)
from axis.protocol.request_bodies import JSON_REFUSALS, read_json
from axis.sandbox.queries import certificates_of
from axis.sandbox.request_values import AgencyWish, KeyWish, read_provisioning
from axis.sandbox.state import Sandbox, SandboxDep
from signing import keys
from signing.authority import Authority
from signing.certificates import load_certificate, to_pem
from signing.errors import SigningError
from signing.keys import PrivateKey, PublicKey

router = APIRouter(tags=["sandbox"])

BODY_BYTES = 8 * 1024 * 1024
"""A thousand agencies with twenty people each."""

_PAIR = {
    "certificate": {"type": "string", "description": "PEM: the certificate, then its issuers."},
    "key": {"type": ["string", "null"], "description": "PEM; null where you kept the key yourself."},
}
_KEY_WISH = {
    "key": {"enum": list(keys.KEY_KINDS), "default": "p256"},
    "public_key": {"type": "string", "description": "PEM, instead of `key`."},
}
_BODY = {
    "type": "object",
    "additionalProperties": False,
    "required": ["agencies"],
    "properties": {
        "agencies": {
            "type": "array",
            "minItems": 1,
            "maxItems": 1_000,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["code", "name"],
                "properties": {
                    "code": {"type": "string"},
                    "name": {"type": "string"},
                    "parent": {"type": ["string", "null"], "description": "Left out: by the code."},
                    "subtree": {"type": "boolean", "default": False, "description": "Of the token."},
                    "organisation": {"type": ["object", "null"], "properties": _KEY_WISH},
                    "persons": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["name", "title"],
                            "properties": {
                                "name": {"type": "string"},
                                "title": {"type": "string"},
                                **_KEY_WISH,
                            },
                        },
                    },
                    "vxp": {
                        "type": "boolean",
                        "default": False,
                        "description": "Also give it a system of the old protocol, with a new secret.",
                    },
                },
            },
        }
    },
}
_ANSWER = {
    "type": "object",
    "required": ["items"],
    "properties": {
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "token", "organisation", "persons", "vxp"],
                "properties": {
                    "code": {"type": "string"},
                    "token": {"type": "string"},
                    "organisation": {"type": ["object", "null"], "properties": _PAIR},
                    "persons": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {
                                "name": {"type": "string"},
                                "title": {"type": "string"},
                                **_PAIR,
                            },
                        },
                    },
                    "vxp": {
                        "type": ["object", "null"],
                        "required": ["system", "secret"],
                        "properties": {
                            "system": {"type": "string", "description": "Its id: the agency's code."},
                            "secret": {"type": "string", "description": "Shown here once."},
                        },
                    },
                },
            },
        }
    },
}


@dataclass(frozen=True, slots=True)
class Pair:
    """An issued certificate, and its key if it was made here."""

    issued: ca.Issued
    key: PrivateKey | None
    is_new: bool = True
    """Whether it was issued just now."""

    def members(self) -> dict[str, str | None]:
        """Return both in PEM."""
        key = None if self.key is None else keys.to_pem(self.key).decode()
        return {"certificate": to_pem(*self.issued.chain).decode(), "key": key}


@router.post(
    "/sandbox/agencies",
    summary="Provision agencies",
    status_code=201,
    response_class=Response,
    responses={
        201: {
            "description": "All agencies, in the order sent.",
            "content": {"application/json": {"schema": _ANSWER}},
        },
        **declare(*JSON_REFUSALS, NotAuthenticated, QueryInvalid, Overloaded),
    },
    openapi_extra=describe_body(_BODY),
)
async def provision_agencies(request: Request, sandbox: SandboxDep) -> Response:
    """Add up to 1,000 agencies, or change known ones; each gets a new token. The sandbox's operator.

    A `public_key` that was certified before for the same names gets that certificate again while it is valid.
    With `vxp` an agency gets a new system of the old protocol, and its earlier one is revoked. All agencies
    are added or, on an error, none.
    """
    wishes = read_provisioning(await read_json(request, BODY_BYTES))
    items = await run_in_threadpool(provision, sandbox, wishes)
    return answer_json({"items": items}, 201)


def provision(sandbox: Sandbox, wishes: Sequence[AgencyWish]) -> list[dict[str, Any]]:
    """Make keys, certificates, agencies, tokens and systems; the latter four in one transaction.

    Raises:
        QueryInvalid: when an agency's name cannot stand in a certificate, or a parent is unknown.

    """
    now = sandbox.clock.now()
    with sandbox.database.read() as tx:
        authority = open_authority(tx, ISSUING, sandbox.secret)
        known = certificates_of(tx, {wish.entry.code for wish in wishes if _brings_keys(wish)})
    by_agency: dict[str, list[bytes]] = {}
    for agency, der in known:
        by_agency.setdefault(agency, []).append(der)
    made = [
        [
            _known(pair, by_agency.get(wish.entry.code, ()), now)
            for pair in _certificates(authority, sandbox, wish, f"/agencies/{index}", now)
        ]
        for index, wish in enumerate(wishes)
    ]
    grants = [Grant("agency", wish.entry.code, wish.subtree) for wish in wishes]

    def work(tx: Write) -> tuple[list[str], list[str | None]]:
        put_agencies(tx, [wish.entry for wish in wishes], now)
        ca.record(tx, [pair.issued for pairs in made for pair in pairs if pair.is_new])
        tokens = create_tokens(tx, grants, real_now())
        return tokens, [_join(tx, sandbox, wish) for wish in wishes]

    tokens, secrets = sandbox.database.write(work)
    sandbox.look()
    return [_item(*each) for each in zip(wishes, tokens, secrets, made, strict=True)]


def settle_key(wish: KeyWish) -> tuple[PublicKey, PrivateKey | None]:
    """Return the key to certify, and its private half if it is made here."""
    if wish.public_key is not None:
        return wish.public_key, None
    key = keys.generate(wish.kind or "p256")
    return key.public_key(), key


def issue_one(
    authority: Authority, sandbox: Sandbox, request: ca.Request, pointer: str, now: Microseconds
) -> ca.Issued:
    """Issue a certificate. It can be revoked once it is recorded.

    Raises:
        QueryInvalid: when its names or times cannot stand in a certificate.

    """
    try:
        return ca.issue(authority, request, now, sandbox.settings.public_url)
    except SigningError as error:
        raise QueryInvalid(Place(pointer, str(error), "what may stand in a certificate")) from None


def _certificates(
    authority: Authority, sandbox: Sandbox, wish: AgencyWish, pointer: str, now: Microseconds
) -> list[Pair]:
    entry = wish.entry
    wanted: list[tuple[KeyWish, ca.Person | None, str]] = []
    if wish.organisation is not None:
        wanted.append((wish.organisation, None, f"{pointer}/organisation"))
    wanted += [(each.key, each.person, f"{pointer}/persons/{n}") for n, each in enumerate(wish.persons)]
    pairs = []
    for wanted_key, person, place in wanted:
        public, private = settle_key(wanted_key)
        request = ca.Request(entry.code, entry.name, public, person)
        pairs.append(Pair(issue_one(authority, sandbox, request, place, now), private))
    return pairs


def _brings_keys(wish: AgencyWish) -> bool:
    asked = [wish.organisation, *(each.key for each in wish.persons)]
    return any(each is not None and each.public_key is not None for each in asked)


def _known(pair: Pair, ders: Sequence[bytes], now: Microseconds) -> Pair:
    """Return the pair with an earlier certificate, if one has the same names and is valid now."""
    fresh = pair.issued.certificate
    at = to_datetime(now)
    for der in ders if pair.key is None else ():
        known = load_certificate(der)
        if (
            known.subject == fresh.subject
            and known.public_key() == fresh.public_key()
            and known.not_valid_before_utc <= at < known.not_valid_after_utc
        ):
            serial = f"{known.serial_number:x}"
            return Pair(replace(pair.issued, certificate=known, serial=serial), None, is_new=False)
    return pair


def _join(tx: Write, sandbox: Sandbox, wish: AgencyWish) -> str | None:
    """Return the secret of the agency's new system; None if none is wanted."""
    if not wish.system:
        return None
    revoke_system(tx, wish.entry.code, real_now())
    return join(tx, sandbox.secret, wish.entry.code, real_now=real_now())


def _item(wish: AgencyWish, token: str, secret: str | None, pairs: Sequence[Pair]) -> dict[str, Any]:
    rest = list(pairs)
    organisation = None if wish.organisation is None else rest.pop(0).members()
    persons = [
        {"name": each.person.name, "title": each.person.title, **pair.members()}
        for each, pair in zip(wish.persons, rest, strict=True)
    ]
    return {
        "code": wish.entry.code,
        "token": token,
        "organisation": organisation,
        "persons": persons,
        "vxp": None if secret is None else {"system": wish.entry.code, "secret": secret},
    }
