"""What a relay checks of its two hubs before it begins.

A fault stops the relay; a warning names agencies whose documents will be refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Final

from nodes.client import Client
from nodes.errors import NodesError, ProblemError
from nodes.relay.carrying import OTHER, Hub
from nodes.relay.store import PLACES, Place, RelayStore

NAMED: Final = 10
"""The most agencies that a finding names."""
SOFTWARE: Final = "axis-exchange"
_NOT_FOUND, _UNAUTHENTICATED = 404, 401


class RelayRefused(NodesError):
    """The two hubs are no pair that this relay can stand between; its text names everything that is wrong."""


@dataclass(slots=True)
class Findings:
    """What is wrong with a pair of hubs."""

    faults: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Directory:
    name: str
    """The relay's name at the hub."""
    reached: frozenset[str]
    """Agencies that the hub marks `via` this relay."""
    served: frozenset[str]
    """Agencies that the hub serves itself."""
    elsewhere: frozenset[str]
    """Agencies that it reaches through other relays."""


def opened_hub(place: Place, url: str, client: Client) -> Hub:
    """Ask a hub who it is, and whether it takes the caller for a relay.

    Raises:
        RelayRefused: when it speaks another version, or does not.
        TransportError: when it does not answer.

    """
    told = _asked(client, "/version", url)
    ours = version(SOFTWARE)
    if not isinstance(told, dict) or told.get("name") != SOFTWARE:
        raise RelayRefused(f"{url}: found no hub of {SOFTWARE}, expected one at the {place}'s address")
    if _release(str(told.get("version"))) != _release(ours):
        raise RelayRefused(
            f"{url}: found a hub of version {told.get('version')}, expected {ours}, as this relay is"
        )
    _asked(client, "/v1/relay", url)
    first = client.call("GET", "/v1/ledger/keys")["items"][-1]  # it stays, whatever keys come after it
    return Hub(place, client, f"{first['origin']}+{first['key_id']}", url)


def check_pair(hubs: Mapping[Place, Hub], store: RelayStore) -> Findings:
    """Hold the two hubs against each other, and against what the relay remembers of them."""
    findings = Findings()
    if hubs["province"].ledger == hubs["national"].ledger:
        findings.faults.append(
            f"{hubs['province'].name} and {hubs['national'].name} are one hub: both have the ledger "
            f"{hubs['province'].ledger}"
        )
        return findings
    for place in PLACES:
        known = store.ledger(place)
        if known not in {None, hubs[place].ledger}:
            findings.faults.append(
                f"{hubs[place].name}: found the ledger {hubs[place].ledger}, expected {known}, as before; "
                "another hub needs another --store"
            )
    directories = {place: _directory(hubs[place].client) for place in PLACES}
    for place in PLACES:
        _check_marks(hubs[place], hubs[OTHER[place]], directories[place], directories[OTHER[place]], findings)
    both = directories["province"].reached & directories["national"].reached
    if both:
        findings.faults.append(
            f"each hub marks {_named(both)} via this relay, so no hub serves them: take --via away at one"
        )
    twice = directories["province"].served & directories["national"].served
    if twice:
        findings.warnings.append(
            f"both hubs serve {_named(twice)}: documents that they send or get over the relay are refused; "
            "mark them --via at the hub that does not serve them"
        )
    return findings


def _check_marks(hub: Hub, other: Hub, here: _Directory, there: _Directory, findings: Findings) -> None:
    if not here.reached:
        findings.faults.append(
            f"{hub.name} marks no agency via {here.name}: axis agency add CODE --name NAME --via {here.name}"
        )
    unknown = here.reached - there.served - there.elsewhere - there.reached
    if unknown:
        findings.warnings.append(
            f"{other.name} does not know {_named(unknown)}, which {hub.name} marks via {here.name}: "
            "what is sent to them is refused"
        )


def _directory(client: Client) -> _Directory:
    name = str(client.call("GET", "/v1/relay")["name"])
    reached: set[str] = set()
    served: set[str] = set()
    elsewhere: set[str] = set()
    after: str | None = ""
    while after is not None:
        page = client.call("GET", f"/v1/agencies?limit=1000&after={after}")
        for item in page["items"]:
            group = served if item["via"] is None else reached if item["via"] == name else elsewhere
            group.add(item["code"])
        after = page["next"]
    return _Directory(name, frozenset(reached), frozenset(served), frozenset(elsewhere))


def _asked(client: Client, path: str, url: str) -> object:
    try:
        return client.call("GET", path)
    except ProblemError as error:
        if error.status == _UNAUTHENTICATED:
            message = f"{url} does not know the relay's token: it may be revoked, or of another hub"
        elif error.status == _NOT_FOUND:
            message = f"{url} knows no relays: found {path} missing, expected a hub of {version(SOFTWARE)}"
        else:
            message = f"{url}: {error}; expected a token of `axis token create --relay NAME`"
        raise RelayRefused(message) from error


def _named(codes: frozenset[str]) -> str:
    told = ", ".join(sorted(codes)[:NAMED])
    return told if len(codes) <= NAMED else f"{told} and {len(codes) - NAMED} more"


def _release(text: str) -> list[str]:
    return text.split(".")[:2]
