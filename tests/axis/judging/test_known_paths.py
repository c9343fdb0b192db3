"""Paths and owners that one process knows are enough for others to judge by, and for nothing more."""

import asyncio
import contextlib
import pickle

import pytest

from axis.authority.certificates import ISSUING, Request, issue, open_authority, record
from axis.clock import Microseconds
from axis.judging.attachment_signatures import Enclosure
from axis.judging.judge import Signed, Trust
from axis.judging.known_paths import Asked, Known, KnownPaths, NotKnownError, judge_known
from axis.settings import Settings
from signing import cms, keys

MANIFEST = b'{"from": "000.00.00.H24"}'
SENDER = "000.00.00.H24"
YEARS = 10 * 365 * 86_400_000_000

pytestmark = [pytest.mark.usefixtures("authority"), pytest.mark.stores("sqlite")]


@pytest.fixture
def trust(database, database_url):
    trust = Trust(database, Settings(database_url=database_url))
    yield trust
    trust.close()


@pytest.fixture
def signature(database, secret, now) -> bytes:
    with database.read() as tx:
        authority = open_authority(tx, ISSUING, secret)
    key = keys.generate("p256")
    issued = issue(authority, Request(SENDER, "Cơ quan", key.public_key(), None), now, "http://axis.test")
    database.write(lambda tx: record(tx, [issued]))
    return cms.sign(MANIFEST, issued.certificate, key, chain=issued.issuers)


def signed(signature: bytes, at: int, enclosures=()) -> Signed:
    return Signed(MANIFEST, [signature], SENDER, Microseconds(at), enclosures)


def learned(trust: Trust, signature: bytes, now: int) -> KnownPaths:
    known, asked = KnownPaths(trust), Asked()
    with pytest.raises(NotKnownError):
        judge_known(signed(signature, now), known.current(), asked)
    assert len(asked.paths) == 1
    asyncio.run(trust.judge(signed(signature, now)))
    known.learn(asked.paths, Microseconds(now))
    return known


def test_what_was_judged_once_is_judged_alike_by_what_is_known(trust, signature, now):
    current = learned(trust, signature, now).current()
    known: Known = pickle.loads(pickle.dumps(current))  # as it crosses to another process
    verdict = judge_known(signed(signature, now), known, Asked())
    assert verdict == asyncio.run(trust.judge(signed(signature, now))).verdict
    assert (verdict.indication, verdict.signed_by) == ("TOTAL-PASSED", "organisation")


def test_an_outcome_is_used_only_within_its_interval(trust, signature, now):
    known = learned(trust, signature, now).current()
    with pytest.raises(NotKnownError):
        judge_known(signed(signature, now + YEARS), known, Asked())


def test_an_attachment_that_may_be_signed_is_left_to_the_ordinary_way(trust, signature, now, tmp_path):
    known = learned(trust, signature, now).current()
    file = tmp_path / "a.p7m"
    file.write_bytes(b"0")
    enclosure = Enclosure("a.p7m", 1, lambda: contextlib.closing(file.open("rb")))
    with pytest.raises(NotKnownError):
        judge_known(signed(signature, now, [enclosure]), known, Asked())


def test_everything_is_forgotten_when_what_is_trusted_is_read_anew(database, trust, signature, now):
    paths = learned(trust, signature, now)
    before = paths.current()
    assert paths.current() is before
    with database.read() as tx:
        trust.reload(tx)
    after = paths.current()
    assert (after.paths, after.owners) == ({}, {})
    assert after.generation > before.generation
    assert after.version != before.version


def test_what_is_known_is_bounded(trust, signature, now, monkeypatch):
    monkeypatch.setattr("axis.judging.known_paths.PATHS_SHARED", 0)
    known = learned(trust, signature, now)
    assert known.current().paths == {}
