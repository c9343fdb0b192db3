"""Over HTTP: parts of one simulation read each other's notes, and wait for them."""

import threading

import pytest
from support.waiting import wait_until

from axis.database.store_facts import store
from axis.sandbox.simulation_parts import MOST_PARTS, NOTE_CHARACTERS

BOARD = "/sandbox/runs/demo-1/parts"


def notes(answer):
    return {each["part"]: each["note"] for each in answer.json()["parts"]}


def test_every_part_reads_the_notes_of_all_parts_of_its_own_run(tester):
    tester.put(f"{BOARD}/1", json={"note": "one"})
    tester.put("/sandbox/runs/demo-2/parts/1", json={"note": "another run"})
    answer = tester.put(f"{BOARD}/2", json={"note": "two"})
    assert notes(answer) == {1: "one", 2: "two"}
    assert all(0 <= each["seconds_ago"] < 60 for each in answer.json()["parts"])


def test_a_long_note_comes_back_whole_and_a_shorter_one_replaces_all_of_it(tester):
    long = "Hải Phòng " * (NOTE_CHARACTERS // 10)
    assert notes(tester.put(f"{BOARD}/1", json={"note": long})) == {1: long}
    assert notes(tester.put(f"{BOARD}/1", json={"note": "short"})) == {1: "short"}
    assert notes(tester.put(f"{BOARD}/1", json={})) == {1: "short"}


def test_whoever_waits_is_answered_when_another_part_writes(tester):
    state = tester.put(f"{BOARD}/1", json={"note": "one"}).json()["state"]
    answers = []

    def wait():
        while not answers:
            answer = tester.put(f"{BOARD}/1", json={"seen": state, "wait": 2})
            if answer.json()["state"] != state:
                answers.append(answer)

    waiting = threading.Thread(target=wait)
    waiting.start()
    tester.put(f"{BOARD}/2", json={"note": "two"})
    wait_until(lambda: not waiting.is_alive(), "the wait to end")
    assert notes(answers[0]) == {1: "one", 2: "two"}


def test_a_run_that_nobody_was_heard_of_for_a_day_is_forgotten(tester, database):
    tester.put("/sandbox/runs/old/parts/1", json={"note": "one"})
    database.write(
        lambda tx: tx.execute(store.update().where(store.c.key == "run/old/01/heard").values(value="1"))
    )
    tester.put(f"{BOARD}/1", json={"note": "one"})
    assert notes(tester.put("/sandbox/runs/old/parts/2", json={"note": "two"})) == {2: "two"}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (f"{BOARD}/0", {}),
        (f"{BOARD}/{MOST_PARTS + 1}", {}),
        ("/sandbox/runs/A_B/parts/1", {}),
        (f"{BOARD}/1", {"note": 1}),
        (f"{BOARD}/1", {"note": "x" * (NOTE_CHARACTERS + 1)}),
        (f"{BOARD}/1", {"wait": 3}),
        (f"{BOARD}/1", {"wait": True}),
        (f"{BOARD}/1", {"step": 1}),
    ],
)
def test_what_is_no_run_part_or_note_is_refused(tester, path, body):
    answer = tester.put(path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "query-invalid")
