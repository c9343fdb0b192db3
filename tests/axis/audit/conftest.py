"""A hub on each kind of store, an auditor before it, and who judges for the auditor."""

from collections.abc import Iterator

import pytest
from support import pki
from support.audited_hub import AuditedHub
from support.exchange import A, B, C, Exchange

from axis.audit.document_checks import Judge
from axis.cli.audit_judging import judging
from axis.database import Database


@pytest.fixture(scope="session")
def judge() -> Iterator[Judge]:
    """What trusts the tests' own root."""
    with judging(pki.trust()) as made:
        yield made


@pytest.fixture
def hub(database: Database, judge: Judge) -> AuditedHub:
    return AuditedHub(Exchange(database), judge)


@pytest.fixture
def used(hub: AuditedHub) -> AuditedHub:
    """A hub with signed and unsigned documents that were answered, refused and withdrawn."""
    hub.signed = [hub.send("organisation"), hub.send("both", (B, C), type="bao-cao")]
    hub.unsigned = [hub.send("unsigned"), hub.send("unsigned", (B,))]
    exchange = hub.exchange
    exchange.give(B, hub.signed[0].delivery(), "03")
    exchange.give(C, hub.signed[1].delivery(1), "02", "sai thể thức")
    exchange.give(A, hub.unsigned[0].delivery(), "13", "gửi nhầm")
    exchange.give(B, hub.unsigned[0].delivery(), "15")
    exchange.give(B, exchange.send_message("ho-so", signed="unsigned").delivery(), "03")
    return hub
