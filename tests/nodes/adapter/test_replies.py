"""The envelope's codes are those of the page, and every rule has a text and a remedy."""

import re

import pytest
from support import project

from nodes.adapter.replies import RULES, refusal
from nodes.systems.system import Refused

PAGE = (project.ROOT / "docs/neighbours/portal.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_stands_in_the_page_with_its_code(rule):
    code = RULES[rule].code
    assert re.search(rf"^\| {code} \|.*`{rule}`", PAGE, re.MULTILINE)


def test_a_refusal_says_where_what_and_what_helps_in_vietnamese():
    told = refusal(Refused("dossier-new", "data[0].MaHoSo", "H50-200115-0001", "another"))
    assert told["message"] == (
        "data[0].MaHoSo: Hồ sơ đã tồn tại: H50-200115-0001. Gửi lại với isUpdating là True."
    )
    assert (told["error_code"], told["session"], told["result"]) == ("3", "", [])
