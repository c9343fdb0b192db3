"""The recipients for whom a relay hands a document over: those whose deliveries this hub opens.

A document may name recipients on several hubs; each delivery is opened on one of them (docs/relay.md#counts).
"""

from collections.abc import Sequence

from axis.agencies.callers import Caller
from axis.protocol.agency_codes import AgencyCode, canonical_or_none
from axis.protocol.errors import Place, QueryInvalid, shorten
from axis.protocol.manifest import Manifest

PLACE = "query:recipients"


def asked_recipients(caller: Caller, text: str | None) -> tuple[AgencyCode, ...] | None:
    """Read the recipients for which a document is handed over: codes with commas; None for all it names.

    Raises:
        QueryInvalid: when one is no code, or the caller is no relay.

    """
    if text is None:
        return None
    if caller.relay is None:
        raise QueryInvalid(Place(PLACE, shorten(text), "no such member: only a relay hands documents over"))
    codes = [canonical_or_none(each) for each in text.split(",")]
    if None in codes:
        raise QueryInvalid(Place(PLACE, shorten(text), "agency codes with commas between them"))
    return tuple(code for code in codes if code is not None)


def recipients_here(
    manifest: Manifest, asked: Sequence[AgencyCode] | None
) -> tuple[tuple[AgencyCode, ...], list[Place]]:
    """Return the recipients whose deliveries are opened here, in the manifest's order, and those it lacks."""
    if asked is None:
        return manifest.to, []
    wanted = set(asked)
    lacking = [Place(PLACE, code, "a recipient of the manifest") for code in asked if code not in manifest.to]
    return tuple(code for code in manifest.to if code in wanted), lacking
