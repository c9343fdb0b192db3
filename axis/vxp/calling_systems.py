"""Looks up the systems that may call, by the id in a call, and decrypts their secrets.

Systems are cached until the store changes, like tokens. They are made by `axis vxp system` and by the
sandbox.
"""

from dataclasses import dataclass, field
from typing import Final

from anyio import to_thread

from axis.agencies.queries import agency_rows
from axis.agencies.systems import PURPOSE, live_system
from axis.agencies.versioned_cache import Missing, VersionedCache
from axis.database import Database
from axis.database.secret_key import SecretKey, open_secret_key
from axis.database.store_facts import version
from axis.protocol.agency_codes import AgencyCode, canonical_or_none
from axis.settings import Settings
from axis.vxp.queries import had_system

KNOWN_SYSTEMS: Final = 65_536
UNKNOWN_SYSTEMS: Final = 4_096
"""Unknown ids have a smaller cache of their own, so that invented ids push no real one out."""


@dataclass(frozen=True, slots=True)
class KnownSystem:
    """A system that may call, with its secret in clear."""

    id: str
    agency: AgencyCode
    secret: bytes = field(repr=False)
    may_register: bool
    locked: bool
    """Its agency is locked or was deleted: it may read, and send nothing."""


@dataclass(frozen=True, slots=True)
class NoSystem:
    """An id without a system. `revoked`: it had one."""

    revoked: bool


class Systems:
    """Looks systems up, and remembers both those that exist and those that do not."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._key: SecretKey | None = None
        self._known: VersionedCache[str, KnownSystem] = VersionedCache(KNOWN_SYSTEMS)
        self._unknown: VersionedCache[str, NoSystem] = VersionedCache(UNKNOWN_SYSTEMS)

    def forget(self, version: int) -> None:
        """Forget what was read before the store came to this version."""
        self._known.forget(version)
        self._unknown.forget(version)

    async def find(self, system_id: str) -> KnownSystem | NoSystem:
        """Return the system with this id, in either form of its agency's code.

        Raises:
            SecretKeyError: when the key of its secret is missing.

        """
        code = canonical_or_none(system_id)
        if code is None:
            return NoSystem(revoked=False)
        known = self._known.get(code)
        if not isinstance(known, Missing):
            return known
        unknown = self._unknown.get(code)
        if not isinstance(unknown, Missing):
            return unknown
        return await to_thread.run_sync(self._look_up, code)

    def _look_up(self, code: AgencyCode) -> KnownSystem | NoSystem:
        with self._database.read() as tx:
            at_version = version(tx)
            system = live_system(tx, code)
            had_one = system is None and had_system(tx, code)
            agencies = agency_rows(tx, (code,))
        if system is None:
            none = NoSystem(revoked=had_one)
            self._unknown.put(at_version, code, none)
            return none
        found = KnownSystem(
            id=system.id,
            agency=system.agency,
            secret=self._opened_key().decrypt(system.secret, PURPOSE),
            may_register=system.may_register,
            locked=not agencies or bool(agencies[0].locked),
        )
        self._known.put(at_version, code, found)
        return found

    def _opened_key(self) -> SecretKey:
        """Open the key file when the first system calls: a hub without systems needs no key."""
        if self._key is None:
            self._key = open_secret_key(self._settings)
        return self._key
