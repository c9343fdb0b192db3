"""Carries planned faults out, and compares what the hub did with what is documented.

The faults themselves are in `nodes.faults.document_faults`, `nodes.faults.network_faults` and
`nodes.faults.service_faults`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from nodes import hub_process as hubs
from nodes.client import Client
from nodes.errors import NodesError
from nodes.faults import document_faults, network_faults, service_faults
from nodes.faults.catalogue import Need
from nodes.faults.injection_context import Scene
from nodes.faults.planning import PlannedFault
from nodes.offices import Post

_INJECTIONS = {**document_faults.INJECTIONS, **network_faults.INJECTIONS, **service_faults.INJECTIONS}


@dataclass(frozen=True, slots=True)
class Powers:
    """What a run may do besides sending: each None where it cannot."""

    operator: Client | None = None
    process: hubs.Hub | None = None

    @property
    def given(self) -> frozenset[Need]:
        """Which needs of faults they meet."""
        needs: set[Need] = set()
        if self.operator is not None:
            needs.add("operator")
        if self.process is not None:
            needs.add("own hub")
        return frozenset(needs)


@dataclass(frozen=True, slots=True)
class FaultResult:
    """One fault that was injected: what had to come of it, and what came."""

    planned: PlannedFault
    observed: tuple[str, ...]

    @property
    def met(self) -> bool:
        """The hub did what is documented, step for step."""
        return self.observed == self.planned.fault.outcome


def inject(
    planned: PlannedFault,
    posts: Mapping[str, Post],
    *,
    hub: str,
    sandbox: Client,
    powers: Powers,
    at: datetime,
    seed: int,
) -> FaultResult:
    """Carry one fault out at business time `at`; that it could not be carried out is an outcome too."""
    scene = Scene(
        hub=hub,
        sandbox=sandbox,
        sender=posts[planned.sender],
        recipient=planned.recipient,
        bystander=posts[planned.bystander],
        place=planned.place,
        at=at,
        operator=powers.operator,
        process=powers.process,
        seed=seed,
    )
    try:
        return FaultResult(planned, _INJECTIONS[planned.name](scene))
    except NodesError as error:
        return FaultResult(planned, (f"could not be carried out: {error}",))
    finally:
        scene.close()
