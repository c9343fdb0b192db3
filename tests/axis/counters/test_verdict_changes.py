"""Changes of the counts by verdict add up, and a profile is written once."""

from sqlalchemy import func, select
from support.found_verdicts import FOUND

from axis.counters.tables import verdict_counters, verdict_profile_signatures, verdict_profiles
from axis.counters.verdict_changes import VerdictChanges, apply_verdicts
from axis.counters.verdict_profiles import digest_of, profile_of
from axis.database import Database

STALE, BOTH = profile_of(FOUND["stale list"]), profile_of(FOUND["two signatures"])


def rows(database: Database) -> dict[tuple[str, str, str], int]:
    statement = (
        select(verdict_counters, verdict_profiles.c.sha256)
        .join(verdict_profiles, verdict_profiles.c.profile == verdict_counters.c.profile)
        .where(verdict_counters.c.documents != 0)
    )
    with database.read() as tx:
        return {(row.sender, row.period, row.sha256): row.documents for row in tx.execute(statement)}


def test_equal_keys_add_up_within_a_group_and_between_groups(database: Database) -> None:
    for _ in range(2):
        changes = VerdictChanges()
        for sender in "AAB":
            changes.accepted("2019-06-03", sender, "cong-van", STALE)
        database.write(lambda tx, changes=changes: apply_verdicts(tx, changes))
    digest = digest_of(STALE)
    assert rows(database) == {
        (sender, period, digest): number
        for sender, number in (("A", 4), ("B", 2), ("", 6))
        for period in ("2019-06-03", "2019-06")
    }
    with database.read() as tx:
        assert tx.execute(select(func.count()).select_from(verdict_profiles)).scalar_one() == 1


def test_a_new_verdict_moves_a_document_and_brings_its_profile(database: Database) -> None:
    changes = VerdictChanges()
    changes.accepted("2019-06-03", "A", "cong-van", STALE)
    database.write(lambda tx: apply_verdicts(tx, changes))
    moved = VerdictChanges()
    moved.moved("2019-06-03", "A", "cong-van", STALE, BOTH)
    moved.moved("2019-06-03", "A", "cong-van", BOTH, BOTH)
    database.write(lambda tx: apply_verdicts(tx, moved))
    assert {profile for _, _, profile in rows(database)} == {digest_of(BOTH)}
    assert set(rows(database).values()) == {1}
    with database.read() as tx:
        signatures = tx.execute(select(func.count()).select_from(verdict_profile_signatures)).scalar_one()
    assert signatures == 1 + 2


def test_nothing_is_written_for_nothing(database: Database) -> None:
    database.write(lambda tx: apply_verdicts(tx, VerdictChanges()))
    assert rows(database) == {}
