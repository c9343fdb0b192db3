"""An e-cabinet from drawing up to resolution: the secretariat's and the members' steps, without a hub."""

import json
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, time
from random import Random

import pytest

from axis.protocol.messages import message_faults
from axis.protocol.working_calendar import VIET_NAM
from nodes.scenario_reader import find, read
from nodes.systems.cabinet import OPINION, PAPER, RESULT
from nodes.systems.cabinet_planning import planned_cabinet
from nodes.systems.register import digest, open_register
from nodes.systems.system import Incoming, Outgoing, OutgoingDocument, Setting

SCENARIO = """
name = "small"
period = { from = 2019-06-03, to = 2019-06-14 }
agency = [{ code = "H26" }]
centre.ministries = ["G01", "G02", "G03"]
[cabinet]
leaders = 2
[[cabinet.ballot]]
question = "V/v một"
opens = 2019-06-05
closes = 2019-06-07
agree = 3
disagree = 1
late = 1
repeated = 2
forged = 2
strangers = 2
[[cabinet.ballot]]
question = "V/v hai"
meeting = "Phiên họp"
opens = 2019-06-10
closes = 2019-06-11
agree = 3
other = 3
in_room = 2
"""


class Cabinet:
    """Systems with their registers, and a post that delivers at once what a person or organisation signed."""

    def __init__(self, scenario, folder, seed=1, on_the_way=lambda message: message):
        self.opened, self.on_the_way = ExitStack(), on_the_way
        self.scenario, self.planned_systems = scenario, planned_cabinet(scenario, seed)
        self.registers, self.inboxes, self.sent = [], [[] for _ in self.planned_systems], []
        hours = scenario.habits.hours
        for planned in self.planned_systems:
            path = folder / f"{planned.system.name}-{planned.agency}"
            register = open_register(path, planned.system.tables)
            self.opened.callback(register.close)
            planned.prepare(register, Setting(planned.agency, scenario.first, scenario.last, hours, seed))
            self.registers.append(register)

    def run(self):
        days = self.scenario.habits.hours.days(self.scenario.first, self.scenario.last)
        for day in days:
            now = datetime.combine(day, time(17), VIET_NAM)
            for place, (planned, register) in enumerate(
                zip(self.planned_systems, self.registers, strict=True)
            ):
                inbox, self.inboxes[place] = self.inboxes[place], []
                for message in planned.system.step(register, inbox, now, Random(1)):
                    self.sent.append((planned, message))
                    if isinstance(message, Outgoing):
                        self.deliver(planned, message, now)
        return self

    def deliver(self, planned, message, now):
        signers = {person.code: person.public_key for person in planned.persons}
        incoming = Incoming(
            message.kind,
            planned.agency,
            f"{len(self.sent)}/TĐ-{planned.system.abbreviation}",
            now.astimezone(UTC).isoformat(),
            json.loads(message.content),
            "TOTAL-PASSED",
            message.sha256,
            tuple(paper.digest() for paper in message.papers),
            frozenset({signers[message.signer] if message.signer else planned.agency}),
        )
        for place, other in enumerate(self.planned_systems):
            if other.agency in message.recipients and message.kind in other.system.reads:
                self.inboxes[place].append(self.on_the_way(incoming))

    def rows(self, query, place=0):
        return self.registers[place].execute(query).fetchall()

    def messages(self, kind):
        return [sent for _, sent in self.sent if isinstance(sent, Outgoing) and sent.kind == kind]


@pytest.fixture(scope="module")
def cabinet(tmp_path_factory):
    made = Cabinet(read(SCENARIO), tmp_path_factory.mktemp("cabinet")).run()
    with made.opened:
        yield made


def test_every_figure_comes_out_and_every_message_fits_its_schema(cabinet):
    for planned, register in zip(cabinet.planned_systems, cabinet.registers, strict=True):
        assert [figure for figure in planned.report(register) if not figure.met] == []
    sent = [message for _, message in cabinet.sent if isinstance(message, Outgoing)]
    assert [fault for each in sent for fault in message_faults(each.kind, each.content)] == []
    figures = {
        figure.name: figure.measured for figure in cabinet.planned_systems[0].report(cabinet.registers[0])
    }
    assert figures["PYK-1: in favour"] == 3
    assert figures["PYK-2: in favour, in the room"] == 2
    assert figures["PYK-2: in favour, from afar"] == 1


def test_late_second_forged_and_strange_ballots_are_told_of_and_not_counted(cabinet):
    rules = [rule for (rule,) in cabinet.rows("SELECT rule FROM refusals ORDER BY id")]
    assert sorted(rules) == ["in-time", *["member-known"] * 2, *["once"] * 2, *["signed-by-member"] * 2]
    assert cabinet.rows("SELECT count(*) FROM cast_ballots WHERE ballot = 'PYK-1'") == [(4,)]


def test_half_of_the_members_decide_nothing_alone_and_with_the_prime_minister_at_a_tie(cabinet):
    assert cabinet.rows("SELECT ballot, is_adopted, decided_by FROM results ORDER BY ballot") == [
        ("PYK-1", 0, "no-majority"),
        ("PYK-2", 1, "prime-minister"),
    ]
    (resolution,) = [sent for _, sent in cabinet.sent if isinstance(sent, OutgoingDocument)]
    assert (resolution.type, resolution.number, resolution.signer) == ("nghi-quyet", "1/NQ-CP", "TTg")
    assert resolution.recipients == ("000.00.00.G01", "000.00.00.G02", "000.00.00.G03")


def test_a_ballot_goes_through_its_states_and_whoever_is_silent_is_reminded(cabinet):
    states = cabinet.rows("SELECT state FROM ballot_states WHERE ballot = 'PYK-2' ORDER BY at, state")
    assert [state for (state,) in states] == ["drawn up", "submitted", "approved", "open", "counted"]
    papers = [paper.body for paper in cabinet.messages(PAPER) if paper.body["ballot"] == "PYK-1"]
    assert [paper["reminder"] for paper in papers] == [0, 1, 2]
    assert len(papers[0]["members"]) == 6
    cast = {ballot.body["member"] for ballot in cabinet.messages(OPINION)}
    assert set(papers[2]["members"]) <= set(papers[1]["members"]) < set(papers[0]["members"])
    assert cast >= set(papers[0]["members"])  # for PYK-2


def test_the_same_seed_gives_the_same_registers(cabinet, tmp_path):
    (tmp_path / "again").mkdir()
    (tmp_path / "other").mkdir()
    again = Cabinet(read(SCENARIO), tmp_path / "again").run()
    other = Cabinet(read(SCENARIO), tmp_path / "other", seed=2).run()
    with again.opened, other.opened:
        digests = [[digest(register) for register in each.registers] for each in (cabinet, again, other)]
    assert digests[0] == digests[1] != digests[2]


def test_members_find_a_ballot_that_the_secretariat_counted_otherwise(tmp_path):
    def turned(message):
        if message.kind != RESULT or message.body["ballot"] != "PYK-2":
            return message
        first, *others = message.body["counted"]
        changed = [first | {"choice": "disagree" if first["choice"] == "agree" else "agree"}, *others]
        return replace(message, body=message.body | {"counted": changed})

    made = Cabinet(read(SCENARIO), tmp_path, on_the_way=turned).run()
    with made.opened:
        found = [
            rule
            for place in range(1, len(made.planned_systems))
            for (rule,) in made.rows("SELECT rule FROM refusals", place)
        ]
    assert found.count("counted-as-cast") == 1
    assert "result-adds-up" in found


def test_a_member_keeps_no_paper_of_another_sender_or_with_another_draft(tmp_path):
    def spoilt(message):
        if message.kind == PAPER and message.body["ballot"] == "PYK-1":
            return replace(message, papers=("0" * 64,))
        return replace(message, sender="000.00.00.H26") if message.kind == RESULT else message

    made = Cabinet(read(SCENARIO), tmp_path, on_the_way=spoilt).run()
    with made.opened:
        rules = {rule for (rule,) in made.rows("SELECT rule FROM refusals", 1)}
        papers = made.rows("SELECT ballot FROM papers", 1)
        uncounted = made.rows("SELECT rule FROM refusals WHERE rule = 'draft-as-sent'")
    assert rules == {"draft-as-attached", "of-the-secretariat"}
    assert papers == [("PYK-2",)]
    assert uncounted


def test_the_first_vote_has_27_members_and_the_published_votes():
    cabinet = find("cabinet-first-vote").cabinet
    assert cabinet.leaders + len(cabinet.heads) == 27
    (ballot,) = cabinet.ballots
    assert (ballot.agree, ballot.in_room, ballot.agree - ballot.in_room) == (25, 21, 4)
