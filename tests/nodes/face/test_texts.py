"""The face's pages say the same in both languages."""

from importlib.resources import files

from nodes.face.texts import texts_of


def test_each_text_is_in_both_languages():
    vi, en = texts_of("vi"), texts_of("en")
    assert vi.keys() == en.keys()
    assert all(text.strip() for text in (*vi.values(), *en.values()))
    assert all(vi[name] != en[name] for name in vi)


def test_templates_hold_no_script_style_or_raw_markup():
    for template in files("nodes.face").joinpath("templates").iterdir():
        text = template.read_text(encoding="utf-8")
        assert not any(
            word in text for word in ("<script", "style=", "|safe", "| safe", "http://", "https://")
        )
