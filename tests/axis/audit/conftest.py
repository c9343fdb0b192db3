"""A hub on each kind of store, an auditor before it, and who judges for the auditor."""

from collections.abc import Iterator

import pytest
from support import pki
from support.audited_hub import AuditedHub
from support.exchange import Exchange

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
