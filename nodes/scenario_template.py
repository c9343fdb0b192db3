"""Writes a new scenario's file, with every key, what it says and its default, ready to be run.

The comments are the schema's own descriptions. Keys that may be left out stand behind a `#`.
"""

from collections.abc import Iterator
from datetime import date, time
from decimal import Decimal

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from nodes.scenario_schema import AgencyEntry, Period, ScenarioFile, table_of

_REQUIRED = {
    "name": '"{name}"',
    "from": "2019-06-03",
    "to": "2019-06-14",
}
_FIRST = ({"code": '"H62"', "share": "0.4"}, {"code": '"H23"'}, {"code": '"H05"'})
"""Three agencies to begin with, one of which signs 40 %."""


def template(name: str) -> str:
    """Return the text of a new scenario called `name`."""
    parts = [
        f"# The scenario {name}. What stands behind a # is a default, or an example where there is none.",
        "# Check it with: nodes scenarios check FILE",
        "",
        *_keys(ScenarioFile, {"name": f'"{name}"'}),
        *("", "[period]", *_keys(Period, _REQUIRED)),
        *("", "[[agency]]", *_keys(AgencyEntry, _FIRST[0])),
        *_comment("[[agency.absent]]", AgencyEntry.model_fields["absent"]),
        *_comment("[[agency.change]]", AgencyEntry.model_fields["change"]),
    ]
    for given in _FIRST[1:]:
        parts += ["", "[[agency]]", *(f"{key} = {value}" for key, value in given.items())]
    for key, field in ScenarioFile.model_fields.items():
        if key in {"period", "agency"} or field.annotation is not (table := table_of(field)):
            continue  # an optional table, or a list of them, follows as a comment
        assert table is not None
        parts += ["", f"[{key}]", *_keys(table, {})]
    parts += _comment("[[size]]", ScenarioFile.model_fields["size"])
    parts += _comment("[[peak]]", ScenarioFile.model_fields["peak"])
    parts += _comment("[units]", ScenarioFile.model_fields["units"])
    parts += _comment("[province_hub]", ScenarioFile.model_fields["province_hub"])
    parts += _comment("[[fault]]", ScenarioFile.model_fields["fault"])
    return "\n".join(parts) + "\n"


def _keys(table: type[BaseModel], given: dict[str, str]) -> Iterator[str]:
    for name, field in table.model_fields.items():
        key = field.alias or name
        if table_of(field) is None:
            yield f"# {field.description}"
            yield f"{key} = {given[key]}" if key in given else f"# {key} = {toml(default_or_example(field))}"


def _comment(head: str, field: FieldInfo) -> Iterator[str]:
    """Write a table that need not be there as a comment."""
    table = table_of(field)
    assert table is not None
    yield from ("", f"# {field.description}", f"# {head}")
    for line in _keys(table, {}):
        yield line if line.startswith("# ") else f"# {line}"


def default_or_example(field: FieldInfo) -> object:
    """Return a key's default, or what its schema shows where there is none."""
    return field.examples[0] if field.examples else field.default


def toml(value: object) -> str:
    """Write a value as TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return str(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, list):
        return f"[{', '.join(toml(item) for item in value)}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {toml(each)}' for key, each in value.items())} }}"
    return f'"{value}"'
