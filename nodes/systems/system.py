"""What a neighbouring system is: its name, kinds of messages, tables, and a step over its register.

A step changes its register and returns messages; it reads no clock, network or other file.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from random import Random
from sqlite3 import Connection
from typing import Any

from nodes.client import Client
from nodes.multipart import Attachment
from nodes.systems.signers import SystemPerson
from nodes.working_time import WorkingTime


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message that arrived, checked against the schema of its kind."""

    kind: str
    sender: str
    """Canonical code of the agency that sent it."""
    number: str
    accepted_at: str
    body: Mapping[str, Any]
    indication: str | None
    """The hub's verdict on its signatures, `TOTAL-PASSED` where they passed."""
    sha256: str = ""
    """Of the message, in hex: what its signed manifest names."""
    papers: tuple[str, ...] = ()
    """SHA-256 of the files that came with it."""
    signing_keys: frozenset[str] = frozenset()
    """Public keys whose signatures passed, as `SystemPerson.public_key`; empty unless the system asks."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to be signed and sent."""

    kind: str
    recipients: tuple[str, ...]
    subject: str
    body: Mapping[str, Any]
    signer: str = ""
    """Code of the planned system's person who signs alone; without one the organisation does."""
    papers: tuple[Attachment, ...] = ()
    """Files that go with the message."""

    @property
    def content(self) -> bytes:
        """The message as it is sent, JSON in UTF-8."""
        return json.dumps(self.body, ensure_ascii=False, separators=(",", ":")).encode()

    @property
    def sha256(self) -> str:
        """Of the message, in hex."""
        return sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class OutgoingDocument:
    """A document to be signed by a person and the organisation, and sent."""

    type: str
    """Slug of its kind, `nghi-quyet`."""
    number: str
    recipients: tuple[str, ...]
    subject: str
    file: Attachment
    signer: str
    """Code of the planned system's person who signs."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that a system does not take: the rule, the place, what was found, what was expected."""

    rule: str
    place: str
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.place}: found {self.found}, expected {self.expected}"


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a system begins."""

    agency: str
    """Canonical code of its agency."""
    first: date
    last: date
    hours: WorkingTime
    seed: int


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of a system's report: what its register says, beside what was published."""

    name: str
    measured: int
    expected: int | None = None

    @property
    def met(self) -> bool:
        """It came out, or nobody published it."""
        return self.expected is None or self.expected == self.measured


@dataclass(frozen=True, slots=True)
class System:
    """A kind of system."""

    name: str
    """`one-stop`; names its page in docs/neighbours and its register's file."""
    abbreviation: str
    """In the numbers of its messages: `1/TĐ-MC`. No two systems have the same."""
    sends: frozenset[str]
    """Kinds of messages it sends, each of `axis.protocol.messages`."""
    reads: frozenset[str]
    """Kinds it takes in; others that arrive are left alone."""
    tables: str
    """The SQL that makes the tables of its register."""
    step: Callable[[Connection, Sequence[Incoming], datetime, Random], Sequence[Outgoing | OutgoingDocument]]
    """Take messages in and do what is due by `now`, on the register alone; returns what to send."""
    commits_before_sending: bool = False
    """Whether what a step wrote is committed before anything it returns is sent."""
    asks_who_signed: bool = False
    """Whether each message comes with the public keys that signed it: three requests more for each."""


@dataclass(frozen=True, slots=True)
class PlannedSystem:
    """A system of a scenario: which, of which agency, and what its scenario says of it."""

    system: System
    agency: str
    prepare: Callable[[Connection, Setting], None]
    """Writes into an empty register what the run begins with."""
    report: Callable[[Connection], Sequence[Figure]]
    """Counts in the register, in whole numbers."""
    persons: tuple[SystemPerson, ...] = ()
    """Who signs for it besides the organisation."""
    beside_the_hub: Callable[[Connection, Client], Sequence[Figure]] | None = None
    """Sets what the register says beside what the hub counts, asked as its auditor."""
