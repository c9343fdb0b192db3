"""A file of assumptions is read whole, or refused with each place, what was found and what was expected."""

import tomllib

import jsonschema_rs
import pytest

from nodes.errors import AssumptionsInvalid
from nodes.savings.assumptions import LEVELS, MOST_BYTES, Assumptions, load, read, schema, shipped_text


def test_the_shipped_file_names_a_source_for_each_value():
    shipped = load(None)
    assert shipped.published.vnd_per_year == 1_200_000_000_000
    assert all("assumed" in each.source or "press" in each.source or "middle" in each.source
               for each in map(shipped.named, Assumptions.names()))  # fmt: skip
    assert [shipped.pages_per_document.at(level) for level in LEVELS] == [2, 5, 8]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("low = 0.3", "low = -0.3"), r"mine:\d+: replaced_share\.low: found -0\.3, expected at least 0"),
        (("high = 1\n", "high = 1.5\n"), r"replaced_share\.high: found 1\.5, expected at most 1"),
        (("low = 0.3", "low = 0.8"), r"replaced_share: found 0\.8, 0\.7, 1, expected low ≤ middle ≤ high"),
        (
            ("low = 2_000", "low = 10"),
            r"charge_per_delivery: found 10, 1000, 0, expected low ≥ middle",
        ),
        (('"assumed: not published"', '""'), r"charge_per_delivery\.source: found '', expected a text that"),
        (("[page_price]", "[page_prize]"), r"page_prize: found an unknown key, expected page_price"),
        (("middle = 0.7", "middle = nan"), r"replaced_share\.middle: found NaN, expected a finite number"),
        (("[published]", "[published"), r"mine: not TOML"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(change, told):
    assert change[0] in shipped_text()
    with pytest.raises(AssumptionsInvalid, match=told):
        read(shipped_text().replace(*change), "mine")


def test_a_file_that_is_too_long_or_not_there_is_refused(tmp_path):
    (tmp_path / "long").write_text("#" * (MOST_BYTES + 1))
    with pytest.raises(AssumptionsInvalid, match="found more than 65,536 bytes"):
        load(tmp_path / "long")
    with pytest.raises(AssumptionsInvalid, match="no text can be read there"):
        load(tmp_path / "missing")


def test_the_schema_takes_the_shipped_file_and_refuses_a_share_above_one():
    validator = jsonschema_rs.validator_for(schema())
    value = tomllib.loads(shipped_text())
    validator.validate(value)
    value["express_share"]["high"] = 1.1
    assert not validator.is_valid(value)
