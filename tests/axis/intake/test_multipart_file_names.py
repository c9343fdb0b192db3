"""Every name that a part's header may mean is told, the one as written first."""

import pytest

from axis.intake.multipart_file_names import names_in


@pytest.mark.parametrize(
    ("disposition", "written", "names"),
    [
        ('form-data; filename="a.pdf"', "a.pdf", ("a.pdf",)),
        ("form-data", None, ()),
        (
            "form-data; filename=\"x\"; filename*=utf-8''Qu%E1%BB%91c%20h%E1%BB%99i.pdf",
            "x",
            ("x", "Quốc hội.pdf"),
        ),
        ("form-data; filename*=iso-8859-1'en'%A3.pdf", None, ("£.pdf",)),
        ("form-data; filename*=utf-8''%FF", None, ()),
        ("form-data", "=?utf-8?B?UXXhu5FjLnBkZg==?=", ("=?utf-8?B?UXXhu5FjLnBkZg==?=", "Quốc.pdf")),
        ("form-data", "=?no-such?B?AAAA?=", ("=?no-such?B?AAAA?=",)),
        ("form-data", "a%22b%0d.pdf", ("a%22b%0d.pdf", 'a"b\r.pdf')),
    ],
)
def test_names_are_read_as_each_client_writes_them(
    disposition: str, written: str | None, names: tuple[str, ...]
) -> None:
    assert names_in(disposition, written) == names
