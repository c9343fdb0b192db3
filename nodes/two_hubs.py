"""Prepares a province's hub and the national one for a run: directories, trust in each other, the relay.

The relay is that of `nodes relay`; a run has it carry at set moments, so that the same seed gives the same
run. docs/relay.md.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from nodes import hub_process as hubs
from nodes.client import Client
from nodes.faults.injection import Powers
from nodes.http_connections import Wire
from nodes.known_agencies import agency
from nodes.relay.carrying import Relay
from nodes.relay.checks import RelayRefused, check_pair, opened_hub
from nodes.relay.store import Place, RelayStore
from nodes.retries import Retries
from nodes.sandbox import make_token
from nodes.scenario import Scenario
from nodes.stage import ProvinceSite, Site

PATIENT: Final = Retries(attempts=30, cap_seconds=3.0)
"""Long enough for a hub that was killed to be started again on a busy machine."""
_NATIONAL: Final = "national"
_AUTHORITY: Final = ("/v1/ca/root.crt", "/v1/ca/issuing.crt")
_LISTS: Final = ("/v1/crl/root.crl", "/v1/crl/issuing.crl")


@dataclass(frozen=True, slots=True)
class OpenHub:
    """A hub of the run's own, its sandbox, and the folder of certificates and lists that it trusts."""

    process: hubs.Hub
    sandbox: Client
    trust: Path
    operator: Client

    def powers(self) -> Powers:
        """Return what faults may use at this hub."""
        return Powers(self.operator, self.process)


@contextmanager
def opened(directory: Path, database: str | None) -> Iterator[OpenHub]:
    """Start a hub that trusts what is in a folder of its own; it is started again whenever it is killed."""
    trust = directory / "trust"
    trust.mkdir(parents=True)
    settings = {"AXIS_TRUST_DIR": str(trust.resolve())}
    with (
        hubs.running(directory, database, settings) as hub,
        hubs.kept_up(hub),
        Client(
            hub.sandbox_url, hub.sandbox_token(), retries=PATIENT, fresh_token=hub.sandbox_token
        ) as sandbox,
        Client(hub.url, make_token(sandbox, "operator"), retries=PATIENT) as operator,
    ):
        yield OpenHub(hub, sandbox, trust, operator)


@contextmanager
def joined(scenario: Scenario, national: OpenHub, province: OpenHub, store: Path) -> Iterator[ProvinceSite]:
    """Put a relay between two hubs; raises `RelayRefused` where they are no pair."""
    assert scenario.province_hub is not None
    own, name = scenario.on_province_hub, scenario.province_hub.rpartition(".")[2].lower()
    for code in scenario.participants:
        at, via = (national, name) if code in own else (province, _NATIONAL)
        at.operator.call("PUT", f"/v1/agencies/{code}", {"name": agency(code).name, "via": via})
    for one, other in ((national, province), (province, national)):
        _give(one, other, _AUTHORITY)
    with ExitStack() as stack:
        found = {}
        sides: dict[Place, tuple[OpenHub, str]] = {
            "national": (national, name),
            "province": (province, _NATIONAL),
        }
        for place, (hub, called) in sides.items():
            token = hubs.command(hub.process, "token", "create", "--relay", called)
            client = stack.enter_context(Client(hub.process.url, token, retries=PATIENT))
            found[place] = opened_hub(place, hub.process.url, client)
        kept = stack.enter_context(RelayStore(store))
        # Agencies are made later, so that none is served yet: what is unknown until then is no fault.
        if faults := check_pair(found, kept).faults:
            raise RelayRefused("; ".join(faults))
        relay = Relay(found, kept)

        def carry() -> None:
            while relay.turn().read:
                continue

        def exchange_lists() -> bool:
            given = [_give(national, province, _LISTS), _give(province, national, _LISTS)]
            return any(given)

        yield ProvinceSite(
            Site(province.process.url, province.sandbox, province.powers()), own, carry, exchange_lists
        )


def _give(giver: OpenHub, taker: OpenHub, paths: tuple[str, ...]) -> bool:
    """Copy certificates or lists of one hub into the other's folder; tells whether one was new."""
    wire, is_new = Wire(giver.process.url), False
    try:
        for path in paths:
            reply = Client(giver.process.url, None, wire=wire, retries=PATIENT).content(path)
            file = taker.trust / path.rpartition("/")[2]
            if file.exists() and file.read_bytes() == reply:
                continue
            draft = file.with_suffix(".draft")
            draft.write_bytes(reply)
            draft.replace(file)
            is_new = True
    finally:
        wire.close()
    return is_new
