"""`nodes serve --port` is refused where it cannot serve an agency's pages."""

import signal

import pytest
from support.stub_hub import problem, stub_hub

from nodes.cli import main


@pytest.fixture(autouse=True)
def _signals_as_they_were():

    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def token(tmp_path):
    file = tmp_path / "token"
    file.write_text("axis_t")
    return ["--token-file", str(file)]


def test_a_token_of_another_agency_is_told_before_anything_is_served(token, capsys):
    with stub_hub(problem(403, "not-your-agency")) as hub:
        assert main(["serve", "--hub", hub.url, "--agency", "H62", "--port", "0", *token]) == 1
    assert "not-your-agency" in capsys.readouterr().err
    assert "agency=000.00.00.H62" in hub.asked[0].path


def test_pages_need_to_be_told_whose_they_are_and_an_agency_needs_pages(token, capsys):
    assert main(["serve", "--port", "0", *token]) == 2
    assert "--port needs --agency" in capsys.readouterr().err
    assert main(["serve", "--agency", "H62", "--once", *token]) == 2
    assert "--agency needs --port" in capsys.readouterr().err
