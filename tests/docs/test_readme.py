"""The README's promise to a newcomer: every block works as it stands, in an empty folder."""

import json
import re
import subprocess
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from support import independent_receipt, project
from support.documentation_pages import Block, Shell, blocks, fits, json_values, shell
from support.postgres import fresh_database

from nodes.comparison import LocalityResult, Result, expected
from nodes.comparison_table import table
from nodes.known_agencies import agency
from nodes.planner import plan
from nodes.scenario_reader import find

README = "README.md"
RUNNABLE = [block for block in blocks(README) if block.language == "sh"]
ON_POSTGRES = "On PostgreSQL"
MAKE = [block for block in RUNNABLE if block.text.startswith("make ")]
FIRST = [block for block in RUNNABLE if block not in MAKE and block.heading != ON_POSTGRES]
POST = 'curl -sS http://127.0.0.1:8000/v1/documents -H "Authorization: Bearer $(cat h62.token)" '
FILES = "-F signature=@manifest.p7s -F attachment=@123-UBND-VX.pdf"


@dataclass
class Walk:
    """What the blocks printed, and what the sentences between them say, tried out."""

    answers: list[Any] = field(default_factory=list)
    printed: str = ""
    vkey: str = ""
    changed: dict[str, Any] = field(default_factory=dict)
    unsigned: dict[str, Any] = field(default_factory=dict)
    again: dict[str, Any] = field(default_factory=dict)
    in_vietnamese: dict[str, Any] = field(default_factory=dict)

    def find(self, *members: str) -> Any:
        """The first answer that has all these members."""
        return next(
            answer for answer in self.answers if isinstance(answer, dict) and set(members) <= answer.keys()
        )


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    walked = Walk()
    with shell(tmp_path_factory.mktemp("newcomer")) as opened:
        for block in FIRST:
            if block.text.startswith("kill "):
                try_out(opened, walked)
            printed = opened.run(block.text)
            walked.printed += printed
            walked.answers += json_values(printed)
    return walked


def try_out(opened: Shell, walked: Walk) -> None:
    walked.again = answer_of(opened, f"{POST} -F manifest=@manifest.json {FILES}")
    walked.in_vietnamese = answer_of(
        opened, f"{POST} -H 'Accept-Language: vi' -F manifest=@manifest.json {FILES}"
    )
    opened.run("sed 's|123/UBND-VX\"|124/UBND-VX\"|' manifest.json > changed.json")
    walked.changed = answer_of(opened, f"{POST} -F manifest=@changed.json {FILES}")
    walked.unsigned = answer_of(opened, f"{POST} -F manifest=@changed.json -F attachment=@123-UBND-VX.pdf")
    walked.answers.append(
        {"counted": opened.ask("/v1/statistics/signatures?by=agency&recipient=G22", "auditor.token")}
    )
    keys = opened.ask("/v1/ledger/keys", "auditor.token")
    walked.vkey = keys["items"][0]["vkey"]


def answer_of(opened: Shell, command: str) -> dict[str, Any]:
    (answer,) = json_values(opened.run(command))
    return dict(answer)


def test_nothing_but_shell_and_pictures_stands_in_blocks() -> None:
    assert {block.language for block in blocks(README)} == {"sh", "text"}


@pytest.mark.parametrize("block", MAKE, ids=lambda block: block.text.strip())
def test_the_two_commands_are_targets_of_the_makefile(block: Block) -> None:
    dry = subprocess.run(
        ["make", "--dry-run", *block.text.split()[1:]],
        cwd=project.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert dry.returncode == 0, dry.stderr


def test_the_two_commands_are_demo_and_test() -> None:
    assert [block.text.strip() for block in MAKE] == ["make demo", "make test"]


def test_the_demo_prints_the_table_that_is_shown() -> None:
    planned = plan(find("task-force-2019"), Decimal("0.01"), 1)
    wanted = expected(planned)
    localities = tuple(
        LocalityResult(each.code, agency(each.code).place, each.published, each.thousandths, figures, figures)
        for each in planned.scenario.localities
        for figures in [wanted[each.code]]
    )
    printed = table(planned, Result(localities, (), ""))
    shown = next(block.text for block in blocks(README) if block.language == "text")
    assert fits(f"…{shown}…", printed)


@pytest.mark.slow
def test_the_first_document_is_totally_passed(walk: Walk) -> None:
    sent = walk.find("receipt", "deliveries")
    assert sent["verdict"]["indication"] == "TOTAL-PASSED"
    assert sent["verdict"]["signed_by"] == "organisation"
    assert [delivery["to"] for delivery in sent["deliveries"]] == ["000.00.00.G22"]
    assert sent["repeated"] is False


def test_an_independent_checker_verifies_the_receipt(walk: Walk) -> None:
    leaf = json.loads(independent_receipt.check(walk.find("receipt")["receipt"], walk.vkey))
    assert leaf["document"] == walk.find("receipt")["id"]
    assert leaf["number"] == "123/UBND-VX"
    assert leaf["verdict"]["signed_by"] == "organisation"


def test_one_changed_byte_is_refused_with_hash_failure(walk: Walk) -> None:
    assert (walk.changed["status"], walk.changed["code"]) == (403, "signature-rejected")
    assert walk.changed["verdict"]["sub_indication"] == "HASH_FAILURE"


def test_an_unsigned_document_is_accepted_and_counted_as_unsigned(walk: Walk) -> None:
    assert walk.unsigned["verdict"]["indication"] is None
    (row,) = walk.find("counted")["counted"]["items"]
    assert (row["sent"], row["signed"], row["unsigned"]) == (2, 1, 1)


def test_a_document_sent_twice_gets_the_first_answer(walk: Walk) -> None:
    first = walk.find("receipt", "deliveries")
    assert walk.again == first | {"repeated": True}


def test_the_verdict_speaks_vietnamese_on_request(walk: Walk) -> None:
    sentences = {walk.again["verdict"]["sentence"], walk.in_vietnamese["verdict"]["sentence"]}
    assert len(sentences) == 2
    assert re.search(
        "[ạảấầẩẫậắằẳẵặẹẻẽếềểễệọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹđ]", walk.in_vietnamese["verdict"]["sentence"]
    )


def test_the_status_is_recorded_and_the_sender_sees_its_event(walk: Walk) -> None:
    given = walk.find("delivery", "by")
    assert (given["code"], given["by"], given["note"]) == ("03", "000.00.00.G22", "Đã vào sổ văn bản đến")
    events = walk.find("items", "next")["items"]
    assert [(event["kind"], event["code"], event["delivery"]) for event in events] == [
        ("status", "03", given["delivery"])
    ]


def test_the_statistics_answer_the_inspection_with_their_definition(walk: Walk) -> None:
    statistics = walk.find("items", "definition")
    (row,) = statistics["items"]
    assert (row["agency"], row["sent"], row["signed"], row["rate"]) == ("000.00.00.H62", 1, 1, 1.0)
    assert "÷" in statistics["definition"]


def test_signature_and_file_are_checked_as_of_the_time_that_the_receipt_proves(walk: Walk) -> None:
    at = walk.find("receipt", "deliveries")["accepted_at"]
    assert f"Judged as of: {at} (the time that the receipt proves)" in walk.printed
    assert "123-UBND-VX.pdf: is the file that the manifest names" in walk.printed


def test_report_reconcile_and_fsck_find_nothing_wrong(walk: Walk) -> None:
    # a fault would have ended the shell; this holds that they were asked
    asked = next(block.text for block in FIRST if "axis fsck" in block.text)
    assert {"axis report", "axis reconcile", "axis fsck"} <= set(asked.splitlines())
    assert walk.printed.count("nothing differs") == 2


@pytest.mark.slow
def test_the_block_for_postgresql_starts_a_hub_of_two_workers(
    tmp_path_factory: pytest.TempPathFactory, postgres_server: str
) -> None:
    (block,) = (block for block in RUNNABLE if block.heading == ON_POSTGRES)
    with fresh_database(postgres_server) as url:
        text = block.text.replace("postgresql+psycopg://axis:axis@127.0.0.1/axis", url)
        assert text != block.text
        with shell(tmp_path_factory.mktemp("postgresql")) as opened:
            opened.run(text)
            opened.run("axis token create --auditor tests > auditor.token")
            assert opened.ask("/v1/statistics/signatures", "auditor.token")["items"]
            opened.run("kill %1; wait %1")
