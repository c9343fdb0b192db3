"""What an e-cabinet's registers say when a run is over, beside what the scenario says."""

import sqlite3
from collections.abc import Sequence

from nodes.systems.cabinet_agenda import Plans
from nodes.systems.cabinet_ballots import changed_ballots, count_ballots
from nodes.systems.system import Figure


def report_of_secretariat(register: sqlite3.Connection, plans: Sequence[Plans]) -> list[Figure]:
    """Count each ballot in the register, beside what the scenario says of it."""
    figures: list[Figure] = []
    for plan in plans:
        written, code = plan.written, plan.code
        count = count_ballots(register, code)
        (in_room,) = register.execute(
            "SELECT count(*) FROM cast_ballots c JOIN attendances a USING (member)"
            " WHERE ballot = ? AND meeting = ? AND choice = 'agree' AND attendance = 'room'",
            (code, plan.meeting),
        ).fetchone()
        (refused,) = register.execute(
            "SELECT count(*) FROM refusals WHERE place LIKE ?", (f"ballots/{code}/%",)
        ).fetchone()
        tried = written.late + written.repeated + written.forged + written.strangers
        cast = count.agree + count.disagree + count.other
        counted_figures = [
            ("members", count.members, None),
            ("in favour", count.agree, written.agree),
            *(
                (
                    ("in favour, in the room", in_room, written.in_room),
                    ("in favour, from afar", count.agree - in_room, written.agree - written.in_room),
                )
                if plan.meeting
                else ()
            ),
            ("not in favour", count.disagree, written.disagree),
            ("another opinion", count.other, written.other),
            ("no ballot", count.members - cast, None),
            ("ballots refused", refused, tried),
        ]
        figures += [Figure(f"{code}: {name}", *values) for name, *values in counted_figures]
    for name, table in (
        ("drafts adopted", "results WHERE is_adopted"),
        ("resolutions issued", "resolutions"),
    ):
        (number,) = register.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - own names
        figures.append(Figure(name, number))
    changed = sum(1 for _ in changed_ballots(register))
    return [*figures, Figure("ballots changed after they came", changed, 0)]


def report_of_members(register: sqlite3.Connection, wanted: int) -> list[Figure]:
    """Count the ballots of an agency's members that results name as they were cast."""
    (found,) = register.execute("SELECT count(*) FROM sent_ballots WHERE found = 'as cast'").fetchone()
    (refused,) = register.execute("SELECT count(*) FROM refusals").fetchone()
    return [Figure("ballots that results name as cast", found, wanted), Figure("refusals", refused, 0)]
