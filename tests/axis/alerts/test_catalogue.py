"""Every alert is explained, with a setting that there is."""

import dataclasses
import re

import pytest
from support.documentation_pages import read

from axis.alerts.catalogue import KINDS, sentence
from axis.settings import Settings

ROW = re.compile(r"^\| `([a-z-]+)` \| .+ \| .+ \| `(AXIS_[A-Z_]+)` \|$", re.MULTILINE)


def test_the_page_of_alerts_has_each_with_its_setting_and_no_other() -> None:
    assert ROW.findall(read("docs/alerts.md")) == [(kind.name, kind.setting) for kind in KINDS.values()]


def test_every_threshold_is_a_setting_that_can_be_zero() -> None:
    fields = {f"AXIS_{field.name.upper()}": field.type for field in dataclasses.fields(Settings)}
    assert {kind.setting for kind in KINDS.values()} <= fields.keys()
    assert {fields[kind.setting] for kind in KINDS.values()} == {int}


@pytest.mark.parametrize("name", KINDS)
def test_every_alert_says_something_in_both_languages_whatever_was_found(name: str) -> None:
    kind = KINDS[name]
    assert kind.says["vi"] != kind.says["en"]
    assert kind.remedy["vi"] != kind.remedy["en"]
    for language in ("vi", "en"):
        assert "{" not in sentence(name, {}, language)
    places = [set(re.findall(r"\{([a-z]+)\}", kind.says[language])) for language in ("vi", "en")]
    assert places[0] == places[1]
