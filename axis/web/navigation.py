"""The pages that the head of every page leads to, by who looks at it."""

from dataclasses import dataclass
from typing import Final

from axis.agencies.tokens import Role
from axis.web.catalogues import N_


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the navigation; its name is a text of the catalogue."""

    path: str
    name: str
    roles: frozenset[Role] | None
    """Whom it is for; None: anyone."""


_AGENCIES: Final[frozenset[Role]] = frozenset({"agency"})
_EVERY_ROLE: Final[frozenset[Role]] = frozenset({"agency", "auditor", "operator"})
_READERS: Final[frozenset[Role]] = frozenset({"agency", "auditor"})
_WATCHERS: Final[frozenset[Role]] = frozenset({"auditor", "operator"})
ENTRIES: Final = (
    Entry("/centre", N_("Centre"), _EVERY_ROLE),
    Entry("/compose", N_("Send a letter"), _AGENCIES),
    Entry("/inbox", N_("Inbox"), _AGENCIES),
    Entry("/outbox", N_("Outbox"), _AGENCIES),
    Entry("/report", N_("Report"), _READERS),
    Entry("/deadlines", N_("Deadlines"), _READERS),
    Entry("/documents", N_("Documents"), _READERS),
    Entry("/refusals", N_("Refusals"), _READERS),
    Entry("/agencies", N_("Agencies"), _EVERY_ROLE),
    Entry("/certificates", N_("Certificates"), _READERS),
    Entry("/alerts", N_("Alerts"), _WATCHERS),
    Entry("/jobs", N_("Jobs"), _EVERY_ROLE),
    Entry("/ledger", N_("Ledger"), None),
    Entry("/verify", N_("Verify"), None),
    Entry("/docs", N_("API"), None),
)
"""In the order in which they stand."""


def entries_for(role: Role | None) -> list[Entry]:
    """Return the entries for a role; None: for who is not signed in."""
    return [each for each in ENTRIES if each.roles is None or role in each.roles]
