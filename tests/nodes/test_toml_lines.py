"""Lines of a TOML file: each value is found where it stands."""

import pytest

from nodes.toml_lines import line_of, lines_of

TEXT = """# a comment = not a key
name = "x"
text = '''
name = "not a key"
'''
[period]
from = 2019-06-03
holidays = [
  2019-06-04,   # a day
]
[[agency]]
code = "H62"
[[agency.change]]
share = 1
[[agency.change]]
share = 0.5
[[agency]]
"odd.key" = 1
a.b = 2
[centre.deep]
door = {a = 1, b = 2}
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("name",), 2),
        (("text",), 3),
        (("period",), 6),
        (("period", "from"), 7),
        (("period", "holidays"), 8),
        (("period", "holidays", 0), 8),
        (("agency",), 11),
        (("agency", 0), 11),
        (("agency", 0, "code"), 12),
        (("agency", 0, "change", 0, "share"), 14),
        (("agency", 0, "change", 1, "share"), 16),
        (("agency", 0, "nowhere"), 11),
        (("agency", 1), 17),
        (("agency", 1, "odd.key"), 18),
        (("agency", 1, "a", "b"), 19),
        (("centre", "deep", "door"), 21),
        (("centre", "deep", "door", "b"), 21),
        (("nothing", "like", "it"), 1),
    ],
)
def test_a_place_has_the_line_of_its_key_or_of_the_nearest_table_around_it(path, line):
    assert line_of(path, lines_of(TEXT)) == line
