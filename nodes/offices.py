"""Makes the offices of a run: signers of each agency, keys derived from the seed, certificates.

The sandbox gets public keys. The same seed gives the same persons and keys.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from types import MappingProxyType

from nodes.client import Client
from nodes.document_writer import Identity, Office
from nodes.errors import HubFailed
from nodes.invented_texts import Signer, signer_of
from nodes.known_agencies import Agency, agency
from nodes.sandbox import MadeAgency, WantedAgency, WantedPerson, make_agencies
from nodes.vxp import OldSystem
from signing.certificates import load_certificates
from signing.keys import PrivateKey, derive_p256, public_to_pem


@dataclass(frozen=True, slots=True)
class Post:
    """An agency ready for work: its office and the token it speaks with."""

    office: Office
    token: str
    system: OldSystem | None = None
    """What it speaks the old protocol with; None for one that speaks REST."""


@dataclass(frozen=True, slots=True)
class _Keys:
    agency: Agency
    signer: Signer
    organisation: PrivateKey | None
    person: PrivateKey | None


def open_offices(
    sandbox: Client,
    codes: Sequence[str],
    seed: int,
    old_doors: Collection[str] = (),
    *,
    without_keys: Collection[str] = (),
) -> Mapping[str, Post]:
    """Have agencies made and certified; returns their offices by canonical code.

    Those of `old_doors`, canonical codes as well, get a system of the old protocol. Those `without_keys`, who
    sign nothing, get a token alone: certificates for a whole country would take longer than all else.
    """
    keys = [_keys(code, seed, has_keys=code not in without_keys) for code in codes]
    wanted = [_wanted(each, old_door=each.agency.code in old_doors) for each in keys]
    made = {one.code: one for one in make_agencies(sandbox, wanted)}
    if any(made[code].system is None for code in old_doors):
        raise HubFailed("the hub's sandbox makes no systems of the old protocol")
    return MappingProxyType({each.agency.code: _post(each, made[each.agency.code]) for each in keys})


def writing_office(code: str, seed: int) -> Office:
    """Return the office that writes an agency's documents, without certificates and keys."""
    known = agency(code)
    return Office(known, signer_of(known, Random(f"signer {_material(known, seed)}")))  # noqa: S311 - a name


def _material(known: Agency, seed: int) -> str:
    return f"nodes {seed} {known.code}"


def _keys(code: str, seed: int, *, has_keys: bool) -> _Keys:
    office = writing_office(code, seed)
    material = _material(office.agency, seed)
    return _Keys(
        agency=office.agency,
        signer=office.signer,
        organisation=derive_p256(f"{material} organisation".encode()) if has_keys else None,
        person=derive_p256(f"{material} person".encode()) if has_keys else None,
    )


def _wanted(keys: _Keys, *, old_door: bool) -> WantedAgency:
    code, name = keys.agency.code, keys.agency.name
    if keys.organisation is None or keys.person is None:
        return WantedAgency(code, name, old_door=old_door)
    person = WantedPerson(keys.signer.name, keys.signer.title, _public_pem(keys.person))
    return WantedAgency(code, name, _public_pem(keys.organisation), (person,), old_door)


def _post(keys: _Keys, made: MadeAgency) -> Post:
    return Post(
        Office(
            agency=keys.agency,
            signer=keys.signer,
            organisation=_identity(made.organisation_certificate, keys.organisation),
            person=_identity(next(iter(made.person_certificates), None), keys.person),
        ),
        made.token,
        made.system,
    )


def _identity(chain: str | None, key: PrivateKey | None) -> Identity | None:
    """Take the leaf of a PEM chain; the axis knows its own issuers and needs none with a document."""
    return None if chain is None or key is None else Identity(load_certificates(chain.encode())[0], key)


def _public_pem(key: PrivateKey) -> str:
    return public_to_pem(key.public_key()).decode("ascii")
