"""The published schema of a scenario's file: it takes what the reader takes, and a page says each key."""

import datetime as dt
import json
import tomllib
from decimal import Decimal
from typing import get_origin

import jsonschema_rs
import pytest
from support import project

from nodes.cli import main
from nodes.scenario_reader import shipped, text_of
from nodes.scenario_schema import ScenarioFile, schema, table_of
from nodes.scenario_template import default_or_example, toml

PAGE = (project.ROOT / "docs/scenarios.md").read_text(encoding="utf-8")


def keys(table=ScenarioFile, before=""):
    """Every key with a plain value, with its field."""
    for name, field in table.model_fields.items():
        key = before + (field.alias or name)
        if (inner := table_of(field)) is None:
            yield key, field
        else:
            yield from keys(inner, f"{key}[]." if get_origin(field.annotation) is list else f"{key}.")


def plain(value):
    """TOML's values as JSON has them."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return str(value) if isinstance(value, dt.date | dt.time) else value


def validator():
    return jsonschema_rs.validator_for(schema(), validate_formats=True)


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_scenario_fits_the_schema(name):
    validator().validate(plain(tomllib.loads(text_of(name))))


@pytest.mark.parametrize(
    "change",
    [
        {"name": "No Capitals"},
        {"nmae": "x"},
        {"agency": []},
        {"agency": [{"code": "H62", "share": 1.5}]},
        {"agency": [{"code": "H62", "share": 0.1795}]},
        {"agency": [{"code": "H62", "door": "fax"}]},
        {"volume": {"scale": 0}},
        {"mix": {"centre_recipients": [0]}},
        {"period": {"from": "2019-06-03"}},
    ],
)
def test_what_the_reader_refuses_for_its_shape_the_schema_refuses_too(change):
    value = {"name": "x", "period": {"from": "2019-06-03", "to": "2019-06-04"}, "agency": [{"code": "H62"}]}
    validator().validate(value)
    assert not validator().is_valid(value | change)


def test_only_name_period_and_agencies_are_required():
    assert schema()["required"] == ["name", "period", "agency"]
    assert schema()["$defs"]["AgencyEntry"]["required"] == ["code"]


def test_the_page_has_a_row_for_each_key_and_no_other():
    rows = [line for line in PAGE.splitlines() if line.startswith("| `")]
    wanted = []
    for key, field in keys():
        default = "required" if field.is_required() else f"`{toml(field.default)}`"
        if not field.is_required() and field.default is None:
            default = f"none; `{toml(default_or_example(field))}`"
        wanted.append(f"| `{key}` | {default} | {field.description} |")
    assert [row for row in rows if row.count("|") == 4 and not row.startswith("| `nodes ")] == wanted


def test_a_whole_number_does_for_a_share_and_a_text_does_not():
    assert ScenarioFile.model_validate(
        {
            "name": "x",
            "period": {"from": dt.date(2019, 6, 3), "to": dt.date(2019, 6, 4)},
            "agency": [{"code": "H62", "share": 0}],
        }
    ).agency[0].share == Decimal(0)


def test_the_command_prints_it(capsys):
    assert main(["scenarios", "schema"]) == 0
    assert json.loads(capsys.readouterr().out) == schema()
