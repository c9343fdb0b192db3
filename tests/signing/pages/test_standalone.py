"""A page that stands alone loads nothing, and escapes what is not its body."""

import re
from base64 import b64encode
from hashlib import sha256

from signing.pages.standalone import LOOK, SIGNS, escaped, policy_of, standalone_page, verdict_badge


def test_a_page_allows_its_own_stylesheet_and_nothing_else():
    page = standalone_page("A", "<p>b</p>", "vi", style=".c { color: red }")
    (style,) = re.findall("<style>(.*?)</style>", page, re.DOTALL)
    assert style == LOOK + ".c { color: red }"
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in page
    assert "unsafe" not in policy_of(style)
    assert "<" not in LOOK
    assert "url(" not in LOOK


def test_titles_are_text_and_the_generator_stands_near_the_top():
    page = standalone_page("<script>\u202e", "", "en", generator='a "page"')
    assert "<title>&lt;script&gt;\\u202e</title>" in page
    assert 'content="a &quot;page&quot;"' in page[:512]
    assert '<html lang="en">' in page


def test_a_badge_has_sign_and_word_beside_its_colour():
    for indication, sign in SIGNS.items():
        badge = verdict_badge(indication, "a <word>")
        assert sign in badge
        assert "a &lt;word&gt;" in badge
        assert f'class="verdict {indication}"' in badge


def test_nothing_is_an_empty_text():
    assert escaped(None) == ""
