"""Every text of the pages has its translation, with the same holes, and no translation is left over."""

import re
import string
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from markupsafe import Markup
from support.project import ROOT

from axis.web.catalogues import FILE, texts_of

METHODS = [("web/**.py", "python"), ("web/templates/**.html", "jinja2")]
HOLE = re.compile(r"%\((\w+)\)s")
TAG = re.compile(r"</?[a-z]+[^>]*>")


@pytest.fixture(scope="module")
def texts():
    """The texts of templates and code, each with its plural where it has one."""
    keywords = {"_": None, "N_": None, "ngettext": (1, 2)}
    found = extract_from_dir(
        ROOT / "axis", METHODS, {"web/templates/**.html": {"encoding": "utf-8"}}, keywords
    )
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}


@pytest.fixture(scope="module")
def catalogue():
    with Path(ROOT / "axis/web" / FILE).open("rb") as file:
        return {
            message.id if isinstance(message.id, str) else message.id[0]: message
            for message in read_po(file, locale="vi")
            if message.id
        }


def test_every_text_is_translated_and_no_translation_is_left_over(texts, catalogue):
    assert len(texts) > 50
    assert sorted(texts - catalogue.keys()) == []  # `make texts`, then translate
    assert sorted(catalogue.keys() - texts) == []


def test_no_translation_is_empty_doubtful_or_without_the_holes_and_tags_of_its_text(catalogue):
    for text, message in catalogue.items():
        said = message.string if isinstance(message.string, str) else message.string[0]
        assert said, text
        assert not message.fuzzy, text
        shown = text if isinstance(message.id, str) else message.id[1]
        assert set(HOLE.findall(said)) == set(HOLE.findall(shown)), text
        assert said.count("%") == len(HOLE.findall(said)), text
        assert sorted(TAG.findall(said)) == sorted(TAG.findall(shown)), text


def test_what_a_sentence_names_is_text():
    for language in ("vi", "en"):
        said = texts_of(language).one("Version %(version)s", version="<b>\u202e1")
        assert isinstance(said, Markup)
        assert "&lt;b&gt;\\u202e1" in said


def test_vietnamese_letters_are_whole(catalogue):
    letters = set("".join(str(message.string) for message in catalogue.values()))
    assert not {each for each in letters if "\u0300" <= each <= "\u036f"}
    assert letters - set(string.printable)
