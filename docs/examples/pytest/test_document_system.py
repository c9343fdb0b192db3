"""Tests of a document system against a hub of their own, with nothing but the plugin's fixtures."""

import pytest
from document_system import DocumentSystem


@pytest.fixture
def system(axis_hub, axis_province):
    """The system under test speaks for the Government Office."""
    tested = DocumentSystem(axis_hub.url, axis_province("G22").token)
    yield tested
    tested.close()


def test_a_signed_letter_is_entered_in_the_register(system, axis_province):
    sent = axis_province("H62").send("G22", subject="V/v báo cáo", number="7/UBND-VX")
    system.receive()
    assert sent.verdict.indication == "TOTAL-PASSED"
    assert [entry["number"] for entry in system.register] == ["7/UBND-VX"]
    assert [event.code for event in axis_province("H62").events()] == ["03"]


def test_an_unsigned_letter_is_refused_with_a_reason_that_reaches_the_sender(system, axis_province):
    province = axis_province("H62")
    province.send("G22", signed_by="none")
    system.receive()
    assert system.register == []
    (event,) = province.events()
    assert (event.code, event.note) == ("02", "Văn bản không có chữ ký số của cơ quan.")


def test_the_register_holds_the_day_on_which_a_letter_arrived(system, axis_province, axis_clock):
    axis_clock.set("2019-06-03T09:00:00+07:00")
    axis_province("H62").send("G22")
    axis_clock.advance(days=1)
    axis_province("H62").send("G22")
    system.receive()
    assert [entry["arrived"][:10] for entry in system.register] == ["2019-06-03", "2019-06-04"]


def test_an_altered_letter_never_reaches_the_register(system, axis_faults, axis_hub):
    fault = axis_faults("altered-manifest", sender="H62", recipient="G22")
    system.receive()
    assert fault.met
    assert system.register == []
    assert not any(row["sent"] for row in axis_hub.statistics("exchange", by="agency"))


def test_the_whole_of_a_shipped_scenario_comes_out(axis_scenario):
    assert axis_scenario("first-day").result.met
