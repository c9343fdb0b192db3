"""Names of relays: what the directory marks agencies of other hubs with (docs/relay.md)."""

import re
from typing import Final

from axis.agencies.tables import RELAY_CHARACTERS

EXPECTED: Final = f"1 to {RELAY_CHARACTERS} letters, digits, dots, hyphens and underscores"
_NAME: Final = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._-]{{0,{RELAY_CHARACTERS - 1}}}")


def relay_name_fault(name: object) -> str | None:
    """Return what is wrong with the name of a relay, as an expectation; None where nothing is."""
    return None if isinstance(name, str) and _NAME.fullmatch(name) else EXPECTED
