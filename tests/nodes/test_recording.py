"""Records of runs: canonical, and refused where they are none."""

import json
from dataclasses import replace

import pytest
from support.altered_statistics import PLAN, result_of

from nodes.answers import Answer
from nodes.cli import main
from nodes.errors import RecordUnreadable
from nodes.recording import Recorder, canonical_json, merged, read_record
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


def parts_of(documents, of):
    """Records of a run whose agencies are divided into parts."""
    senders = sorted({document.sender for document in documents})
    records = []
    for number in range(1, of + 1):
        own = [document for document in documents if senders.index(document.sender) % of == number - 1]
        run = json.dumps({"part": f"{number}/{of}"})[1:-1]
        records.append(read_record(record_of(own).replace('"line":"run"', f'"line":"run",{run}')))
    return records


def test_the_records_of_all_parts_make_the_record_of_the_run():
    documents = PLAN.documents[:30]
    whole = merged(parts_of(documents, 3)[::-1])
    assert whole.run == read_record(record_of(documents)).run
    assert whole.documents == read_record(record_of(documents)).documents
    assert merged([read_record(record_of(documents))]).documents == whole.documents


def test_a_part_that_is_missing_is_named_and_parts_of_several_runs_are_refused():
    first, _, third = parts_of(PLAN.documents[:30], 3)
    with pytest.raises(RecordUnreadable, match="found 2 of 3 parts, not 2/3"):
        merged([first, third])
    with pytest.raises(RecordUnreadable, match="found 2 of 3 parts, not 2/3, 3/3"):
        merged([first, first])
    first.run["seed"] += 1
    with pytest.raises(RecordUnreadable, match="several runs"):
        merged([first, third])


def test_what_happened_on_a_day_that_was_not_finished_is_left_out():
    last = PLAN.documents[29].day
    cut = replace(PLAN, scenario=replace(PLAN.scenario, last=PLAN.documents[0].day))
    assert last > cut.scenario.last
    recorder = Recorder()
    for document in PLAN.documents[:30]:
        recorder.sent(document, Delivered(1, False, b"{}", None))
    days = {line["day"] for line in recorder.lines(cut, None) if line["line"] == "document"}
    assert days == {cut.scenario.last.isoformat()}


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
