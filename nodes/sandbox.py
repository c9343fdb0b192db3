"""A client of the sandbox: makes agencies with tokens and certificates, moves the clock, resets the store.

The sandbox has a listener and a token of its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from nodes.client import Client
from nodes.vxp import OldSystem

MOST_AGENCIES = 1_000  # the contract's bound for one POST /sandbox/agencies


@dataclass(frozen=True, slots=True)
class WantedPerson:
    """A person to certify for an agency: Vietnamese full name, surname first, and title."""

    name: str
    title: str
    public_key: str
    """PEM; the private key stays with us."""


@dataclass(frozen=True, slots=True)
class WantedAgency:
    """An agency to make, or to give a new token and certificates."""

    code: str
    name: str
    organisation_key: str | None = None
    """Public key as PEM, None for no certificate."""
    persons: tuple[WantedPerson, ...] = ()
    old_door: bool = False
    """Give it a system of the old protocol too, with a new secret where it has one."""

    def body(self) -> dict[str, Any]:
        """Return the JSON object that `POST /sandbox/agencies` takes for it."""
        value: dict[str, Any] = {"code": self.code, "name": self.name}
        if self.organisation_key is not None:
            value["organisation"] = {"public_key": self.organisation_key}
        value["persons"] = [
            {"name": person.name, "title": person.title, "public_key": person.public_key}
            for person in self.persons
        ]
        if self.old_door:
            value["vxp"] = True
        return value


@dataclass(frozen=True, slots=True)
class MadeAgency:
    """What the sandbox gave for an agency."""

    code: str
    token: str
    organisation_certificate: str | None
    """PEM, leaf first, then its issuers."""
    person_certificates: tuple[str, ...]
    """In the order the persons were asked for."""
    system: OldSystem | None = None
    """What it speaks the old protocol with, where that was asked for."""


def make_agencies(sandbox: Client, wanted: Sequence[WantedAgency]) -> tuple[MadeAgency, ...]:
    """Make agencies, up to 1,000 in one transaction of the hub."""
    made: list[MadeAgency] = []
    for start in range(0, len(wanted), MOST_AGENCIES):
        batch = [agency.body() for agency in wanted[start : start + MOST_AGENCIES]]
        made += _read_made(sandbox.call("POST", "/sandbox/agencies", {"agencies": batch})["items"])
    return tuple(made)


@dataclass(frozen=True, slots=True)
class IssuedCertificate:
    """A certificate that the sandbox issued."""

    certificate: str
    """PEM, leaf first, then its issuers."""
    serial: str
    """Hexadecimal."""


def issue_certificate(
    sandbox: Client,
    agency: str,
    public_key: str,
    *,
    person: WantedPerson | None = None,
    not_before: datetime,
    not_after: datetime,
) -> IssuedCertificate:
    """Have a certificate of an agency, or of a person of it, issued for a public key in PEM.

    It is valid between two aware moments.
    """
    wanted: dict[str, Any] = {
        "agency": agency,
        "public_key": public_key,
        "not_before": _rfc3339(not_before),
        "not_after": _rfc3339(not_after),
    }
    if person is not None:
        wanted["person"] = {"name": person.name, "title": person.title}
    made = sandbox.call("POST", "/sandbox/certificates", wanted)
    return IssuedCertificate(made["certificate"], made["serial"])


def revoke_certificate(sandbox: Client, serial: str) -> None:
    """Revoke a certificate of the sandbox's authority, from now on."""
    sandbox.call("DELETE", f"/sandbox/certificates/{serial}")


def _rfc3339(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _read_made(items: Iterable[dict[str, Any]]) -> list[MadeAgency]:
    return [
        MadeAgency(
            code=item["code"],
            token=item["token"],
            organisation_certificate=(item.get("organisation") or {}).get("certificate"),
            person_certificates=tuple(person["certificate"] for person in item.get("persons", ())),
            system=_read_system(item.get("vxp")),
        )
        for item in items
    ]


def _read_system(value: dict[str, str] | None) -> OldSystem | None:
    return None if value is None else OldSystem(value["system"], value["secret"])


def read_clock(sandbox: Client) -> dict[str, Any]:
    """Read the hub's business time: `at`, whether it was `moved`, and the `factor` that it runs by."""
    value: dict[str, Any] = sandbox.call("GET", "/sandbox/clock")
    return value


def set_clock(sandbox: Client, at: datetime | None, factor: int = 1) -> dict[str, Any]:
    """Move business time to an aware `at`, from where it runs so many times as fast as real time.

    None goes back to real time, which has no other factor than 1.
    """
    asked: dict[str, Any] = {"at": None if at is None else _rfc3339(at)}
    if factor != 1:
        asked["factor"] = factor
    value: dict[str, Any] = sandbox.call("PUT", "/sandbox/clock", asked)
    return value


def run_clock(sandbox: Client, factor: int) -> dict[str, Any]:
    """Have business time run on from now, so many times as fast as real time."""
    value: dict[str, Any] = sandbox.call("PUT", "/sandbox/clock", {"factor": factor})
    return value


def make_token(sandbox: Client, role: str) -> str:
    """Have a token of an `auditor` or `operator` made."""
    value: dict[str, Any] = sandbox.call("POST", "/sandbox/tokens", {"role": role})
    return str(value["token"])


def put_faults(sandbox: Client, **services: str) -> None:
    """Inject `revocation="down"`, `timestamps="down"`, `disk="slow"`, `store="full"`; others are up again."""
    sandbox.call("PUT", "/sandbox/faults", services)


def sign_in_path(sandbox: Client, token: str) -> str:
    """Return an address below the hub's that opens its pages signed in with a token, once within a minute."""
    value: dict[str, Any] = sandbox.call("POST", "/sandbox/sign-in-codes", {"token": token})
    return str(value["path"])


def reset(sandbox: Client) -> None:
    """Empty the hub: documents, agencies and tokens go."""
    sandbox.call("POST", "/sandbox/reset")
