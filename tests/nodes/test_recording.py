"""Records of runs: canonical, and refused where they are none."""

import json

import pytest
from support.altered_statistics import PLAN, result_of

from nodes.answers import Answer
from nodes.cli import main
from nodes.errors import RecordUnreadable
from nodes.recording import Recorder, canonical_json, read_record
from nodes.swarm_clients import Delivered


def record_of(documents):
    """The text of a record of documents and an answer to each, told in the order given."""
    recorder = Recorder()
    for document in documents:
        recorder.sent(document, Delivered(1, False, f'{{"n":{document.counter}}}'.encode(), "TOTAL-PASSED"))
        about = (document.sender, str(document.counter))
        answer = Answer(f"id-{document.counter}", "03")
        place = PLAN.documents.index(document)
        recorder.answered(document.day, document.recipients[0], about, place, answer, None)
    return "".join(canonical_json(line) + "\n" for line in recorder.lines(PLAN, result_of()))


def test_the_order_in_which_things_happened_leaves_no_trace():
    documents = PLAN.documents[:30]
    text = record_of(documents)
    assert text == record_of(documents[::-1])
    record = read_record(text)
    assert (len(record.documents), len(record.answers), len(record.figures)) == (30, 30, 8)
    assert record.run["seed"] == PLAN.seed
    assert "id-" not in text


def broken(text, number, change):
    lines = text.splitlines()
    lines[number] = change(lines[number])
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda _: "nonsense", "line 2: found no line of a record"),
        (lambda _: "[]", "line 2: found no line of a record"),
        (lambda _: '{"line":"other"}', "line 2: found no line of a record"),
        (
            lambda line: canonical_json({**json.loads(line), "sha256": "00"}),
            "line 2: found a manifest of another",
        ),
        (lambda line: line.replace('"outcome"', '"outcomes"'), "line 2: found no outcome"),
    ],
)
def test_what_is_no_record_is_refused_with_its_line(change, told):
    with pytest.raises(RecordUnreadable, match=told):
        read_record(broken(record_of(PLAN.documents[:2]), 1, change))


def test_a_record_of_another_version_is_refused():
    text = record_of(PLAN.documents[:1]).replace('"version":1', '"version":2')
    with pytest.raises(RecordUnreadable, match="version 1"):
        read_record(text)


def test_the_command_says_that_a_file_is_no_record(tmp_path, capsys):
    file = tmp_path / "record"
    file.write_text("{}")
    assert main(["replay", str(file)]) == 2
    assert "line 1: found no line of a record" in capsys.readouterr().err
