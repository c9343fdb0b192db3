"""What a file may say of behaviour and units."""

import pytest

from nodes.errors import ScenarioInvalid
from nodes.scenario_reader import read

TEXT = """name = "x"
period = { from = 2020-01-13, to = 2020-02-07 }
agency = [{ code = "H62" }, { code = "H05" }]
"""
PEAK = "{ from = 2020-01-13, to = 2020-01-14, weight = 2 }"


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("mix = { types = { thu-dien-tu = 2 } }", "found thu-dien-tu, expected one of nghi"),
        ("mix = { types = { thong-diep = 1 } }", "found thong-diep, expected one of"),
        ("mix = { types = {} }", "mix.types: found none, expected at least one kind"),
        ("mix = { types = { cong-van = 0 } }", "mix.types.cong-van: found 0, expected at least 1"),
        ("mix = { recalls = 0.6, updates = 0.5 }", "of 1.1 together, expected at most 1"),
        ("mix = { urgent = 2 }", "mix.urgent: found 2, expected at most 1"),
        ("size = [{ pages = 0 }]", "size[1].pages: found 0, expected at least 1"),
        ("peak = [{ from = 2020-01-23, to = 2020-01-29, weight = 2 }]", "without a working day of the"),
        ("peak = [{ from = 2020-01-15, to = 2020-01-14, weight = 2 }]", "days that reach into 2020-01-13"),
        (f"peak = [{PEAK}, {PEAK}]", "peak[2].from: found 2020-01-13 to 2020-01-14, expected days"),
        ("habits = { certificate_days = 1 }", "habits.certificate_days: found 1, expected at least 2"),
        ('units = { of = "2019-01" }', "units.of: found '2019-01', expected '2025-01' or '2025-07'"),
        ("units = {}", "units.of: found nothing, expected a value"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_with_its_line(more, told):
    with pytest.raises(ScenarioInvalid) as refused:
        read(TEXT + more, "mine.toml")
    assert told in str(refused.value)
    assert "mine.toml:4: " in str(refused.value)


@pytest.mark.parametrize(
    ("absences", "told"),
    [
        (
            [("2020-01-13", "2020-01-20"), ("2020-01-21", "2020-02-09")],
            "away on every working day from",
        ),
        ([("2020-01-14", "2020-01-13")], "expected a day from 2020-01-14 on"),
    ],
)
def test_an_agency_must_have_a_day_left_to_send_on(absences, told):
    away = ", ".join(f"{{ from = {first}, to = {last} }}" for first, last in absences)
    with pytest.raises(ScenarioInvalid, match=told):
        read(TEXT.replace('{ code = "H62" }', f'{{ code = "H62", absent = [{away}] }}'))


def test_a_unit_is_no_agency_beside_the_units_and_units_need_a_province():
    beside = 'units = { of = "2025-01" }'
    with pytest.raises(ScenarioInvalid, match=r"found 000\.00\.31\.H62, expected a code that is no unit's"):
        read(TEXT.replace('"H05"', '"H62.31"') + beside)
    ministries = TEXT.replace('"H62"', '"G01"').replace('"H05"', '"G02"')
    with pytest.raises(ScenarioInvalid, match="no province among the agencies"):
        read(ministries + beside)


def test_units_are_those_of_the_provinces_that_take_part():
    units = read(TEXT + 'units = { of = "2025-07", circulars_at_least = 3 }').units
    assert {code.rpartition(".")[2] for code in units.codes} == {"H05"}  # Vĩnh Phúc was joined with Phú Thọ
    assert (units.sent, units.circulars) == (len(units.codes), 3)


def test_a_table_that_cannot_be_read_hides_nothing_that_is_wrong_elsewhere():
    text = TEXT.replace('"H05"', '"H62"') + "peak = [{ from = 2020-01-13, to = 2020-01-14, weight = 0 }]"
    with pytest.raises(ScenarioInvalid) as refused:
        read(text)
    assert {fault.key for fault in refused.value.faults} == {"peak[1].weight", "agency[2].code"}
