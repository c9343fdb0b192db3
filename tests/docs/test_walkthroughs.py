"""The walk-throughs of the documentation, run from top to bottom: commands work, and answers are as shown."""

import json
from dataclasses import dataclass

import pytest
from support.documentation_pages import Block, Shell, blocks, differences, fits, json_values, shell

API, LEDGER, VXP, OPERATIONS = "docs/api.md", "docs/ledger.md", "docs/vxp.md", "docs/operations.md"
BY_HAND = "Checking it by hand"


@dataclass(frozen=True)
class Example:
    """A block that shows what the block before it prints."""

    page: str
    block: Block
    printed: str

    def __str__(self) -> str:
        return f"{self.page}: {self.block.heading}: {self.block.text[:60]}"


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> list[Example]:
    """Run the pages in one folder, one after the other, while the first one's hub runs."""
    *walk, end = blocks(API)
    assert end.text == "kill %1\n"
    found, printed = [], ""
    with shell(tmp_path_factory.mktemp("integrator")) as opened:
        for page, block in [
            *((API, block) for block in walk),
            *((LEDGER, block) for block in blocks(LEDGER)),
            *((VXP, block) for block in blocks(VXP)),
        ]:
            if block.language == "sh":
                printed = opened.run(block.text)
            else:
                found.append(Example(page, block, printed))
        check_every_receipt_by_hand(opened)
        check_a_backup(opened)
        opened.run(end.text)
    return found


def check_every_receipt_by_hand(opened: Shell) -> None:
    """The page's own steps, over receipts at other positions of other trees than the one it shows."""
    first, *steps = (
        block.text
        for block in blocks(LEDGER)
        if block.language == "sh" and ("-o receipt" in block.text or block.heading == BY_HAND)
    )
    shown = "$(pick '[\"id\"]' < third-sent.json)"
    assert shown in first
    for item in opened.ask("/v1/documents", "h62.token")["items"]:
        opened.run(first.replace(shown, item["id"]))
        for step in steps:
            opened.run(step)


def check_a_backup(opened: Shell) -> None:
    """What the page on operations says of copies, beside the running hub."""
    (text,) = (block.text for block in blocks(OPERATIONS) if "copy.db" in block.text)
    assert opened.run(f"({text})").count("nothing differs") == 4


@pytest.mark.slow
def test_every_block_runs_and_answers_as_shown(examples: list[Example]) -> None:
    faults = [f"{example}\n{fault}" for example in examples for fault in faults_of(example)]
    assert not faults, "\n\n".join(faults)


def faults_of(example: Example) -> list[str]:
    if example.block.language == "text":
        return [] if fits(example.block.text.strip(), example.printed.strip()) else [example.printed]
    assert example.block.language == "json"
    answers = json_values(example.printed)
    if not answers:
        return [f"no JSON was printed: {example.printed}"]
    return differences(json.loads(example.block.text), answers[-1])
