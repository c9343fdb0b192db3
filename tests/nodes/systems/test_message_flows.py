"""The drawing of messages between systems goes by what they send and read."""

import json
from xml.etree import ElementTree as ET

from support import project

from nodes.cli import main
from nodes.systems.catalogue import SYSTEMS
from nodes.systems.message_flows import NOBODY, flows, picture
from nodes.systems.system import PlannedSystem

SVG = "{http://www.w3.org/2000/svg}"


def planned(name):
    return PlannedSystem(SYSTEMS[name], "000.00.00.H24", lambda *_: None, lambda _: ())


def test_a_kind_goes_from_all_who_send_it_to_all_who_read_it():
    found = {
        flow.kind: flow for flow in flows([planned("one-stop"), planned("one-stop"), planned("measuring")])
    }
    told = found["trang-thai-ho-so"]
    assert (told.senders, told.readers) == ((("one-stop", 2),), (("measuring", 1),))
    assert found["chi-so-dich-vu"].readers == ()


def test_a_drawing_names_systems_kinds_and_where_messages_lie_that_nobody_reads():
    drawn = ET.fromstring(picture("<title>", flows([planned("one-stop"), planned("measuring")])))
    texts = [each.text for each in drawn.iter(f"{SVG}text")]
    assert {"<title>", "one-stop", "measuring", "trang-thai-ho-so", "chi-so-dich-vu", NOBODY} <= set(texts)


def test_the_page_shows_the_picture_that_the_command_draws(capsys):
    assert main(["scenarios", "picture", "one-country"]) == 0
    kept = project.ROOT / "docs/pictures/one-country.svg"
    assert capsys.readouterr().out == kept.read_text(encoding="utf-8")
    assert main(["scenarios", "picture", "one-country", "--json"]) == 0
    assert {flow["kind"] for flow in json.loads(capsys.readouterr().out)["flows"]} >= {"trang-thai-ho-so"}


def test_a_scenario_without_messages_has_no_picture(capsys):
    assert main(["scenarios", "picture", "first-day"]) == 2
    assert "found no system that sends messages" in capsys.readouterr().err
