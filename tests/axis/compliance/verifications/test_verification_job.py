"""What verdicts would be is judged for real, page by page, and enters nothing that the hub says."""

import dataclasses
import hashlib
import os
import uuid

import pytest
from sqlalchemy import select
from support.exchange import AUDITOR, A, B, Exchange

from axis.authority.certificates import Request, create_authority, issue, record
from axis.authority.stored_authorities import ISSUING, ROOT, open_authority
from axis.clock import Microseconds, rfc3339
from axis.compliance.statistics import Question, exchange_items, signature_items
from axis.compliance.statistics_periods import spans_of
from axis.compliance.tables import what_ifs
from axis.compliance.verifications import verification_job
from axis.compliance.verifications.queries import sweep_what_ifs, what_if_page
from axis.compliance.verifications.verification_job import verifying
from axis.database import metadata
from axis.database.secret_key import SecretKey
from axis.documents.filters import DocumentQuery
from axis.documents.listing import list_documents
from axis.documents.single_document import describe_verdicts
from axis.jobs.kinds import Task
from axis.judging.judge import Signed, Trust
from axis.objects.store import open_objects
from axis.protocol.errors import QueryInvalid
from axis.settings import Settings
from signing import cms, keys
from signing.certificates import fingerprint

URL = "http://axis.test"
DAY = 24 * 3600 * 1_000_000
PASSED = {"indication": "TOTAL-PASSED", "sub_indication": None, "signed_by": "organisation"}
UNSIGNED = {"indication": None, "sub_indication": None, "signed_by": "none"}


class World:
    """A hub's store with two documents that are signed for real and one that is not, and its trust."""

    def __init__(self, exchange: Exchange, database_url: str) -> None:
        self.exchange, self.database = exchange, exchange.database
        settings = Settings(database_url=database_url)
        secret, now = SecretKey(os.urandom(32)), exchange.clock.now()
        self.database.write(lambda tx: create_authority(tx, now, secret, URL, kind="p256", sandbox=True))
        with self.database.read() as tx:
            authority, root = open_authority(tx, ISSUING, secret), open_authority(tx, ROOT, secret)
        self.root = fingerprint(root.certificate)
        self.objects = open_objects(self.database, settings)
        self.trust = Trust(self.database, settings)
        self.signed = [self.send(authority, kind, now) for kind in ("p256", "rsa-2048")]
        self.unsigned = exchange.send(A, (B,), signed="unsigned")

    def send(self, authority, kind, now):
        key = keys.generate(kind)
        issued = issue(authority, Request(A, "Cơ quan", key.public_key()), now, URL)
        self.database.write(lambda tx: record(tx, [issued]))
        new = self.exchange.new_document()
        signature = cms.sign(new.manifest_bytes, issued.certificate, key, chain=issued.issuers)
        judged = self.trust.judge_blocking(Signed(new.manifest_bytes, [signature], A, now))
        assert judged.verdict.signed_by == "organisation"
        kept = (signature, hashlib.sha256(signature).hexdigest())
        new = dataclasses.replace(new, signatures=(kept,), verdict=judged.verdict)
        self.exchange.record(new).result()
        return new.id

    def run(self, body, job=None, until=None):
        """Work on a job as a process does, and return its result; with `until` so many steps alone."""
        job = job or str(uuid.uuid4())
        kind, checkpoint, steps = verifying(self.objects, self.trust), None, 0
        while True:
            step = kind.step(Task(job, body, checkpoint, lambda _done, _of: None))
            self.database.write(step.write)
            checkpoint, steps = step.checkpoint, steps + 1
            if step.result is not None:
                return step.result
            if steps == until:
                return checkpoint

    def afterwards(self, result):
        return [(each["documents"], each["before"], each["after"]) for each in result["outcomes"]]

    def dump(self):
        """All rows of all tables but the one of what-ifs."""
        with self.database.read() as tx:
            return {
                table.name: sorted(map(repr, tx.execute(select(table)).all()))
                for table in metadata.sorted_tables
                if table is not what_ifs
            }

    def said(self):
        """What the hub says of its documents: lists by each filter, verdicts, and figures."""
        asked = ({}, {"indication": "INDETERMINATE"}, {"indication": "TOTAL-FAILED"}, {"signed": "true"})
        question = Question(spans_of(None, None, by_day=False), ("agency",))
        with self.database.read() as tx:
            lists = [list_documents(tx, DocumentQuery.model_validate(each), AUDITOR) for each in asked]
            verdicts = [describe_verdicts(tx, AUDITOR, each, "en") for each in self.signed]
            figures = signature_items(tx, AUDITOR, question)
            exchanged = exchange_items(tx, self.exchange.directory, AUDITOR, question)
        return lists, verdicts, figures, exchanged


@pytest.fixture
def world(exchange, database_url):
    made = World(exchange, database_url)
    yield made
    made.trust.close()


def test_verdicts_are_as_they_would_be_and_nothing_else_of_the_hub_changes(world):
    before, said = world.dump(), world.said()
    standing = world.run({})
    assert standing["changed"] == 0
    assert world.afterwards(standing) == [(2, PASSED, PASSED), (1, UNSIGNED, UNSIGNED)]

    weaker = world.run({"policy": {"forbid": ["rsa-2048"]}})
    crypto = {
        "indication": "INDETERMINATE",
        "sub_indication": "CRYPTO_CONSTRAINTS_FAILURE",
        "signed_by": "none",
    }
    assert (weaker["documents"], weaker["changed"]) == (3, 1)
    assert (1, PASSED, crypto) in world.afterwards(weaker)

    rootless = world.run({"policy": {"without_roots": [world.root.upper()]}, "filter": {"sender": "H24"}})
    chainless = {
        "indication": "INDETERMINATE",
        "sub_indication": "NO_CERTIFICATE_CHAIN_FOUND",
        "signed_by": "none",
    }
    assert (2, PASSED, chainless) in world.afterwards(rootless)

    later = rfc3339(Microseconds(world.exchange.clock.now() + 30 * 365 * DAY))
    expired = world.run({"at": later, "filter": {"signed": "true"}})
    assert (expired["documents"], expired["changed"]) == (2, 2)
    assert {after["indication"] for _, _, after in world.afterwards(expired)} <= {
        "TOTAL-FAILED",
        "INDETERMINATE",
    }

    assert world.dump() == before, "no verdict, fact, counter, event, leaf or material came of it"
    assert world.said() == said


def test_the_list_has_both_outcomes_of_each_document(world):
    job = str(uuid.uuid4())
    world.run({"policy": {"forbid": ["p256"]}}, job)
    with world.database.read() as tx:
        every = what_if_page(tx, job, changed=None, after=-1, most=10)
        changed = what_if_page(tx, job, changed=True, after=-1, most=10)
        same = what_if_page(tx, job, changed=False, after=-1, most=10)
        rest = what_if_page(tx, job, changed=None, after=every[0].document, most=1)
        others = what_if_page(tx, str(uuid.uuid4()), changed=None, after=-1, most=10)
    assert [row.id for row in every] == [*world.signed, world.unsigned.id]
    assert [(row.id, row.before_signed_by, row.signed_by) for row in changed] == [
        (each, "organisation", "none")
        for each in world.signed  # the issuer's own key is p256
    ]
    assert [row.id for row in same] == [world.unsigned.id]
    assert [row.id for row in rest] == world.signed[1:]
    assert others == []


def test_a_job_goes_on_in_another_process_and_counts_each_document_once(world, monkeypatch):
    monkeypatch.setattr(verification_job, "PAGE", 1)
    job, body = str(uuid.uuid4()), {"policy": {"forbid": ["rsa-2048"]}}
    world.run(body, job, until=2)  # then that process dies, and another begins where the record stands
    result = world.run(body, job)
    assert (result["documents"], result["changed"]) == (3, 1)
    with world.database.read() as tx:
        assert len(tx.execute(select(what_ifs.c.document).where(what_ifs.c.job == job)).all()) == 3


def test_a_selection_that_is_too_large_is_refused_and_not_cut(world, monkeypatch):
    monkeypatch.setattr(verification_job, "MOST", 2)
    with pytest.raises(QueryInvalid) as refused:
        world.run({})
    assert refused.value.places[0].pointer == "/filter"
    assert world.run({"filter": {"signed": "true"}})["documents"] == 2


def test_a_job_that_is_cancelled_stops_at_the_next_document(world):
    class LostError(Exception):
        pass

    def report(done, _of):
        if done:
            raise LostError

    with pytest.raises(LostError):
        verifying(world.objects, world.trust).step(Task(str(uuid.uuid4()), {}, None, report))


def test_what_belongs_to_forgotten_jobs_is_forgotten(world):
    world.run({})
    assert world.database.write(sweep_what_ifs) == 3
    with world.database.read() as tx:
        assert tx.execute(select(what_ifs)).all() == []
