"""Over HTTP: the list of certificates as JSON and as a table, and queries that are refused."""

import csv
import dataclasses
import io
from types import SimpleNamespace

import pytest
from support import pki
from support.exchange import A, B

from signing import cms
from signing.verdict import DocumentVerdict, Indication

PATH = "/v1/certificates"


@pytest.fixture
def used(exchange, rest):
    """One certificate, used twice."""
    signer = pki.organisation()
    made = pki.judge(cms.sign(pki.CONTENT, signer.certificate, signer.key, chain=signer.chain))
    verdict = DocumentVerdict(
        Indication.TOTAL_PASSED,
        None,
        "organisation",
        (made._replace(agency=A, material=None),),
        "test",
        "00" * 32,
    )
    for _ in range(2):
        new = exchange.new_document(A, (B,))
        exchange.record(dataclasses.replace(new, verdict=verdict)).result()
    rest.app.state.hub.trust = SimpleNamespace(material=SimpleNamespace(crls=()))
    return made.certificate


@pytest.mark.parametrize(("role", "found"), [("auditor", 1), ("A", 1), ("A and below", 1), ("B", 0)])
def test_an_agency_lists_its_own_certificates_and_an_auditor_all(rest, used, role, found):
    answer = rest.get(role, PATH)
    assert answer.status_code == 200
    assert answer.json()["next"] is None
    items = answer.json()["items"]
    assert [(item["certificate"]["sha256"], item["documents"]) for item in items] == [
        (used.sha256, 2)
    ] * found


def test_a_table_has_the_same(rest, used):
    answer = rest.get("auditor", f"{PATH}?format=csv")
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
    assert (row["sha256"], row["documents"], row["agency"], row["revoked_at"]) == (used.sha256, "2", A, "")


@pytest.mark.parametrize(("role", "status"), [(None, 401), ("operator", 403)])
def test_nobody_else_does(rest, role, status):
    assert rest.get(role, PATH).status_code == status


@pytest.mark.parametrize(
    "query", ["state=lost", "within_days=0", "agency=x y", "kind=seal", "after=7", "limit=0", "colour=red"]
)
def test_what_is_no_filter_is_refused(rest, query):
    answer = rest.get("auditor", f"{PATH}?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "query-invalid")
