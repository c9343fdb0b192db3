"""pytest's plugin `axis`: a hub, provinces, a clock and faults as fixtures for other people's tests.

A test process has one hub, which is emptied before each test that asks for it. docs/testing.md shows what
tests look like.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    from nodes.faults.injection import FaultResult
    from nodes.hub_for_tests import BusinessClock, HubForTests, Province
    from nodes.simulation import Outcome


class RunScenario(Protocol):
    """Runs a scenario on the emptied hub."""

    def __call__(self, name_or_path: str, *, scale: str | None = None, seed: int = 1) -> Outcome:
        """Run a shipped scenario or a TOML file; `met` tells whether every figure came out."""
        ...


class InjectFault(Protocol):
    """Has a fault happen on the hub."""

    def __call__(
        self, name: str, sender: str = "H62", recipient: str = "H23", bystander: str = "H05"
    ) -> FaultResult:
        """Inject one fault of docs/faults.md; `met` tells whether the hub did as documented."""
        ...


@pytest.fixture(scope="session")
def _axis_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubForTests]:
    from nodes import hub_process as hubs  # noqa: PLC0415 - loaded once a test asks
    from nodes.client import Client  # noqa: PLC0415 - the same
    from nodes.hub_for_tests import HubForTests  # noqa: PLC0415 - the same

    with (
        hubs.running(tmp_path_factory.mktemp("axis")) as process,
        Client(process.sandbox_url, process.sandbox_token()) as sandbox,
    ):
        yield HubForTests(process, sandbox)


@pytest.fixture
def axis_hub(_axis_process: HubForTests) -> Iterator[HubForTests]:
    """Give an empty hub: `.url`, `.sandbox_url`, `.reset()`, `.statistics(…)`, `.auditor()`."""
    _axis_process.reset()
    yield _axis_process
    _axis_process.close()


@pytest.fixture
def axis_province(axis_hub: HubForTests) -> Callable[[str], Province]:
    """Call it with a code, `axis_province("H62")`: an agency with token, certificates and keys."""
    return axis_hub.province


@pytest.fixture
def axis_clock(axis_hub: HubForTests) -> BusinessClock:
    """Give the hub's business time: `.now()`, `.set(…)`, `.advance(days=1)`, `.run(60)`, `.real()`."""
    return axis_hub.clock


@pytest.fixture
def axis_faults(axis_hub: HubForTests) -> InjectFault:
    """Call it with the name of a fault, `axis_faults("altered-manifest")`: it happens, once."""

    def inject(name: str, sender: str = "H62", recipient: str = "H23", bystander: str = "H05") -> FaultResult:
        return axis_hub.inject(name, *(axis_hub.province(code) for code in (sender, recipient, bystander)))

    return inject


@pytest.fixture
def axis_scenario(axis_hub: HubForTests) -> RunScenario:
    """Call it with a scenario, `axis_scenario("first-day")`: it is run on the emptied hub."""
    return axis_hub.scenario
