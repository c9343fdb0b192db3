"""What is found and expected is told in Vietnamese: every phrase that stands where a place is made."""

import ast
import re
import tomllib
from collections.abc import Iterator

import pytest
from support import project

from axis.problems import CATALOGUE, describe
from axis.protocol.errors import ManifestInvalid, NotFound, Place, StatusNotAllowed
from axis.protocol.manifest import check_manifest
from axis.vietnamese_phrases import in_vietnamese

TABLES = tomllib.loads((project.ROOT / "axis" / "vietnamese_phrases.toml").read_text(encoding="utf-8"))
HOLE = re.compile(r"\{[nwd]?\}")
SAMPLE = "2026"


def _text(node: ast.expr | None) -> Iterator[str]:
    """Every text that an argument may be, as far as it stands there; a sample for what does not."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=values):
            yield "".join(part.value if isinstance(part, ast.Constant) else SAMPLE for part in values)
        case ast.IfExp(body=body, orelse=orelse):
            yield from _text(body)
            yield from _text(orelse)
        case ast.BoolOp(values=values):
            for value in values:
                yield from _text(value)


def _places() -> Iterator[tuple[str, str, str]]:
    """Where each place is made, and what is found or expected there."""
    for path in (project.ROOT / "axis").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Place":
                given = dict(zip(("pointer", "found", "expected"), node.args, strict=False))
                given |= {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
                for name in ("found", "expected"):
                    for text in _text(given.get(name)):
                        yield f"{path.relative_to(project.ROOT)}:{node.lineno}", name, text


COMPOSED = {
    "2026 from the 2026 2026",
    "2026 was agreed to by 2026",
    "a document that 2026 2026 over this axis",
}
"""Put together of words: each result is a phrase of its own."""
THE_SAME = {"byte 0x2026"}


def test_every_phrase_that_stands_where_a_place_is_made_is_translated():
    looked_at = 0
    left = []
    for where, name, text in _places():
        if re.search("[a-z]{2}", text.replace(SAMPLE, "")):
            looked_at += 1
            place = Place("", **{name: text})
            if in_vietnamese(place) == place and text not in COMPOSED | THE_SAME:
                left.append(f"{where}: {name} {text!r}")
    assert looked_at > 80
    assert left == []


@pytest.mark.parametrize("table", TABLES)
def test_every_phrase_has_as_many_holes_in_both_languages(table):
    for english, vietnamese in TABLES[table].items():
        holes = len(HOLE.findall(english))
        said = vietnamese.format(*(f"<{number}>" for number in range(holes)))
        assert all(f"<{number}>" in said for number in range(min(holes, vietnamese.count("{")))), english
        assert english != vietnamese or not english.isalpha()


GOOD = {
    "from": "H24",
    "to": ["G22"],
    "number": "1",
    "issued_on": "2026-01-01",
    "type": "cong-van",
    "subject": "a",
    "attachments": [{"name": "a.pdf", "media_type": "application/pdf", "size": 1, "sha256": "0" * 64}],
}
BROKEN = [
    [],
    {"from": 7, "to": [], "number": "", "issued_on": "2026-02-30", "type": "cong van", "subject": " "},
    {"from": "x y", "to": "H24", "number": 1, "issued_on": "soon", "type": 3, "subject": "a\u0085"},
    {"from": "H24", "to": ["H24", "000.00.00.H24"], "sbject": "a", "priority": "fast", "action": 1},
    {
        **GOOD,
        "attachments": [{"name": "a/b", "media_type": "pdf", "size": -1, "sha256": "A"}, {"name": 1}, {}],
    },
    {**GOOD, "attachments": GOOD["attachments"] * 2},
    {**GOOD, "action": "recall", "refers_to": [{"from": "H05", "number": "1", "issued_on": "2026-01-01"}]},
    {**GOOD, "number": "1\u200b", "due_on": 1, "signer": {"name": ""}},
]


@pytest.mark.parametrize("broken", BROKEN)
def test_every_fault_of_a_manifest_is_told_in_vietnamese(broken):
    with pytest.raises(ManifestInvalid) as refused:
        check_manifest(broken, sha256="0" * 64)
    assert refused.value.places
    for place in refused.value.places:
        assert in_vietnamese(place).expected != place.expected, place


def test_what_stands_inside_a_phrase_is_translated_too():
    expected = "a text of 1 to 100 characters, not blank"
    assert in_vietnamese(Place("", None, expected)).expected == "chuỗi chữ từ 1 đến 100 ký tự, không để trống"
    after = "one of 02, 03 from the receiver after 01"
    assert in_vietnamese(Place("", None, after)).expected == "một trong số 02, 03 do nơi nhận đưa ra, sau 01"


@pytest.mark.parametrize("words", ["in Ha Noi", "a name", "one of them", "only this.pdf", "H24 or H26", "…"])
def test_a_callers_own_words_stay_as_they_are(words):
    assert in_vietnamese(Place("/subject", words)).found == words


def test_a_problem_tells_its_places_in_its_language():
    error = NotFound(Place("path:code", "nothing", "a code of refusal"))
    said = {
        language: describe(error, request_id="", language=language)["errors"][0] for language in ("en", "vi")
    }
    assert (said["en"]["found"], said["en"]["expected"]) == ("nothing", "a code of refusal")
    assert (said["vi"]["found"], said["vi"]["expected"]) == ("không có gì", "một mã từ chối")
    assert said["vi"]["pointer"] == "path:code"


def test_the_examples_of_all_problems_are_told_in_vietnamese():
    for problem in CATALOGUE.values():
        for place in problem.example.places:
            if place.expected is not None and " " in place.expected:
                assert in_vietnamese(place).expected != place.expected, (problem.code, place)


def test_an_error_with_a_certain_parameter_has_words_of_its_own():
    usual = StatusNotAllowed(status="06", current="01", allowed=["02"])
    asked = StatusNotAllowed(status="13", current=None, allowed=[], request="recall")
    told = [describe(error, request_id="", language="en") for error in (usual, asked)]
    assert told[0]["detail"].startswith("Status 06 may not follow 01")
    assert "A request that was made before (recall) is not answered yet" in told[1]["detail"]
    assert "16" in told[1]["remedy"]
    assert "(recall)" in describe(asked, request_id="", language="vi")["detail"]


@pytest.mark.parametrize(
    ("english", "vietnamese"),
    [
        ("no further status from the sender after 13", "không còn trạng thái nào do nơi gửi đưa ra, sau 13"),
        (
            "one of 01, 02, 03 from the receiver as the first status",
            "một trong số 01, 02, 03 do nơi nhận đưa ra, là trạng thái đầu tiên",
        ),
        ("a document that H24 sent over this axis", "văn bản mà H24 đã gửi qua trục này"),
        ("a document that H24 received over this axis", "văn bản mà H24 đã nhận qua trục này"),
    ],
)
def test_phrases_put_together_of_words_are_told_whole(english, vietnamese):
    assert in_vietnamese(Place("", None, english)).expected == vietnamese


@pytest.mark.parametrize("action", ["recall", "update", "replace"])
def test_whose_answer_a_request_waits_for_is_told_in_vietnamese(action):
    for found in (
        f"a request for {action} waits for the answer of H24",
        f"a request for {action} was agreed to by H24",
    ):
        assert in_vietnamese(Place("", found)).found.startswith("yêu cầu ")
